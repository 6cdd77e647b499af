package io.github.backprop4j.training;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The loss over a learning rate that grows from step to step, and the rate that it suggests.
 *
 * @param points one for each step that gave a finite loss, in their order
 * @param diverged whether the trial ended as the loss had grown out of range
 */
public record LearningRateCurve(List<Point> points, boolean diverged) {

    /** The smoothed loss is made of a tenth of the steps, roughly. */
    private static final double MEMORY = 10;

    /** A smoothed loss of at most so many times the least counts as equal to it. */
    private static final double AS_LOW = 1.01;
    private static final double DIVISOR = 3;

    /** The start is a fifth of the steps, and the least loss must be this many of its standard deviations lower. */
    private static final int START = 5;
    private static final double CLEARLY = 1.25;

    /** A share of the loss that is no learning, where mini-batches are all alike. */
    private static final double NEGLIGIBLE = 1e-3;

    /** The trial has diverged when the smoothed loss exceeds this multiple of its least. */
    private static final double TOO_LARGE = 4;

    /**
     * One step.
     *
     * @param step from 1
     * @param rate with which the step was made
     * @param loss mean loss of the step's mini-batch, before the step: what the rates of the steps before it have led to
     * @param smoothed mean of the losses so far, of which each weighs less than the one after it by a constant factor
     */
    public record Point(int step, double rate, double loss, double smoothed) {}

    /** Makes a curve with points of its own. */
    public LearningRateCurve {
        points = List.copyOf(points);
    }

    /**
     * Returns the point with the least smoothed loss behind the start, the first if there are several. The start is the
     * first fifth of the points, at least five: their rates are too low to matter, and their smoothed losses are of few.
     *
     * @return empty if all points are of the start
     */
    public Optional<Point> least() {
        return tried().stream().min(Comparator.comparingDouble(Point::smoothed));
    }

    private List<Point> start() {
        return points.subList(0, Math.min(points.size(), Math.max(START, points.size() / START)));
    }

    private List<Point> tried() {
        return points.subList(start().size(), points.size());
    }

    /**
     * Returns the rate to take as the highest of a schedule: a third of the lowest rate at which the smoothed loss comes
     * within one percent of its least. The rate of the least itself is less certain: behind it there may be a plateau, the
     * loss of a network that high rates have ruined, on which chance decides where the least is.
     *
     * <p>Measured with 45 trials of three networks with Adam, Nesterov's momentum and plain descent on drawn shapes and
     * CIFAR-10: three epochs at this rate had a test loss 0.10 above that of the best rate on average, at a third of the
     * rate of the least smoothed loss 0.11, at a tenth of it 0.14, and where the smoothed loss falls most steeply 0.32, as
     * any rate soon puts the output layer of an untrained network right. Where it was far from the best it was mostly too
     * low, in 10 trials, which more epochs mend, and in 4 too high.
     *
     * @return empty if no rate lowers the loss clearly: {@link #least} is not below the mean loss of the start by 1.25
     *     standard deviations of a mini-batch's there; of trials without learning one in a hundred comes so low by chance
     */
    public OptionalDouble suggestion() {
        return least().filter(this::isClearlyLower).flatMap(least -> tried().stream()
                .filter(each -> each.smoothed <= AS_LOW * least.smoothed).findFirst())
                .map(each -> OptionalDouble.of(each.rate / DIVISOR)).orElse(OptionalDouble.empty());
    }

    private boolean isClearlyLower(Point least) {
        double mean = start().stream().mapToDouble(Point::loss).average().orElseThrow();
        double variance = start().stream().mapToDouble(each -> (each.loss - mean) * (each.loss - mean)).average()
                .orElseThrow();
        return mean - least.smoothed > Math.max(CLEARLY * Math.sqrt(variance), NEGLIGIBLE * mean);
    }

    /** Returns a rate with two significant digits, as it is told: {@code 0.0023}. */
    public static String rounded(double rate) {
        BigDecimal rounded = new BigDecimal(rate).round(new MathContext(2, RoundingMode.HALF_EVEN));
        return (rounded.precision() < 2 ? rounded.setScale(rounded.scale() + 1) : rounded).toPlainString();
    }

    /** Makes a curve while the rates are tried. */
    static final class Recorder {

        private final ExponentialRise rates;
        private final double memory;
        private final List<Point> points = new ArrayList<>();
        private double sum;
        private double weights;
        private double least = Double.POSITIVE_INFINITY;

        /** @param rates of the steps, in their order */
        Recorder(ExponentialRise rates) {
            this.rates = rates;
            memory = Math.max(0, 1 - MEMORY / rates.steps());
        }

        /** Adds a step, by the loss before it. */
        void add(double loss) {
            sum = memory * sum + (1 - memory) * loss;
            weights = memory * weights + (1 - memory);
            double smoothed = sum / weights;
            least = Math.min(least, smoothed);
            points.add(new Point(points.size() + 1, rates.valueAt(points.size(), 0), loss, smoothed));
        }

        /** Returns whether all rates have been tried. */
        boolean isFull() {
            return points.size() >= rates.steps();
        }

        /** Returns whether the loss is far above its least. */
        boolean hasExploded() {
            return !points.isEmpty() && points.get(points.size() - 1).smoothed > TOO_LARGE * least;
        }

        /** @param diverged whether the step after the last one could not be made */
        LearningRateCurve curve(boolean diverged) {
            return new LearningRateCurve(points, diverged || hasExploded());
        }
    }
}
