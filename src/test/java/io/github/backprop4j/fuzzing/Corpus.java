package io.github.backprop4j.fuzzing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;

/**
 * The fuzzer's inputs as files: {@code seed TARGET FOLDER} writes those to begin with, {@code replay TARGET
 * FILE_OR_FOLDER…} judges some.
 */
final class Corpus {

    private Corpus() {}

    public static void main(String[] arguments) throws IOException {
        switch (arguments[0]) {
            case "seed" -> seed(Target.valueOf(arguments[1]), Path.of(arguments[2]));
            case "replay" -> {
                List<Path> places = Stream.of(arguments).skip(2).map(Path::of).toList();
                System.exit(replay(Target.valueOf(arguments[1]), places) ? 0 : 1);
            }
            default -> throw new IllegalArgumentException("found " + arguments[0] + ", expected seed or replay");
        }
    }

    private static void seed(Target target, Path folder) throws IOException {
        Files.createDirectories(folder);
        List<byte[]> inputs = new ArrayList<>(inputs(target));
        for (Path file : regression(target)) {
            inputs.add(Files.readAllBytes(file));
        }
        for (int i = 0; i < inputs.size(); i++) {
            Files.write(folder.resolve("seed-" + i), inputs.get(i));
        }
    }

    /** Returns those that stand for valid files. */
    static List<byte[]> inputs(Target target) throws IOException {
        Path scratch = Files.createTempDirectory("seeds");
        try {
            List<byte[]> inputs = new ArrayList<>();
            for (byte[] seed : target.seeds(scratch)) {
                inputs.addAll(target.wrapping().inputs(seed));
            }
            return inputs;
        } finally {
            PathUtils.deleteDirectory(scratch);
        }
    }

    /** Returns the files of those that went wrong once. */
    static List<Path> regression(Target target) throws IOException {
        Path folder = Path.of("src/test/resources/fuzzing", target.name());
        return Files.isDirectory(folder) ? files(folder) : List.of();
    }

    private static boolean replay(Target target, List<Path> places) throws IOException {
        Path folder = Files.createTempDirectory("replay");
        try {
            return replay(new Judge(target, folder), target, places);
        } finally {
            PathUtils.deleteDirectory(folder);
        }
    }

    private static boolean replay(Judge judge, Target target, List<Path> places) throws IOException {
        int read = 0;
        int refused = 0;
        int wrong = 0;
        for (Path place : places) {
            for (Path file : files(place)) {
                try {
                    boolean found = judge.input(Files.readAllBytes(file)).isPresent();
                    read += found ? 1 : 0;
                    refused += found ? 0 : 1;
                } catch (AssertionError e) {
                    wrong++;
                    System.out.println(target + " " + file + " " + e.getMessage());
                    if (e.getCause() != null) {
                        e.getCause().printStackTrace(System.out);
                    }
                }
            }
        }
        System.out.printf("%s: %d read, %d refused, %d went wrong; %s%n", target, read, refused, wrong, judge.costs());
        return wrong == 0;
    }

    private static List<Path> files(Path place) throws IOException {
        try (Stream<Path> files = Files.walk(place)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
