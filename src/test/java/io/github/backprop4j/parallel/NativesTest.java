package io.github.backprop4j.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.backprop4j.ChildJvm;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.onnx.OnnxImport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of a machine that native libraries are not made for, from what its files tell. */
class NativesTest {

    private static final Version NEEDED = Version.parse("2.34");
    private static final String JVM = "7f0000-7f1000 r-xp 00000000 08:01 1 /opt/java/lib/server/libjvm.so\n";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"/lib/ld-musl-x86_64.so.1", "/lib/ld-musl-aarch64.so.1"})
    void muslIsNamedWithWhatToUse(String file) {
        String maps = JVM + "7f2000-7f3000 r-xp 00000000 08:01 2                          " + file + "\n" + JVM;
        String problem = Natives.cLibraryProblem(maps, NEEDED).orElseThrow();
        assertTrue(problem.startsWith("platform: found a Java for musl (" + file + ")"), problem);
        assertTrue(problem.contains("need glibc 2.34 or later; use an image with glibc"), problem);
        assertEquals(1, problem.lines().count());
    }

    @ParameterizedTest
    @CsvSource({"2.31, true", "2.9, true", "2.33, true", "2.34, false", "2.36, false", "2.100, false", "3.0, false"})
    void aGlibcIsComparedByItsNumbers(String version, boolean tooOld) throws IOException {
        Path file = glibc("GNU C Library (Debian GLIBC " + version + "-13) stable release version " + version + ".\n");
        Optional<String> problem = Natives.cLibraryProblem(maps(file), NEEDED);
        assertEquals(tooOld, problem.isPresent(), problem::toString);
        problem.ifPresent(line -> assertTrue(line.startsWith("platform: found glibc " + version + " (" + file
                + "), but the native libraries of ND4J and OpenBLAS need 2.34 or later; use a newer system"), line));
    }

    @Test
    void whatIsNotKnownIsNotRefused() throws IOException {
        assertEquals(Optional.empty(), Natives.cLibraryProblem("", NEEDED));
        assertEquals(Optional.empty(), Natives.cLibraryProblem(JVM, NEEDED));
        assertEquals(Optional.empty(), Natives.cLibraryProblem(maps(folder.resolve("gone/libc.so.6")), NEEDED));
        assertEquals(Optional.empty(), Natives.cLibraryProblem(maps(glibc("no version in here")), NEEDED));
        assertEquals(Optional.empty(),
                Natives.cLibraryProblem(JVM + "7f00-7f01 r--p 0 08:01 3 /x/libcrypto.so.6\n", NEEDED));
    }

    @Test
    void theNeedIsTheHighestVersionThatALibraryNames() throws IOException {
        assertEquals(Optional.of(Version.parse("2.34")),
                CLibrary.needed(stream("\0GLIBC_2.9\0GLIBC_2.2.5\0GLIBC_2.34\0GLIBCXX_3.4\0GLIBC_2.14\0")));
        assertEquals(Optional.empty(), CLibrary.needed(stream("GLIBC_PRIVATE GLIBCXX_3.4")));
    }

    @Test
    void thisMachineIsFoundRight() throws IOException {
        Path maps = Path.of("/proc/self/maps");
        assumeTrue(Files.isReadable(maps), "needs Linux");
        CLibrary here = CLibrary.of(Files.readString(maps)).orElseThrow();
        assertFalse(here.musl());
        try (InputStream file = Files.newInputStream(here.file())) {
            assertTrue(CLibrary.version(file).orElseThrow().compareTo(NEEDED) >= 0);
        }
        assertEquals(NEEDED, Natives.neededGlibc(), "as the README says");
        Natives.load();
    }

    @ParameterizedTest
    @CsvSource({"linux-riscv64, use one of these", "linux-x86, use one of these",
        "linux-arm64, add org.nd4j:nd4j-native:1.0.0-M2.1 with the classifier linux-arm64",
        "windows-x86_64, -Djavacpp.platform=windows-x86_64"})
    void aPlatformWithoutNativesIsToldWhatToDo(String platform, String remedy) {
        Error found = new ExceptionInInitializerError(new UnsatisfiedLinkError("Could not find it\n in paths."));
        String line = Natives.loadingProblem(platform, found);
        assertTrue(line.startsWith("platform: ND4J cannot be loaded on " + platform + ": Could not find it in paths; "),
                line);
        assertTrue(line.contains(remedy), line);
    }

    @Test
    void aJarOfAnotherPlatformEndsInOneLine() throws Exception {
        List<String> told = ChildJvm.run(
                60, jar -> !jar.matches(".*(openblas|nd4j-native|javacpp)-[^/]*-(linux|macosx|windows).*"), Loading.class);
        assertEquals(2, told.size(), told::toString);
        assertTrue(told.get(0).startsWith("platform: ND4J cannot be loaded on "), told::toString);
        assertEquals(told.get(0), told.get(1), "the second time as the first");
    }

    /** Asks for a model twice, the second time in another format. */
    static final class Loading {
        private Loading() {}

        public static void main(String[] arguments) throws IOException {
            for (int i = 0; i < 2; i++) {
                try {
                    if (i == 0) {
                        Network.load(Path.of("model.npz"));
                    } else {
                        OnnxImport.read(Path.of("model.onnx"));
                    }
                } catch (UnsupportedPlatformException e) {
                    System.out.println(e.getMessage());
                }
            }
        }
    }

    private Path glibc(String text) throws IOException {
        return Files.writeString(folder.resolve("libc.so.6"), "\0ELF\0" + "x".repeat(10_000) + "\0" + text + "\0rest");
    }

    private static String maps(Path glibc) {
        return JVM + "7f2000-7f3000 r-xp 00000000 08:01 2    " + glibc + "\n7f4000-7f5000 rw-p 00000000 00:00 0 \n";
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
