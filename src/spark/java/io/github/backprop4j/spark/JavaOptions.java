package io.github.backprop4j.spark;

import org.apache.spark.launcher.JavaModuleOptions;

/** Tells the options with which Java lets Spark at its own insides; {@code scripts/backprop4j} starts it with them. */
public final class JavaOptions {

    private JavaOptions() {}

    /** @param arguments none */
    public static void main(String[] arguments) {
        System.out.println(JavaModuleOptions.defaultModuleOptions());
    }
}
