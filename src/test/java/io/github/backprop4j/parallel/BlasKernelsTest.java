package io.github.backprop4j.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class BlasKernelsTest {

    @ParameterizedTest
    @CsvSource({
        "Barcelona, true, true",
        "Prescott, true, true",
        "Sandybridge, true, true",
        "Barcelona, false, false",
        "Haswell, true, false",
        "Zen, true, false",
        "SkylakeX, true, false",
    })
    void onlyKernelsWithoutFmaOnAProcessorThatHasItAreSlow(String kernels, boolean avx2, boolean slow) {
        assertEquals(slow, BlasKernels.slow(Optional.of(kernels), avx2));
    }

    @Test
    void kernelsThatCannotBeToldAreNotCalledSlow() {
        assertEquals(false, BlasKernels.slow(Optional.empty(), true));
    }

    @Test
    void warnsOnceInAProcess() throws IOException, InterruptedException {
        assumeTrue(BlasKernels.inUse().isPresent(), "an OpenBLAS that chooses its kernels");
        assumeTrue(BlasKernels.processorHasAvx2(), "AVX2");
        List<String> slow = output("Barcelona", twoWorkers());
        assertEquals(1, slow.stream().filter(line -> line.contains("WARN") && line.contains("unset OPENBLAS_CORETYPE"))
                .count(), slow::toString);
        assertTrue(slow.contains("computes with Barcelona"), slow::toString);

        List<String> fast = output("Haswell", twoWorkers());
        assertTrue(fast.contains("computes with Haswell"), fast::toString);
        assertTrue(fast.stream().noneMatch(line -> line.contains("WARN")), fast::toString);
    }

    /** Makes workers twice and says what OpenBLAS computes with. */
    static final class TwoWorkers {

        private TwoWorkers() {}

        public static void main(String[] arguments) {
            new Workers(1).close();
            new Workers(1).close();
            System.out.println("computes with " + BlasKernels.inUse().orElse("unknown"));
        }
    }

    private static List<String> twoWorkers() {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "-XX:+IgnoreUnrecognizedVMOptions", "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                TwoWorkers.class.getName());
    }

    /** @param coreType OPENBLAS_CORETYPE of the process, null if unset */
    private static List<String> output(String coreType, List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command)).redirectErrorStream(true);
        builder.environment().remove("OPENBLAS_CORETYPE");
        if (coreType != null) {
            builder.environment().put("OPENBLAS_CORETYPE", coreType);
        }
        Process process = builder.start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        assertEquals(0, process.waitFor(), lines::toString);
        return lines;
    }
}
