package io.github.backprop4j.report;

import java.util.List;
import java.util.stream.IntStream;

/**
 * An axis of a chart, with ticks at round numbers.
 *
 * @param from its least number, where a tick is
 * @param step from one tick to the next
 * @param count of ticks, at least 2
 * @param length in the chart's units
 */
record Axis(double from, double step, int count, double length) {

    private static final double[] ROUND = {1, 2, 2.5, 5, 10};

    /** What is smaller is as good as 0. */
    private static final double SMALLEST = 1e-30;

    /**
     * Returns the axis of the fewest ticks that takes in some numbers, and has no more than so many steps.
     *
     * @param least finite
     * @param most finite, at least {@code least}
     */
    static Axis of(double least, double most, int steps, double length) {
        return of(least, most, steps, length, 0);
    }

    /** Returns an axis of whole numbers from 0. */
    static Axis whole(double most, int steps, double length) {
        return of(0, Math.max(1, most), steps, length, 1);
    }

    private static Axis of(double least, double most, int steps, double length, double leastStep) {
        double size = Math.max(Math.abs(least), Math.abs(most));
        double range = Math.max(most - least, size < SMALLEST ? 1 : size * 1e-3);
        double power = Math.pow(10, Math.floor(Math.log10(range / steps)));
        for (double round : ROUND) {
            double step = Math.max(leastStep, round * power);
            double from = Math.floor(least / step + 1e-9) * step;
            int count = (int) Math.ceil((Math.max(most, least + range) - from) / step - 1e-9);
            boolean whole = leastStep == 0 || step == Math.rint(step);
            if (count <= steps && whole) {
                return new Axis(from, step, count + 1, length);
            }
        }
        double step = Math.max(leastStep, 20 * power);
        double from = Math.floor(least / step) * step;
        return new Axis(from, step, (int) Math.ceil((most - from) / step) + 1, length);
    }

    double to() {
        return from + (count - 1) * step;
    }

    /** Returns where a number stands, 0 to the length. */
    double at(double value) {
        return (value - from) / (to() - from) * length;
    }

    List<Double> ticks() {
        return IntStream.range(0, count).mapToObj(i -> from + i * step).toList();
    }

    /** Returns a tick's number with as many digits as its neighbours need. */
    String label(double tick) {
        double largest = Math.max(Math.abs(from), Math.abs(to()));
        if (largest >= 1e6 || largest < 1e-3) {
            return Figures.format(tick == 0 ? "%.0f" : "%.1e", tick);
        }
        int digits = 0;
        while (digits < 8 && Math.abs(step * Math.pow(10, digits) - Math.rint(step * Math.pow(10, digits))) > 1e-6) {
            digits++;
        }
        return Figures.format("%,." + digits + "f", tick + 0.0);
    }
}
