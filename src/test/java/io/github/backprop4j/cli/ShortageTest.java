package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that the system gives too few files or too little memory, or that it tells nothing of themselves. */
@Tag("robustness")
class ShortageTest {

    /** In the profile long. */
    private static final boolean LONG = Boolean.getBoolean("shortage.all");

    private static final Path BASH = Path.of("/bin/bash");
    private static final Path UNSHARE = Path.of("/usr/bin/unshare");

    @TempDir
    private static Path folder;

    private static byte[] model;

    @BeforeAll
    static void trainWithEnough() throws IOException {
        NoiseImages.write(folder.resolve("images"), 30);
        CliProcess.Result whole = new Cli(folder).run(training(folder, "whole"));
        assertEquals(0, whole.exitCode(), whole.err());
        model = Files.readAllBytes(folder.resolve("whole/model.npz"));
    }

    private static String[] training(Path folder, String output) {
        return new String[] {"train", "--data", folder.resolve("images").toString(), "--layers", "dense:4,relu",
            "--validation", "0.334", "--epochs", "2", "--batch-size", "8", "--seed", "5", "--checkpoint-every", "1",
            "--output", folder.resolve(output).toString()};
    }

    private static String[] prediction(Path folder) {
        return new String[] {"predict", folder.resolve("whole/model.npz").toString(),
            folder.resolve("images/red/0.png").toString()};
    }

    /**
     * Commands that get on with it, or end in one line; and the training goes on once there is enough again. What is short
     * is so from the beginning, or from the end of the first epoch on.
     */
    private static final class Trial {

        private final Path folder;
        private final Cli commandLine;
        private final Runnable giveBack;
        private int ended;

        Trial(Path folder, String name, Runnable giveBack) {
            this.folder = folder;
            this.giveBack = giveBack;
            commandLine = new Cli(folder);
            // whose classes are all loaded after that
            require(0, commandLine.run(training(folder, name)));
            require(0, commandLine.run(prediction(folder)));
        }

        void run(String name, Runnable take) throws IOException {
            take.run();
            CliProcess.Result trained;
            CliProcess.Result predicted;
            try {
                trained = commandLine.run(training(folder, name));
                predicted = commandLine.run(prediction(folder));
            } finally {
                giveBack.run();
            }
            requireClear(predicted);
            requireGoesOn(name, trained);

            ByteArrayOutputStream err = new ByteArrayOutputStream();
            PrintStream out = new PrintStream(OutputStream.nullOutputStream()) {
                @Override
                public void println(String line) {
                    if (line.startsWith("epoch 1 ")) {
                        take.run();
                    }
                }
            };
            int exitCode;
            try {
                exitCode = Main.run(out, new PrintStream(err, true, StandardCharsets.UTF_8),
                        training(folder, name + "-later"));
            } finally {
                giveBack.run();
            }
            requireGoesOn(name + "-later", new CliProcess.Result(exitCode, "", err.toString(StandardCharsets.UTF_8)));
        }

        private void requireClear(CliProcess.Result result) {
            if (result.exitCode() != 0) {
                require(1, result);
                ended++;
                List<String> told = result.err().lines().filter(line -> !line.contains("INFO")).toList();
                if (told.size() != 1 || !told.get(0).matches(
                        "backprop4j: failed: (out of memory; use .*|.*[ (]Too many open files\\)?)")) {
                    throw new AssertionError(told.toString());
                }
            }
        }

        private void requireGoesOn(String name, CliProcess.Result first) throws IOException {
            requireClear(first);
            Path run = folder.resolve(name);
            CliProcess.Result rest = Files.exists(run.resolve("settings.json"))
                    ? commandLine.run("train", "--resume", run.toString()) : commandLine.run(training(folder, name));
            require(0, rest);
            if (Files.mismatch(run.resolve("model.npz"), folder.resolve("whole/model.npz")) >= 0) {
                throw new AssertionError(name + ": another model");
            }
        }

        private static void require(int exitCode, CliProcess.Result result) {
            if (result.exitCode() != exitCode) {
                throw new AssertionError(result.toString());
            }
        }
    }

    /** Holds all the files that this process may open, but some. */
    static final class FewFiles {

        private FewFiles() {}

        static void tryCommands(Path folder) throws IOException {
            Deque<FileInputStream> held = new ArrayDeque<>();
            Trial trial = new Trial(folder, "enough-files", () -> release(held, held.size()));
            for (int left = LONG ? 6 : 2; left >= 0; left--) {
                int free = left;
                trial.run("files-" + left, () -> hold(held, folder, free));
            }
            System.out.println("ended early: " + trial.ended);
        }

        private static void hold(Deque<FileInputStream> held, Path folder, int free) {
            try {
                while (true) {
                    held.push(new FileInputStream(folder.resolve("whole/model.npz").toFile()));
                }
            } catch (IOException e) {
                release(held, free);
            }
        }

