package io.github.backprop4j.training;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.Parameter;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonValue;

/**
 * By what the learning rate of some kinds of parameters is multiplied: each is a word, {@code weights}, {@code bias} (of
 * layers with weights), {@code shift} (what normalization adds) or {@code scale} (what it multiplies by), with a factor
 * behind a colon, from 0 to a million. A kind without a word has the factor 1, and a factor of 1 is the same as no word.
 */
public final class RateFactors {

    private static final String NOTHING = "none";
    private static final double MOST = 1e6;
    private static final Pattern WORD = Pattern.compile("([a-z]+):(\\d{1,18}(\\.\\d{1,18})?([eE][+-]?\\d{1,3})?)");

    /** All rates are as they are. */
    public static final RateFactors NONE = new RateFactors(new EnumMap<>(Word.class));

    private enum Word {
        WEIGHTS(Parameter.Kind.WEIGHTS), BIAS(Parameter.Kind.OFFSET), SHIFT(Parameter.Kind.SHIFT),
        SCALE(Parameter.Kind.SCALE);

        private final Parameter.Kind kind;

        Word(Parameter.Kind kind) {
            this.kind = kind;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Map<Word, Double> factors;

    private RateFactors(Map<Word, Double> factors) {
        factors.values().removeIf(factor -> factor == 1);
        this.factors = factors;
    }

    /**
     * Reads a text like {@code bias:2,shift:64}.
     *
     * @param text {@code none}, or words with commas between them, each at most once
     * @throws InvalidInputException if it has another word, one without a factor, or one twice
     */
    @JsonCreator
    public static RateFactors parse(String text) {
        if (text.equals(NOTHING)) {
            return NONE;
        }
        Map<Word, Double> factors = new EnumMap<>(Word.class);
        for (String each : text.split(",", -1)) {
            Matcher matcher = WORD.matcher(each);
            double factor = matcher.matches() ? Double.parseDouble(matcher.group(2)) : Double.NaN;
            Word word = factor <= MOST ? Arrays.stream(Word.values())
                    .filter(known -> known.text().equals(matcher.group(1))).findFirst().orElse(null) : null;
            if (word == null) {
                throw new InvalidInputException("rate factors: '" + each + "', expected " + usage()
                        + ", each factor from 0 to a million");
            }
            if (factors.put(word, factor) != null) {
                throw new InvalidInputException("rate factors: " + word.text() + " twice, expected each at most once");
            }
        }
        return new RateFactors(factors);
    }

    /** Returns the words that {@link #parse} takes. */
    public static String usage() {
        return Arrays.stream(Word.values()).map(word -> word.text() + ":FACTOR").collect(Collectors.joining(", "))
                + ", or none";
    }

    /** Returns the factor of a kind of parameters. */
    public double of(Parameter.Kind kind) {
        return factors.entrySet().stream().filter(each -> each.getKey().kind == kind).map(Map.Entry::getValue)
                .findFirst().orElse(1.0);
    }

    /** Returns the text form, which {@link #parse} reads. */
    @JsonValue
    @Override
    public String toString() {
        return factors.isEmpty() ? NOTHING : factors.entrySet().stream()
                .map(each -> each.getKey().text() + ":" + number(each.getValue())).collect(Collectors.joining(","));
    }

    /** As short as reads back to the same bits. */
    private static String number(double factor) {
        BigDecimal exact = BigDecimal.valueOf(factor).stripTrailingZeros();
        return Math.abs(exact.scale()) > 15 ? Double.toString(factor) : exact.toPlainString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RateFactors others && factors.equals(others.factors);
    }

    @Override
    public int hashCode() {
        return factors.hashCode();
    }
}
