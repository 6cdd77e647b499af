package io.github.backprop4j.fuzzing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What Jazzer calls, with the name of a {@link Target}: by these names, on the class. Whatever is thrown is a finding; so
 * this is the one class that has its state in a static field.
 */
public final class Fuzzer {

    private static Judge judge;

    private Fuzzer() {}

    /** Prepares for a target. */
    public static void fuzzerInitialize(String[] arguments) throws IOException {
        judge = new Judge(Target.valueOf(arguments[0]), Files.createTempDirectory("fuzz"));
    }

    /** Judges one input. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        judge.input(input);
    }
}
