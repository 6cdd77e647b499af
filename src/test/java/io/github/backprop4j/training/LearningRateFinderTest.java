package io.github.backprop4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.files.InvalidInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.learning.config.Sgd;

class LearningRateFinderTest {

    private static final int IMAGES = 200;

    private static TrainingSettings.Builder settings() {
        return TrainingSettings.builder().layers("conv:4:3,relu,pool:4,dropout:0.2,dense:16,relu").batchSize(20)
                .validation(0);
    }

    private static Training training(TrainingSettings settings) throws IOException {
        return Training.of(settings, Fixtures.shapes(IMAGES));
    }

    @Test
    void aRateGrowsByTheSameFactorFromStepToStep() {
        ExponentialRise rise = new ExponentialRise(1e-4, 10, 11);
        assertEquals(1e-4, rise.valueAt(0, 0));
        for (int step = 1; step < 11; step++) {
            assertEquals(Math.sqrt(10), rise.valueAt(step, 7) / rise.valueAt(step - 1, 3), 1e-12);
        }
        assertEquals(10, rise.valueAt(10, 0), 1e-12);
        assertEquals(10, rise.valueAt(50, 0), 1e-12);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "0 | 1 | 100 | lowest: 0.0, expected above 0 and below the highest rate, 1.0",
        "-1 | 1 | 100 | lowest: -1.0, expected above 0 and below the highest rate, 1.0",
        "NaN | 1 | 100 | lowest: NaN, expected above 0 and below the highest rate, 1.0",
        "1 | NaN | 100 | lowest: 1.0, expected above 0 and below the highest rate, NaN",
        "1 | 1 | 100 | lowest: 1.0, expected above 0 and below the highest rate, 1.0",
        "1 | Infinity | 100 | highest: Infinity, expected a finite multiple of the lowest rate, 1.0",
        "1e-300 | 1e300 | 100 | highest: 1.0E300, expected a finite multiple of the lowest rate, 1.0E-300",
        "1 | 2 | 9 | steps: 9, expected at least 10"})
    void refusesRatesThatDoNotGrow(double lowest, double highest, int steps, String problem) {
        assertEquals(problem, assertThrows(InvalidInputException.class,
                () -> new ExponentialRise(lowest, highest, steps)).getMessage());
    }

    /** The trainer with the same rates by hand is the oracle; 25 steps are two epochs and a half. */
    @Test
    void triesTheRatesOnTheTrainingOfTheSettings() throws IOException {
        TrainingSettings settings = settings().optimizer(Optimizer.SGD).l2(0.01).augment(Augmentation.parse("flip")).build();
        Training training = training(settings);
        List<String> before = Fixtures.numbers(training.start());
        List<Double> told = new ArrayList<>();
        LearningRateCurve curve = LearningRateFinder.builder(training).rates(new ExponentialRise(0.001, 0.1, 25))
                .listener(listener(told)).build().find();
        assertEquals(25, curve.points().size());
        assertFalse(curve.diverged());

        List<Double> expected = new ArrayList<>();
        Trainer.builder(settings.toBuilder().epochs(3).build())
                .updater(new Sgd(new ExponentialRise(0.001, 0.1, 25))).listener(listener(expected)).build()
                .train(training.start(), ImageBatches.shuffled(
                        Fixtures.shapes(IMAGES).training(), 20, settings.augment(), settings.seed()));
        assertEquals(expected.subList(0, 25), curve.points().stream().map(LearningRateCurve.Point::loss).toList());
        assertEquals(expected.subList(0, 25), told);
        for (int i = 0; i < 25; i++) {
            assertEquals(i + 1, curve.points().get(i).step());
            assertEquals(0.001 * Math.pow(100, i / 24.0), curve.points().get(i).rate(), 1e-15);
        }
        assertEquals(before, Fixtures.numbers(training.start()), "a copy was trained");
    }

    private static TrainingListener listener(List<Double> losses) {
        return new TrainingListener() {
            @Override
            public void stepDone(long step, int examples, double loss) {
                losses.add(loss);
            }
        };
    }

    @ParameterizedTest
    @EnumSource(Optimizer.class)
    void theRatesReachFromTooLowToTooHigh(Optimizer optimizer) throws IOException {
        Training training = training(settings().optimizer(optimizer).learningRate(77.0).build());
        LearningRateCurve curve = LearningRateFinder.builder(training).build().find();
        double usual = optimizer.learningRate();
        assertEquals(usual / 1000, curve.points().get(0).rate(), 1e-15);
        assertEquals(usual / 1000 * Math.pow(1e6, 30 / 99.0), curve.points().get(30).rate(), usual * 1e-9);
        int least = curve.least().orElseThrow().step();
        assertTrue(least > 20 && least < curve.points().size(), optimizer + " has its least loss at step " + least);
    }

    @Test
    void theNumberOfThreadsChangesNothing() throws IOException {
        Training training = training(settings().batchSize(64).build());
        ExponentialRise rates = new ExponentialRise(1e-5, 0.1, 20);
        LearningRateCurve one = LearningRateFinder.builder(training).rates(rates).threads(1).build().find();
        assertEquals(20, one.points().size());
        assertEquals(one, LearningRateFinder.builder(training).rates(rates).threads(2).build().find());
    }

    @Test
    void endsWhenTheLossExplodes() throws IOException {
        Training training = training(settings().optimizer(Optimizer.SGD).build());
        LearningRateCurve curve = LearningRateFinder.builder(training)
                .rates(new ExponentialRise(0.1, 1e6, 100)).build().find();
        assertTrue(curve.diverged());
        int count = curve.points().size();
        assertTrue(count > 1 && count < 100, () -> count + " steps");
        assertTrue(curve.points().stream().allMatch(point -> Double.isFinite(point.smoothed())));
    }

    @Test
    void endsWhenANumberIsNoLongerFinite() throws IOException {
        Training training = training(settings().optimizer(Optimizer.SGD).build());
        LearningRateCurve curve = LearningRateFinder.builder(training)
                .rates(new ExponentialRise(1e37, 1e38, 100)).build().find();
        assertTrue(curve.diverged());
        assertTrue(curve.points().size() < 3, curve::toString);
        assertEquals(OptionalDouble.empty(), curve.suggestion());
    }

    private static LearningRateCurve curve(int steps, DoubleUnaryOperator loss) {
        LearningRateCurve.Recorder recorder = new LearningRateCurve.Recorder(new ExponentialRise(1e-5, 10, steps));
        ExponentialRise rates = new ExponentialRise(1e-5, 10, steps);
        for (int i = 0; i < steps && !recorder.hasExploded(); i++) {
            recorder.add(loss.applyAsDouble(rates.valueAt(i, 0)));
        }
        return recorder.curve(false);
    }

    /** Of a hundred steps each weighs 0.9 times as much as the next, of 200 it is 0.95, and of 10 the last alone counts. */
    @ParameterizedTest
    @CsvSource({"100, 0.9", "200, 0.95", "10, 0"})
    void theSmoothedLossIsTheWeightedMeanSoFar(int steps, double memory) {
        Random random = new Random(1);
        LearningRateCurve curve = curve(steps, rate -> 1 + random.nextDouble());
        assertEquals(steps, curve.points().size());
        for (int k = 0; k < steps; k++) {
            double sum = 0;
            double weights = 0;
            for (int i = 0; i <= k; i++) {
                double weight = Math.pow(memory, k - i);
                sum += weight * curve.points().get(i).loss();
                weights += weight;
            }
            assertEquals(sum / weights, curve.points().get(k).smoothed(), 1e-12, "step " + (k + 1));
        }
    }

    @Test
    void aCurveEndsAtFourTimesItsLeast() {
        LearningRateCurve curve = curve(10, rate -> rate < 1e-3 ? 1 : rate < 1e-1 ? 3.9 : 4.1);
        assertTrue(curve.diverged());
        assertEquals(4.1, curve.points().get(curve.points().size() - 1).loss());
        assertEquals(1, curve.points().stream().filter(point -> point.loss() == 4.1).count());
        assertFalse(curve(10, rate -> rate < 1e-1 ? 1 : 4).diverged());
    }

    /** Ten steps, so that nothing is smoothed: the rates are 1e-5 to 10, a factor of 10^(2/3) from one to the next. */
    @Test
    void suggestsAThirdOfTheLowestRateThatIsAsGoodAsTheBest() {
        double[] losses = {2.3, 2.31, 2.29, 2.3, 2.3, 1.516, 1.514, 1.6, 1.5, 1.7};
        LearningRateCurve curve = curve(10, rate -> losses[(int) Math.round(1.5 * Math.log10(rate / 1e-5))]);
        assertEquals(9, curve.least().orElseThrow().step());
        assertEquals(1e-5 / 3 * Math.pow(10, 6 / 1.5), curve.suggestion().orElseThrow(), 1e-12);
    }

    /** The fifth is the last of the start, and a low loss there is one mini-batch's luck. */
    @Test
    void theStartIsNoPlaceForTheLeastLoss() {
        double[] losses = {2.3, 2.3, 2.3, 2.3, 1.5, 1.9, 1.4, 1.8, 1.9, 2};
        LearningRateCurve curve = curve(10, rate -> losses[(int) Math.round(1.5 * Math.log10(rate / 1e-5))]);
        assertEquals(7, curve.least().orElseThrow().step());
        double[] higher = {2.3, 2.3, 2.3, 2.3, 1.5, 1.9, 1.8, 1.8, 1.9, 2};
        LearningRateCurve none = curve(10, rate -> higher[(int) Math.round(1.5 * Math.log10(rate / 1e-5))]);
        assertEquals(7, none.least().orElseThrow().step());
        assertEquals(OptionalDouble.empty(), none.suggestion(),
                "1.8 is not clearly below 2.14, their mean, by their deviation of 0.32");
    }

    /** The loss is least at 0.01, a hundred times the lowest rate that makes a difference; nothing is smoothed. */
    @Test
    void findsTheMinimumOfAKnownCurve() {
        double least = 1e-5 * Math.pow(10, 6 * 2 / 3.0);
        LearningRateCurve valley = curve(10, rate -> rate < 5e-4 ? 2.3 : 1 + 0.2 * Math.abs(Math.log10(rate / least)));
        assertEquals(least, valley.least().orElseThrow().rate(), 1e-12);
        assertEquals(least / 3, valley.suggestion().orElseThrow(), 1e-12);
    }

    @Test
    void withoutALowerLossThereIsNoSuggestion() {
        Random random = new Random(2);
        assertEquals(OptionalDouble.empty(), curve(100, rate -> 2.3).suggestion());
        assertEquals(OptionalDouble.empty(), curve(100, rate -> 2.3 + rate).suggestion());
        int byChance = 0;
        for (int i = 0; i < 1000; i++) {
            byChance += curve(100, rate -> 2.3 + 0.3 * random.nextGaussian()).suggestion().isPresent() ? 1 : 0;
        }
        assertTrue(byChance < 25, byChance + " of 1000 by chance");
        assertEquals(OptionalDouble.empty(), new LearningRateCurve(List.of(), true).suggestion());
    }

    @ParameterizedTest
    @CsvSource({"0.00234999, 0.0023", "0.1, 0.10", "123.4, 120", "0.0000099999, 0.000010", "1, 1.0"})
    void aRateIsToldWithTwoDigits(double rate, String text) {
        assertEquals(text, LearningRateCurve.rounded(rate));
    }
}
