package io.github.backprop4j.fuzzing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.io.file.PathUtils;

/**
 * Reads files made to do harm, and the inputs that the fuzzer found once, in a process of its own as it may not outlive
 * them: {@code FOLDER}. The file {@code progress} there has the name of the last.
 */
final class HostileFiles {

    /** Reads a file in some way. */
    private interface Trial {
        Optional<List<Object>> run() throws IOException;
    }

    private final Target target;
    private final Path progress;
    private final Judge judge;
    private final List<String> failures = new ArrayList<>();

    private HostileFiles(Target target, Path folder) throws IOException {
        this.target = target;
        progress = folder.resolve("progress");
        judge = new Judge(target, Files.createDirectory(folder.resolve("judged")));
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        int failures = 0;
        for (Target target : Target.values()) {
            HostileFiles files = new HostileFiles(target, folder);
            files.run(folder);
            System.out.println(target + ": " + files.judge.costs());
            files.failures.forEach(System.out::println);
            failures += files.failures.size();
            PathUtils.deleteDirectory(folder.resolve("judged"));
        }
        System.exit(failures == 0 ? 0 : 1);
    }

    private void run(Path folder) throws IOException {
        int number = 0;
        for (byte[] seed : Corpus.inputs(target)) {
            require("valid file " + number++, () -> judge.input(seed), true, true);
        }
        List<byte[]> seeds = target.seeds(Files.createTempDirectory(folder, "seeds"));
        if (target != Target.LAYERS) {
            require("a directory", judge::directory, target == Target.FOLDER, false);
        }
        for (Crafted crafted : Crafted.of(target, seeds, folder)) {
            byte[] bytes = target == Target.FOLDER ? ImageSamples.withFirst(crafted.bytes()) : crafted.bytes();
            Trial trial = target == Target.FOLDER ? () -> judge.input(bytes) : () -> judge.file(bytes);
            require(crafted.name(), trial, crafted.isValid(), false);
        }
        for (Path file : Corpus.regression(target)) {
            byte[] bytes = Files.readAllBytes(file);
            require(file.getFileName().toString(), () -> judge.input(bytes), true, false);
        }
    }

    private void require(String name, Trial trial, boolean mayBeRead, boolean mustBeRead) throws IOException {
        Files.writeString(progress, target + " " + name);
        try {
            boolean found = trial.run().isPresent();
            if (found && !mayBeRead || !found && mustBeRead) {
                failures.add(target + " " + name + (found ? " was read" : " was refused"));
            }
        } catch (AssertionError e) {
            failures.add(target + " " + name + " " + e.getMessage() + (e.getCause() == null ? ""
                    : " at " + List.of(e.getCause().getStackTrace()).stream().limit(6).toList()));
        }
    }
}
