package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A directory with a folder of PNG and JPEG files for each class, named as the class; or with two folders {@code train}
 * and {@code test} that each hold such folders.
 *
 * <p>Without {@code train} and {@code test}, every fifth file of a class is for testing. Classes and files are sorted by
 * name, and the images take turns: the first of each class, then the second of each, and so on. Hidden files and files of
 * other kinds are ignored.
 */
public final class ImageFolder implements DatasetFormat {

    private static final List<String> SUFFIXES = List.of(".png", ".jpg", ".jpeg");
    private static final String TRAINING = "train";
    private static final String TEST = "test";
    private static final int TEST_EVERY = 5;
    private static final int CHANNELS = 3;
    private static final int MAX_OWN_SIDE = 128;
    private static final ImageFile.Size USUAL_SIZE = new ImageFile.Size(32, 32);
    private static final int MAX_CLASSES = 256;

    /** A class and its files. */
    private record ClassFolder(String name, List<Path> files) {}

    /** The files of images, and the label of each. */
    private record Labelled(List<Path> files, List<Integer> labels) {}

    @Override
    public String expected() {
        return "a folder of images for each class";
    }

    /** Tells whether a directory holds folders; whether these hold images, reading finds out. */
    @Override
    public boolean isIn(Path directory) throws IOException {
        return Files.isDirectory(directory) && !list(directory, Files::isDirectory).isEmpty();
    }

    /**
     * Reads the images in colour. They keep their size if all have the same, of at most 128 pixels a side; otherwise they
     * are scaled to 32×32.
     *
     * @throws InvalidFileException if there are fewer than two classes, a class has no images, or a file is no image
     */
    @Override
    public Dataset read(Path directory) throws IOException {
        Split split = Split.of(directory);
        ImageFile.Size size = commonSize(split);
        return read(directory, split, CHANNELS, size.height(), size.width());
    }

    /**
     * Reads the images in a given size, scaled as {@link ImageFile#read} does.
     *
     * @throws InvalidInputException if channels are not 1 or 3, or a side is below 1
     * @throws InvalidFileException if there are fewer than two classes, a class has no images, or a file is no image
     */
    @Override
    public Dataset read(Path directory, int channels, int height, int width) throws IOException {
        ImageFile.requireSize(channels, height, width);
        return read(directory, Split.of(directory), channels, height, width);
    }

    private static Dataset read(Path directory, Split split, int channels, int height, int width) throws IOException {
        Path name = directory.toAbsolutePath().normalize().getFileName();
        return new Dataset(name == null ? "images" : name.toString(),
                decode(directory, split.classNames, split.training, channels, height, width),
                decode(directory, split.classNames, split.test, channels, height, width));
    }

    private static Images decode(Path directory, List<String> classNames, Labelled images, int channels,
            int height, int width) throws IOException {
        int count = images.files.size();
        long bytes = (long) count * channels * height * width;
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new InvalidFileException(directory, "holds " + count + " images, which as " + channels + "x" + height
                    + "x" + width + " take " + bytes + " bytes, expected at most " + (Integer.MAX_VALUE - 8));
        }
        byte[] pixels = new byte[(int) bytes];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            byte[] image = ImageFile.read(images.files.get(i), channels, height, width);
            System.arraycopy(image, 0, pixels, i * image.length, image.length);
            labels[i] = images.labels.get(i).byteValue();
        }
        return new Images(channels, height, width, classNames, pixels, labels);
    }

    private static ImageFile.Size commonSize(Split split) throws IOException {
        ImageFile.Size common = ImageFile.size(split.training.files.get(0));
        if (common.height() > MAX_OWN_SIDE || common.width() > MAX_OWN_SIDE) {
            return USUAL_SIZE;
        }
        for (Path file : Stream.concat(split.training.files.stream(), split.test.files.stream()).toList()) {
            if (!ImageFile.size(file).equals(common)) {
                return USUAL_SIZE;
            }
        }
        return common;
    }

    private record Split(List<String> classNames, Labelled training, Labelled test) {

        static Split of(Path directory) throws IOException {
            Datasets.requireDirectory(directory);
            Path trainingFolder = directory.resolve(TRAINING);
            Path testFolder = directory.resolve(TEST);
            boolean given = Files.isDirectory(trainingFolder) && Files.isDirectory(testFolder);
            List<ClassFolder> training = classes(given ? trainingFolder : directory);
            List<ClassFolder> test = given ? classes(testFolder) : training;
            if (!names(training).equals(names(test))) {
                throw new InvalidFileException(testFolder, "has the classes " + names(test) + ", expected "
                        + names(training) + " as in " + TRAINING);
            }
            Split split = new Split(names(training),
                    inTurn(training, i -> given || i % TEST_EVERY != TEST_EVERY - 1),
                    inTurn(test, i -> given || i % TEST_EVERY == TEST_EVERY - 1));
            if (split.test.files.isEmpty()) {
                throw new InvalidFileException(directory, "has fewer than " + TEST_EVERY
                        + " images in each class, expected one in " + TEST_EVERY + " to test with");
            }
            return split;
        }

        private static List<String> names(List<ClassFolder> classes) {
            return classes.stream().map(ClassFolder::name).toList();
        }

        private static Labelled inTurn(List<ClassFolder> classes, IntPredicate wanted) {
            Labelled images = new Labelled(new ArrayList<>(), new ArrayList<>());
            int most = classes.stream().mapToInt(folder -> folder.files.size()).max().orElseThrow();
            IntStream.range(0, most).filter(wanted).forEach(i -> {
                for (int label = 0; label < classes.size(); label++) {
                    if (i < classes.get(label).files.size()) {
                        images.files.add(classes.get(label).files.get(i));
                        images.labels.add(label);
                    }
                }
            });
            return images;
        }
    }

    private static List<ClassFolder> classes(Path directory) throws IOException {
        List<Path> folders = list(directory, Files::isDirectory);
        if (folders.size() < 2 || folders.size() > MAX_CLASSES) {
            throw new InvalidFileException(directory, "has " + folders.size()
                    + " folders, expected a folder of images for each of 2 to " + MAX_CLASSES + " classes");
        }
        List<ClassFolder> classes = new ArrayList<>();
        for (Path folder : folders) {
            List<Path> files = list(folder, ImageFolder::isImage);
            if (files.isEmpty()) {
                throw new InvalidFileException(folder, "has no images, expected files that end in "
                        + String.join(", ", SUFFIXES));
            }
            classes.add(new ClassFolder(folder.getFileName().toString(), files));
        }
        return classes;
    }

    /**
     * Lists the images in a directory and the directories in it, by the ends of their names, in the order of their paths.
     *
     * @throws InvalidFileException if there are none
     */
    public static List<Path> images(Path directory) throws IOException {
        try (Stream<Path> entries = Files.walk(directory)) {
            List<Path> images = entries.filter(ImageFolder::isImage).sorted().toList();
            if (images.isEmpty()) {
                throw new InvalidFileException(directory, "has no images, expected files that end in "
                        + String.join(", ", SUFFIXES));
            }
            return images;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean isImage(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return Files.isRegularFile(file) && SUFFIXES.stream().anyMatch(name::endsWith);
    }

    private static List<Path> list(Path directory, Predicate<Path> wanted) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> !entry.getFileName().toString().startsWith("."))
                    .filter(wanted).sorted().toList();
        }
    }
}
