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
 * @param diverged whether the trial ended before its last step, as the loss had grown out of range
 */
public record LearningRateCurve(List<Point> points, boolean diverged) {

    /** What {@link #suggestion} divides the rate of the least smoothed loss by. */
    static final double DIVISOR = 10;

    /** The share of the steps, as its inverse, from which the smoothed loss is made; the least share of a start. */
    private static final double SMOOTHING = 20;
    private static final int START = 10;
    private static final int LEAST_START = 3;

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

    /** Returns the point with the least smoothed loss, the first if there are several; empty if there are no points. */
    public Optional<Point> least() {
        return points.stream().min(Comparator.comparingDouble(Point::smoothed));
    }

    /**
     * Returns the highest rate for a schedule: a tenth of the rate at the least smoothed loss. TODO
     *
     * @return empty if no rate lowers the loss: its least smoothed value is not below the mean of the first tenth of the
     *     steps, whose rates are too low to matter, by more than their standard deviation
     */
    public OptionalDouble suggestion() {
        return least().filter(this::isClearlyLower).map(each -> OptionalDouble.of(each.rate / DIVISOR))
                .orElse(OptionalDouble.empty());
    }

    private boolean isClearlyLower(Point least) {
        double[] start = points.stream().limit(Math.max(LEAST_START, points.size() / START)).mapToDouble(Point::loss)
                .toArray();
        double mean = 0;
        for (double loss : start) {
            mean += loss / start.length;
        }
        double variance = 0;
        for (double loss : start) {
            variance += (loss - mean) * (loss - mean) / start.length;
        }
        return least.smoothed < mean - Math.sqrt(variance);
    }

    /** Returns a rate with two significant digits, as it is told: {@code 0.0023}. */
    public static String rounded(double rate) {
        return new BigDecimal(rate).round(new MathContext(2, RoundingMode.HALF_EVEN)).toPlainString();
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
            memory = Math.max(0, 1 - SMOOTHING / rates.steps());
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
