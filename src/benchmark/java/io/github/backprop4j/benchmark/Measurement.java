package io.github.backprop4j.benchmark;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.commons.math3.stat.descriptive.rank.Median;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonIgnoreProperties;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.nd4j.shade.jackson.annotation.JsonValue;

/**
 * One figure, measured in several rounds.
 *
 * @param name tells it from the others of a report; up to the first comma it names who or what was measured
 * @param group what kind of thing was measured
 * @param unit of the values
 * @param values one a round, at least one, each finite
 * @param details further numbers by name, like {@value #BATCH}; ordered by name
 */
@JsonIgnoreProperties(value = {"higherIsBetter", "median"}, allowGetters = true)
public record Measurement(String name, Group group, Unit unit, List<Double> values, Map<String, Double> details) {

    /** Images to a step. */
    public static final String BATCH = "batch";
    /** Threads that compute. */
    public static final String THREADS = "threads";
    /** The most memory that the process ever had resident, in 10⁶ bytes: the largest of the rounds. */
    public static final String RESIDENT_MEGABYTES = "residentMegabytes";
    /** The value in 10⁹ floating-point operations a second, a multiplication and an addition being two. */
    public static final String GFLOPS = "gflops";
    /**
     * Share of the processors, from 0 to 1, that other work took just before a process was started: the largest of the
     * rounds.
     */
    public static final String OTHER_LOAD = "otherLoad";
    /** The value's share of what the machine reaches in SGEMM, from 0 to 1. */
    public static final String SHARE_OF_PEAK = "shareOfPeak";

    /** What kind of thing is measured. */
    public enum Group {
        /** One layer, or a part of one. */
        LAYER,
        /** A whole training step of ours. */
        STEP,
        /** Reading a model or a data set. */
        LOADING,
        /** From an image to its class. */
        PREDICTION,
        /** A whole training step of another library's. */
        PEER,
        /** An iteration of the notebook, in float64. */
        NOTEBOOK;

        /** In lower case, as the JSON has it. */
        @Override
        @JsonValue
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a value counts. */
    public enum Unit {
        /** Images learnt in a second. */
        IMAGES_PER_SECOND("images/s", true),
        /** 10⁹ floating-point operations in a second, a multiplication and an addition being two. */
        GFLOPS("GFLOP/s", true),
        /** Seconds of wall-clock time; of the processor's time where a {@link DuetWorker} measured. */
        SECONDS("s", false);

        private final String symbol;
        private final boolean higherIsBetter;

        Unit(String symbol, boolean higherIsBetter) {
            this.symbol = symbol;
            this.higherIsBetter = higherIsBetter;
        }

        /** Whether the faster of two has the larger value. */
        public boolean higherIsBetter() {
            return higherIsBetter;
        }

        /** As the JSON has it. */
        @Override
        @JsonValue
        public String toString() {
            return symbol;
        }
    }

    /** @throws IllegalArgumentException if a component is missing, a value is not finite, or a detail has no number */
    @JsonCreator
    public Measurement {
        if (name == null || group == null || unit == null || values == null || values.isEmpty()
                || !values.stream().allMatch(value -> value != null && Double.isFinite(value))) {
            throw new IllegalArgumentException("measurement " + name + ": group " + group + ", unit " + unit
                    + ", values " + values + ", expected all of them, and finite values");
        }
        values = List.copyOf(values);
        details = Collections.unmodifiableMap(new TreeMap<>(Objects.requireNonNullElse(details, Map.of())));
        if (details.containsValue(null)) {
            throw new IllegalArgumentException(
                    "measurement " + name + ": details " + details + ", expected a number for each");
        }
    }

    /** Whether the better of two has the larger value. */
    @JsonProperty
    public boolean higherIsBetter() {
        return unit.higherIsBetter();
    }

    /** The value in the middle, or the mean of the two there. */
    @JsonProperty
    public double median() {
        return new Median().evaluate(sorted());
    }

    /** The smallest value. */
    public double min() {
        return sorted()[0];
    }

    /** The largest value. */
    public double max() {
        return sorted()[values.size() - 1];
    }

    /** Who or what was measured: the name up to its first comma. */
    public String side() {
        return name.split(",", 2)[0];
    }

    /**
     * How many times as fast as another this is, by the medians.
     *
     * @throws IllegalArgumentException if the other has another unit
     */
    public double speedup(Measurement other) {
        if (unit != other.unit) {
            throw new IllegalArgumentException(name + " is in " + unit + ", " + other.name + " in " + other.unit
                    + "; only equal units compare");
        }
        return higherIsBetter() ? median() / other.median() : other.median() / median();
    }

    private double[] sorted() {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }
}
