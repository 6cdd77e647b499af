package io.github.backprop4j.report;

import io.github.backprop4j.inference.Evaluator.Prediction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Collects what a network said about images, one after the other, for a report: {@link
 * io.github.backprop4j.inference.Evaluator} tells it. It keeps counts and the numbers of a few images, and so takes no more
 * memory than a line for each pair of classes that was taken for each other.
 */
public final class Outcomes implements Consumer<Prediction> {

    /** The most confidently wrong images that are kept. */
    static final int WORST = 25;

    /** The images that are kept of each pair of classes, the most confident first. */
    static final int EXAMPLES = 4;

    static final Comparator<Prediction> MOST_CONFIDENT_FIRST =
            Comparator.comparingDouble(Prediction::probability).reversed().thenComparingInt(Prediction::index);

    /**
     * A class that was taken for another.
     *
     * @param count of images
     * @param examples some of them, the most confident first
     */
    record Pair(int actual, int predicted, int count, List<Prediction> examples) {}

    /** The wrong predictions of one class for another so far. */
    private static final class Mistakes {
        private int count;
        private final List<Prediction> examples = new ArrayList<>(1);

        void add(Prediction prediction) {
            count++;
            examples.add(prediction);
            examples.sort(MOST_CONFIDENT_FIRST);
            if (examples.size() > EXAMPLES) {
                examples.remove(EXAMPLES);
            }
        }
    }

    private final int[] actual;
    private final int[] predicted;
    private final int[] correct;
    private final Map<Long, Mistakes> mistakes = new HashMap<>();
    private final PriorityQueue<Prediction> worst = new PriorityQueue<>(MOST_CONFIDENT_FIRST.reversed());
    private final Reliability reliability = new Reliability();
    private int images;
    private int right;

    /** @param classes K, whose numbers the predictions have */
    public Outcomes(int classes) {
        actual = new int[classes];
        predicted = new int[classes];
        correct = new int[classes];
    }

    @Override
    public void accept(Prediction prediction) {
        boolean isRight = prediction.actual() == prediction.predicted();
        images++;
        actual[prediction.actual()]++;
        predicted[prediction.predicted()]++;
        reliability.add(prediction.probability(), isRight);
        if (isRight) {
            right++;
            correct[prediction.actual()]++;
            return;
        }
        mistakes.computeIfAbsent(key(prediction.actual(), prediction.predicted()), key -> new Mistakes()).add(prediction);
        worst.add(prediction);
        if (worst.size() > WORST) {
            worst.remove();
        }
    }

    private long key(int from, int to) {
        return (long) from * actual.length + to;
    }

    /** Returns how many classes there are, K. */
    int classes() {
        return actual.length;
    }

    /** Returns how many images there were. */
    int images() {
        return images;
    }

    /** Returns the share of images classified right; NaN without images. */
    double accuracy() {
        return (double) right / images;
    }

    /** Returns how many images are of a class. */
    int actual(int label) {
        return actual[label];
    }

    /** Returns how many images of one class were taken for another, or for what they are. */
    int count(int from, int to) {
        Mistakes pair = mistakes.get(key(from, to));
        return from == to ? correct[from] : pair == null ? 0 : pair.count;
    }

    /** Returns the share of those taken for a class that are of it; empty if none were. */
    Optional<Double> precision(int label) {
        return predicted[label] == 0 ? Optional.empty() : Optional.of((double) correct[label] / predicted[label]);
    }

    /** Returns the share of a class's images that were taken for it; empty if it has none. */
    Optional<Double> recall(int label) {
        return actual[label] == 0 ? Optional.empty() : Optional.of((double) correct[label] / actual[label]);
    }

    /** Returns the classes taken for each other, the most images first. */
    List<Pair> mostConfused(int most) {
        return mistakes.entrySet().stream()
                .map(each -> new Pair((int) (each.getKey() / actual.length), (int) (each.getKey() % actual.length),
                        each.getValue().count, List.copyOf(each.getValue().examples)))
                .sorted(Comparator.comparingInt(Pair::count).reversed().thenComparingInt(Pair::actual)
                        .thenComparingInt(Pair::predicted))
                .limit(most).toList();
    }

    /** Returns the wrong predictions of the highest probabilities, at most {@value #WORST}, the highest first. */
    List<Prediction> mostConfidentlyWrong() {
        return worst.stream().sorted(MOST_CONFIDENT_FIRST).toList();
    }

    /** Returns how far the probabilities can be trusted. */
    Reliability reliability() {
        return reliability;
    }
}