        private static void release(Deque<FileInputStream> held, int count) {
            try {
                for (int i = 0; i < count; i++) {
                    held.pop().close();
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Holds all the memory that Java has, but some. */
    static final class LittleMemory {

        private static final int KB = 1 << 10;

        private LittleMemory() {}

        static void tryCommands(Path folder) throws IOException {
            Deque<byte[]> held = new ArrayDeque<>();
            Trial trial = new Trial(folder, "enough-memory", held::clear);
            for (int left : LONG ? new int[] {100, 200, 400, 800, 1600, 3200} : new int[] {400}) {
                trial.run("memory-" + left, () -> hold(held, left));
            }
            System.out.println("ended early: " + trial.ended);
        }

        private static void hold(Deque<byte[]> held, int free) {
            byte[][] spare = new byte[free][KB];
            for (int size = 1 << 20; size >= KB; size /= 4) {
                try {
                    while (true) {
                        held.push(new byte[size]);
                    }
                } catch (OutOfMemoryError e) {
                    // now smaller ones
                }
            }
            spare[0] = null;
        }
    }

    /** In one process, which need not load its classes twice. */
    static final class FewFilesAndLittleMemory {

        private FewFilesAndLittleMemory() {}

        public static void main(String[] arguments) throws IOException {
            FewFiles.tryCommands(Path.of(arguments[0]));
            LittleMemory.tryCommands(Path.of(arguments[0]));
        }
    }

    /** Is short of files before it has loaded any class but the first. */
    static final class NoFiles {

        private NoFiles() {}

        public static void main(String[] arguments) throws IOException, ClassNotFoundException {
            Class.forName(Main.class.getName());
            FewFiles.hold(new ArrayDeque<>(), Path.of(arguments[0]), 0);
            Main.main(prediction(Path.of(arguments[0])));
        }
    }

    private static CliProcess.Result limited(Class<?> main, List<String> options, int files, String... arguments) {
        assumeTrue(Files.isExecutable(BASH), "needs bash");
        return new CliProcess(folder, options, main).run(
                List.of(BASH.toString(), "-c", "export LC_ALL=C; ulimit -n " + files + "; exec \"$0\" \"$@\""), arguments);
    }

    @Test
    void tooFewFilesAndTooLittleMemoryAreToldAndNothingIsLost() {
        CliProcess.Result result = limited(
                FewFilesAndLittleMemory.class, List.of("-Xmx32m", "-Dshortage.all=" + LONG), 250, folder.toString());
        assertEquals(0, result.exitCode(), result.err());
        List<String> ended = result.out().lines().filter(line -> line.startsWith("ended early: ")).toList();
        assertEquals(2, ended.size(), result.out());
        ended.forEach(line -> assertTrue(Integer.parseInt(line.replaceAll("\\D", "")) >= 1, line));
    }

    @Test
    void ifNoClassCanBeLoadedThatIsTold() {
        CliProcess.Result result = limited(NoFiles.class, List.of(), 250, folder.toString());
        assertEquals(1, result.exitCode());
        assertEquals("backprop4j: failed: no file can be opened, not even Java's own; this process may open too few at once"
                + " (see ulimit -n)", result.err().strip());
    }

    /** There is not even enough to set up ND4J's classes, or the first images, or ... */
    @Test
    void tooLittleMemoryToBeginWithIsTold() {
        CliProcess.Result result = new CliProcess(folder, List.of("-Xmx9m"), Main.class)
                .run("train", "--output", folder.resolve("never").toString());
        assertEquals(1, result.exitCode(), result.err());
        String expected = "backprop4j: failed: out of memory; use fewer examples or a smaller network";
        // threads of libraries may tell of it, too
        assertEquals(List.of(expected), result.err().lines().filter(line -> line.startsWith("backprop4j: ")).toList(),
                result.err());
    }

    /** Java itself finds its libraries by {@code /proc}, unless it is told where they are. */
    @Test
    void trainsAndPredictsWithoutProc() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(BASH), "needs bash");
        assumeTrue(Files.isExecutable(UNSHARE) && new ProcessBuilder(
                UNSHARE.toString(), "--mount", BASH.toString(), "-c", "mount -t tmpfs none /proc && ! [ -e /proc/self ]")
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0,
                "needs unshare and the right to mount");
        String lib = Path.of(System.getProperty("java.home"), "lib").toString();
        List<String> starter = List.of("env", "LD_LIBRARY_PATH=" + lib + ":" + lib + "/server",
                UNSHARE.toString(), "--mount", BASH.toString(), "-c", "mount -t tmpfs none /proc && exec \"$0\" \"$@\"");
        CliProcess process = new CliProcess(folder, List.of(), WithoutProc.class);
        CliProcess.Result result = process.run(starter, folder.toString());
        assertEquals(0, result.exitCode(), result.err());
        assertArrayEquals(model, Files.readAllBytes(folder.resolve("without-proc/model.npz")));
    }

    static final class WithoutProc {

        private WithoutProc() {}

        public static void main(String[] arguments) {
            Path folder = Path.of(arguments[0]);
            Cli commandLine = new Cli(folder);
            Trial.require(0, commandLine.run(training(folder, "without-proc")));
            Trial.require(0, commandLine.run(prediction(folder)));
        }
    }
}
