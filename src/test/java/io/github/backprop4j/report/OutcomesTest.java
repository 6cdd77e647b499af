package io.github.backprop4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.inference.Evaluator.Prediction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.evaluation.classification.Evaluation;

/** The oracles are ND4J's Evaluation, and loops over all predictions. */
class OutcomesTest {

    private static final int CLASSES = 7;

    /** Some are right, classes 5 and 6 are never predicted, 6 has no images, and many probabilities are equal. */
    private static List<Prediction> predictions(int count) {
        SplittableRandom random = new SplittableRandom(4);
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int actual = random.nextInt(CLASSES - 1);
            int predicted = random.nextBoolean() ? Math.min(actual, CLASSES - 3) : random.nextInt(CLASSES - 2);
            double probability = random.nextInt(4) == 0 ? random.nextInt(16) / 15.0 : random.nextDouble();
            predictions.add(new Prediction(i, actual, predicted, probability));
        }
        return predictions;
    }

    private static Outcomes outcomes(List<Prediction> predictions) {
        Outcomes outcomes = new Outcomes(CLASSES);
        predictions.forEach(outcomes);
        return outcomes;
    }

    @Test
    void countsAsEvaluationDoes() {
        List<Prediction> predictions = predictions(1000);
        Outcomes outcomes = outcomes(predictions);
        Evaluation evaluation = new Evaluation(CLASSES);
        predictions.forEach(each -> evaluation.eval(each.predicted(), each.actual()));
        assertEquals(evaluation.accuracy(), outcomes.accuracy(), 1e-15);
        assertEquals(1000, outcomes.images());
        for (int k = 0; k < CLASSES; k++) {
            for (int other = 0; other < CLASSES; other++) {
                assertEquals(evaluation.getConfusionMatrix().getCount(k, other), outcomes.count(k, other), k + " " + other);
            }
            assertEquals(k > 4 ? Optional.empty() : Optional.of(evaluation.precision(k)), outcomes.precision(k), "class " + k);
            assertEquals(k > 5 ? Optional.empty() : Optional.of(evaluation.recall(k)), outcomes.recall(k), "class " + k);
        }
    }

    @Test
    void theWorstAreTheMostConfidentOfTheWrong() {
        List<Prediction> predictions = predictions(1000);
        List<Prediction> wrong = new ArrayList<>();
        for (Prediction each : predictions) {
            if (each.actual() != each.predicted()) {
                int at = 0;
                while (at < wrong.size() && wrong.get(at).probability() >= each.probability()) {
                    at++;
                }
                wrong.add(at, each);
            }
        }
        assertEquals(wrong.subList(0, 25), outcomes(predictions).mostConfidentlyWrong());
        assertTrue(outcomes(predictions.subList(0, 9)).mostConfidentlyWrong().size() < 9);
    }

    @Test
    void pairsAreInTheOrderOfTheirCountsWithTheirMostConfident() {
        List<Prediction> predictions = predictions(1000);
        List<Outcomes.Pair> pairs = outcomes(predictions).mostConfused(1000);
        long wrong = predictions.stream().filter(each -> each.actual() != each.predicted()).count();
        assertEquals(wrong, pairs.stream().mapToInt(Outcomes.Pair::count).sum());
        for (int i = 0; i < pairs.size(); i++) {
            Outcomes.Pair pair = pairs.get(i);
            assertTrue(i == 0 || pairs.get(i - 1).count() >= pair.count());
            List<Prediction> all = predictions.stream()
                    .filter(each -> each.actual() == pair.actual() && each.predicted() == pair.predicted()).toList();
            assertEquals(all.size(), pair.count());
            assertEquals(all.stream().sorted(Comparator.comparingDouble(each -> -each.probability())).limit(4).toList(),
                    pair.examples());
        }
        assertEquals(pairs.subList(0, 3), outcomes(predictions).mostConfused(3));
    }

    @Test
    void theCalibrationErrorIsThatOfAPlainLoop() {
        List<Prediction> predictions = predictions(1000);
        double error = 0;
        for (int bin = 0; bin < 15; bin++) {
            double correct = 0;
            double sum = 0;
            for (Prediction each : predictions) {
                boolean isFirst = bin == 0 && each.probability() == 0;
                if (isFirst || each.probability() > bin / 15.0 && each.probability() <= (bin + 1) / 15.0) {
                    correct += each.actual() == each.predicted() ? 1 : 0;
                    sum += each.probability();
                }
            }
            error += Math.abs(correct - sum) / 1000;
        }
        assertEquals(error, outcomes(predictions).reliability().expectedError(), 1e-12);
        assertEquals(predictions.stream().mapToDouble(Prediction::probability).average().getAsDouble(),
                outcomes(predictions).reliability().confidence(), 1e-12);
    }
}
