package io.github.backprop4j.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;

/** Finds out which processor's kernels OpenBLAS has chosen. It tells when it loads, and only on standard error. */
final class BlasKernels {

    private static final String HEAD = "Core: ";

    private BlasKernels() {}

    /** Loads OpenBLAS. */
    public static void main(String[] arguments) {
        Loader.load(openblas.class);
    }

    /** The name, like {@code Haswell}, or null if it was not told. */
    static String name() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), BlasKernels.class.getName())).redirectErrorStream(true);
        builder.environment().put("OPENBLAS_VERBOSE", "2");
        try (var output = builder.start().inputReader(StandardCharsets.UTF_8)) {
            return output.lines().filter(line -> line.startsWith(HEAD)).findFirst()
                    .map(line -> line.substring(HEAD.length())).orElse(null);
        }
    }
}
