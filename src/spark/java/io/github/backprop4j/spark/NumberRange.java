package io.github.backprop4j.spark;

import io.github.backprop4j.files.InvalidInputException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers of which a random search draws.
 *
 * @param low the least
 * @param high the largest, above it
 * @param whole whether they are whole numbers
 */
record NumberRange(double low, double high, boolean whole) {

    private static final String NUMBER = "([-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?)";
    private static final Pattern TEXT = Pattern.compile(NUMBER + "\\.\\." + NUMBER);
    private static final Set<Class<?>> WHOLE = Set.of(int.class, long.class, Integer.class);
    private static final Set<Class<?>> REAL = Set.of(double.class, Double.class);
    private static final MathContext DIGITS = new MathContext(4);
    /** From here on the orders of magnitude are even. */
    private static final double WIDE = 10;

    /**
     * Reads a range.
     *
     * @param name of its setting, for errors
     * @param type of the setting
     * @return empty if the text is not of that form
     * @throws InvalidInputException if the setting is no number, or the range is empty
     */
    static Optional<NumberRange> parse(String name, String text, Class<?> type) {
        Matcher ends = TEXT.matcher(text);
        if (!ends.matches()) {
            return Optional.empty();
        }
        if (!WHOLE.contains(type) && !REAL.contains(type)) {
            throw new InvalidInputException("vary: " + name + "=" + text
                    + ", but only numbers have ranges; name its values");
        }
        if (WHOLE.contains(type) && !(isWhole(ends.group(1)) && isWhole(ends.group(2)))) {
            throw new InvalidInputException("vary: " + name + "=" + text + ", expected whole numbers");
        }
        NumberRange range = new NumberRange(
                Double.parseDouble(ends.group(1)), Double.parseDouble(ends.group(2)), WHOLE.contains(type));
        if (!(range.low < range.high) || Double.isInfinite(range.high)) {
            throw new InvalidInputException("vary: " + name + "=" + text
                    + ", expected LOW..HIGH with finite numbers, the low one below the high one");
        }
        return Optional.of(range);
    }

    private static boolean isWhole(String text) {
        double number = Double.parseDouble(text);
        return number == Math.rint(number);
    }

    /** Returns one of the numbers, as a text. */
    String draw(Random random) {
        double share = random.nextDouble();
        boolean logarithmic = low > 0 && high / low >= WIDE;
        // a whole number has half of the way to its neighbours, the ends as all others
        double margin = whole ? 0.5 : 0;
        double least = StrictMath.log(low - margin);
        double drawn = logarithmic ? StrictMath.exp(least + share * (StrictMath.log(high + margin) - least))
                : low - margin + share * (high - low + 2 * margin);
        if (whole) {
            return Long.toString(Math.max((long) low, Math.min((long) high, Math.round(drawn))));
        }
        double rounded = new BigDecimal(drawn).round(DIGITS).doubleValue();
        return Double.toString(Math.max(low, Math.min(high, rounded)));
    }

    /** Returns the text that it was read from. */
    @Override
    public String toString() {
        return whole ? (long) low + ".." + (long) high : low + ".." + high;
    }
}
