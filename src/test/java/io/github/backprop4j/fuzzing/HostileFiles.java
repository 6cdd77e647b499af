package io.github.backprop4j.fuzzing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.io.file.PathUtils;

/**
 * Reads files made to do harm, damaged ones, and the inputs that the fuzzer found once, in a process of its own as it may
 * not outlive them: {@code FOLDER PLACES}. The file {@code progress} in the folder has the name of the last.
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
    private int refused;

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
            files.run(folder, Integer.parseInt(arguments[1]));
            System.out.println(target + ": " + files.judge.costs());
            files.failures.forEach(System.out::println);
            failures += files.failures.size();
            PathUtils.deleteDirectory(folder.resolve("judged"));
        }
        System.exit(failures == 0 ? 0 : 1);
    }

    /** @param places that are damaged in a file with checksums */
    private void run(Path folder, int places) throws IOException {
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
        if (Set.of(Wrapping.ZIP, Wrapping.GZIP, Wrapping.TAR_GZIP).contains(target.wrapping())) {
            for (byte[] seed : seeds) {
                damage(seed, places);
            }
        }
    }

    /** Of a file with checksums all may be read that lay in it before, or nothing; most damage is refused. */
    private void damage(byte[] whole, int places) throws IOException {
        List<Object> expected = judge.file(whole).orElseThrow();
        int trials = 0;
        refused = 0;
        for (int at = 0; at < whole.length; at += Math.max(1, whole.length / places)) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << at % 8);
            byte[] replaced = whole.clone();
            replaced[at] = (byte) (at % 2 == 0 ? 0xff : 0);
            byte[] without = Arrays.copyOf(whole, whole.length - 1);
            System.arraycopy(whole, at + 1, without, at, whole.length - 1 - at);
            for (byte[] damaged : List.of(flipped, replaced, without, Arrays.copyOf(whole, at))) {
                require("damage at " + at, () -> {
                    Optional<List<Object>> found = judge.file(damaged);
                    if (found.isPresent() && !expected.equals(found.get())) {
                        throw new AssertionError("was read as something else");
                    }
                    refused += found.isEmpty() ? 1 : 0;
                    return found;
                }, true, false);
                trials++;
            }
        }
        if (refused < trials / 2) {
            failures.add(target + ": only " + refused + " of " + trials + " damaged files were refused");
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
