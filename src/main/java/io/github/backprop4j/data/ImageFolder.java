package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidFileException;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory with a folder of PNG and JPEG files for each class, named as the class; or with two folders {@code train}
 * and {@code test} that each hold such folders.
 *
 * <p>Without {@code train} and {@code test}, every fifth file of a class is for testing. Classes and files are sorted by
 * name, and the images take turns: the first of each class, then the second of each, and so on. Hidden files and files of
 * other kinds are ignored.
 */
public final class ImageFolder implements DatasetFormat {

    private static final Logger LOG = LoggerFactory.getLogger(ImageFolder.class);
    private static final List<String> SUFFIXES = List.of(".png", ".jpg", ".jpeg");
    private static final String TRAINING = "train";
    private static final String TEST = "test";
    private static final int TEST_EVERY = 5;
    private static final int MAX_OWN_SIDE = 128;
    private static final ImageSize USUAL_SIZE = new ImageSize(32, 32);
    private static final int MAX_CLASSES = 5_000;

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

    /** Reads the images in the {@link ImageReading#USUAL} way. */
    @Override
    public Dataset read(Path directory) throws IOException {
        return read(directory, ImageReading.USUAL);
    }

    /**
     * Reads the images. If no size is given they keep theirs, if all have the same, of at most 128 pixels a side;
     * otherwise they are made 32×32. The log has a line about how many were scaled.
     *
     * @throws InvalidFileException if there are fewer than two classes, a class has no images, or a file is no image
     */
    @Override
    public Dataset read(Path directory, ImageReading reading) throws IOException {
        Split split = Split.of(directory);
        Decoder decoder = new Decoder(directory, split.classNames, reading,
                reading.size() == null ? commonSize(split) : reading.size());
        Path name = directory.toAbsolutePath().normalize().getFileName();
        Dataset dataset = new Dataset(name == null ? "images" : name.toString(),
                decoder.decode(split.training), decoder.decode(split.test));
        decoder.report();
        return dataset;
    }

    /** Reads files into images of one size, and counts what happens to them. */
    private static final class Decoder {

        private final Path directory;
        private final List<String> classNames;
        private final ImageReading reading;
        private final ImageSize size;
        private int read;
        private int scaled;
        private boolean distorted;

        Decoder(Path directory, List<String> classNames, ImageReading reading, ImageSize size) {
            this.directory = directory;
            this.classNames = classNames;
            this.reading = reading;
            this.size = size;
        }

        Images decode(Labelled images) throws IOException {
            int count = images.files.size();
            int channels = reading.channels();
            long bytes = (long) count * channels * size.height() * size.width();
            if (bytes > Integer.MAX_VALUE - 8) {
                throw new InvalidFileException(directory, "holds " + count + " images, which as " + channels + "x" + size
                        + " take " + bytes + " bytes, expected at most " + (Integer.MAX_VALUE - 8));
            }
            byte[] pixels = new byte[(int) bytes];
            int[] labels = new int[count];
            for (int i = 0; i < count; i++) {
                ImageFile.Scaled image = ImageFile.read(images.files.get(i), channels, size, reading.fit());
                System.arraycopy(image.pixels(), 0, pixels, i * image.pixels().length, image.pixels().length);
                labels[i] = images.labels.get(i);
                count(image.original());
            }
            return new Images(channels, size.height(), size.width(), classNames, pixels, labels);
        }

        private void count(ImageSize original) {
            read++;
            scaled += original.equals(size) ? 0 : 1;
            distorted |= !original.hasProportionsOf(size);
        }

        void report() {
            if (scaled > 0) {
                String done = !distorted ? "scaled" : reading.fit() == Fit.CROP ? "cut and scaled" : "stretched";
                LOG.info("data: {} of {} images were {} to {}{}", scaled, read, done, size,
                        reading.size() == null ? "; --size keeps more" : "");
            }
        }
    }

    private static ImageSize commonSize(Split split) throws IOException {
        ImageSize common = ImageFile.size(split.training.files.get(0));
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
