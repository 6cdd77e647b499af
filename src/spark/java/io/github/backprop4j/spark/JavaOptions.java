package io.github.backprop4j.spark;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.spark.launcher.JavaModuleOptions;

/** Tells the options with which Java lets Spark at its own insides; {@code scripts/backprop4j} starts it with them. */
public final class JavaOptions {

    private JavaOptions() {}

    /** Returns all but an incubator's module, with which Java begins by a warning and Spark's core does nothing. */
    static String text() {
        return Arrays.stream(JavaModuleOptions.defaultModuleOptionArray()).filter(option -> !option.contains("incubator"))
                .collect(Collectors.joining(" "));
    }

    /** @param arguments none */
    public static void main(String[] arguments) {
        System.out.println(text());
    }
}
