package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The files in a directory of class folders, divided into those to train on and to test with.
 *
 * @param classNames the folders' names, sorted
 * @param training files to train on
 * @param test files to test with
 * @param foreign what lies in the folders and has no name of an image
 */
record ClassFolders(List<String> classNames, Labelled training, Labelled test, List<Path> foreign) {

    private static final String TRAINING = "train";
    private static final List<String> TESTS = List.of("test", "val", "valid", "validation");
    private static final int TEST_EVERY = 5;
    private static final int MAX_CLASSES = 5_000;

    /** Files, and the label of each. */
    record Labelled(List<Path> files, List<Integer> labels) {

        void add(Path file, int label) {
            files.add(file);
            labels.add(label);
        }
    }

    /** A class, its files that have names of images, and its others. */
    private record ClassFolder(String name, List<Path> files, List<Path> foreign) {}

    /** Which of a class's files are wanted. */
    private interface Choice {
        boolean wants(int index, int count);
    }

    static ClassFolders of(Path directory) throws IOException {
        Datasets.requireDirectory(directory);
        Path trainingFolder = directory.resolve(TRAINING);
        List<Path> tests = TESTS.stream().map(directory::resolve).filter(Files::isDirectory).toList();
        if (tests.isEmpty() && list(directory, Files::isDirectory).equals(List.of(trainingFolder))) {
            throw new InvalidFileException(directory, "has a folder " + TRAINING + " and no other, expected one called "
                    + TESTS.get(0) + " as well, with the same classes");
        }
        boolean given = Files.isDirectory(trainingFolder) && !tests.isEmpty()
                && (tests.get(0).endsWith(TESTS.get(0)) || hasFolders(trainingFolder) && hasFolders(tests.get(0)));
        List<ClassFolder> training = classes(given ? trainingFolder : directory);
        List<ClassFolder> test = given ? classes(tests.get(0)) : training;
        if (!names(training).equals(names(test))) {
            throw new InvalidFileException(tests.get(0), "has the classes " + names(test) + ", expected "
                    + names(training) + " as in " + TRAINING);
        }
        ClassFolders folders = new ClassFolders(names(training),
                inTurn(training, (i, count) -> given || !isForTesting(i, count)),
                inTurn(test, (i, count) -> given || isForTesting(i, count)),
                (given ? Stream.concat(training.stream(), test.stream()) : training.stream())
                        .flatMap(folder -> folder.foreign.stream()).toList());
        if (folders.test.files.isEmpty()) {
            throw new InvalidFileException(directory,
                    "has a single image in each class, expected a second one to test with");
        }
        return folders;
    }

    /** Of a class with fewer files than every fifth would take one of, it is the last, but for the only one. */
    private static boolean isForTesting(int index, int count) {
        return count < TEST_EVERY ? count > 1 && index == count - 1 : index % TEST_EVERY == TEST_EVERY - 1;
    }

    private static boolean hasFolders(Path folder) throws IOException {
        return !list(folder, Files::isDirectory).isEmpty();
    }

    private static List<String> names(List<ClassFolder> classes) {
        return classes.stream().map(ClassFolder::name).toList();
    }

    private static Labelled inTurn(List<ClassFolder> classes, Choice choice) {
        Labelled images = new Labelled(new ArrayList<>(), new ArrayList<>());
        int most = classes.stream().mapToInt(folder -> folder.files.size()).max().orElseThrow();
        for (int i = 0; i < most; i++) {
            for (int label = 0; label < classes.size(); label++) {
                List<Path> files = classes.get(label).files;
                if (i < files.size() && choice.wants(i, files.size())) {
                    images.add(files.get(i), label);
                }
            }
        }
        return images;
    }

    private static List<ClassFolder> classes(Path directory) throws IOException {
        List<Path> folders = list(directory, Files::isDirectory);
        if (folders.size() < 2 || folders.size() > MAX_CLASSES) {
            throw new InvalidFileException(directory, "has " + folders.size()
                    + " folders, expected a folder of images for each of 2 to " + MAX_CLASSES + " classes");
        }
        List<ClassFolder> classes = new ArrayList<>();
        for (Path folder : folders) {
            String name = folder.getFileName().toString();
            if (!name.equals(name.strip()) || name.chars().anyMatch(Character::isISOControl)) {
                throw new InvalidFileException(directory, "has the class folder '" + name
                        + "', expected a name without blanks at its ends and without control characters; rename it");
            }
            List<Path> files = list(folder, ClassFolders::isImage);
            if (files.isEmpty()) {
                throw new InvalidFileException(folder, "has no images, expected files that end in "
                        + String.join(", ", ImageFile.SUFFIXES));
            }
            classes.add(new ClassFolder(name, files, list(folder, file -> !isImage(file))));
        }
        return classes;
    }

    static boolean isImage(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return Files.isRegularFile(file) && ImageFile.SUFFIXES.stream().anyMatch(name::endsWith);
    }

    /** Lists what is wanted and not hidden, sorted. */
    static List<Path> list(Path directory, Predicate<Path> wanted) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> !entry.getFileName().toString().startsWith("."))
                    .filter(wanted).sorted().toList();
        }
    }
}
