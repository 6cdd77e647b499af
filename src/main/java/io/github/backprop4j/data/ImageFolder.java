package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory with a folder of image files for each class, named as the class; or with two folders {@code train} and
 * {@code test} that each hold such folders. Instead of {@code test} it may be {@code val}, {@code valid} or
 * {@code validation}; the first of these that is there is taken.
 *
 * <p>Without {@code train} and {@code test}, every fifth file of a class is for testing, and of a class with two to four
 * files the last. Classes and files are sorted by name, and the images take turns: the first of each class, then the second
 * of each, and so on. Hidden files are ignored. Other files that cannot be read as an image are left out, and the log has a
 * line about them, or they are refused, as {@link ImageReading#strict} has it.
 */
public final class ImageFolder implements DatasetFormat {

    /**
     * Lists the images in a directory and the directories in it, by the ends of their names, in the order of their paths; links
     * are followed, what is hidden is left out.
     *
     * @throws InvalidFileException if there are none
     */
    public static List<Path> images(Path directory) throws IOException {
        try (Stream<Path> entries = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            Map<Boolean, List<Path>> files = entries.filter(Files::isRegularFile)
                    .filter(file -> !isHidden(directory.relativize(file))).sorted()
                    .collect(Collectors.partitioningBy(ClassFolders::isImage));
            if (files.get(true).isEmpty()) {
                throw new InvalidFileException(directory, "has no images, expected files that end in "
                        + String.join(", ", ImageFile.SUFFIXES));
            }
            if (!files.get(false).isEmpty()) {
                LOG.warn("data: {} files in {} have no name of an image and are left out: {}", files.get(false).size(),
                        directory, Decoder.firstOf(files.get(false).stream().map(file -> directory.relativize(file).toString()).toList()));
            }
            return files.get(true);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean isHidden(Path file) {
        return StreamSupport.stream(file.spliterator(), false).anyMatch(name -> name.toString().startsWith("."));
    }

    private static final Logger LOG = LoggerFactory.getLogger(ImageFolder.class);
    private static final int MAX_OWN_SIDE = 128;
    private static final ImageSize USUAL_SIZE = new ImageSize(32, 32);
    private static final int NAMED = 3;

    @Override
    public String expected() {
        return "a folder of images for each class";
    }

    /** Tells whether a directory holds folders; whether these hold images, reading finds out. */
    @Override
    public boolean isIn(Path directory) throws IOException {
        return Files.isDirectory(directory) && !ClassFolders.list(directory, Files::isDirectory).isEmpty();
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
     * @throws InvalidFileException if there are fewer than two classes, a class has no images, or a file is no image and the
     *     reading is strict
     */
    @Override
    public Dataset read(Path directory, ImageReading reading) throws IOException {
        ClassFolders folders = ClassFolders.of(directory);
        if (reading.strict() && !folders.foreign().isEmpty()) {
            throw new InvalidFileException(folders.foreign().get(0), "is no image, expected "
                    + ImageFile.FORMAT_NAMES + "; without --strict it is left out");
        }
        Decoder decoder = new Decoder(directory, folders, reading,
                reading.size() == null ? commonSize(folders, reading) : reading.size());
        Path name = directory.toAbsolutePath().normalize().getFileName();
        Dataset dataset = new Dataset(name == null ? "images" : name.toString(),
                decoder.decode(folders.training(), "train on"), decoder.decode(folders.test(), "test with"));
        requireEachClass(directory, dataset.training());
        decoder.report();
        return dataset;
    }

    private static void requireEachClass(Path directory, Images training) throws InvalidFileException {
        Set<Integer> found = IntStream.of(training.labels()).boxed().collect(Collectors.toSet());
        for (int label = 0; label < training.classNames().size(); label++) {
            if (!found.contains(label)) {
                throw new InvalidFileException(directory, "has no image of the class " + training.classNames().get(label)
                        + " to train on that can be read");
            }
        }
    }

    private static ImageSize commonSize(ClassFolders folders, ImageReading reading) throws IOException {
        ImageSize common = null;
        for (Path file : Stream.concat(folders.training().files().stream(), folders.test().files().stream()).toList()) {
            Optional<ImageSize> size = ifReadable(reading, file, ImageFile::size);
            if (size.isEmpty()) {
                continue;
            }
            common = common == null ? size.get() : common;
            if (!size.get().equals(common) || common.height() > MAX_OWN_SIDE || common.width() > MAX_OWN_SIDE) {
                return USUAL_SIZE;
            }
        }
        return common == null ? USUAL_SIZE : common;
    }

    private interface FileReading<T> {
        T of(Path file) throws IOException;
    }

    /** Reads a file; of one that cannot be read nothing, unless the reading is strict. */
    private static <T> Optional<T> ifReadable(ImageReading reading, Path file, FileReading<T> read) throws IOException {
        try {
            return Optional.of(read.of(file));
        } catch (InvalidFileException | AccessDeniedException e) {
            if (reading.strict()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** Reads files into images of one size, and counts what happens to them. */
    private static final class Decoder {

        private final Path directory;
        private final ClassFolders folders;
        private final ImageReading reading;
        private final ImageSize size;
        private final List<Path> leftOut;
        private int read;
        private int scaled;
        private boolean distorted;

        Decoder(Path directory, ClassFolders folders, ImageReading reading, ImageSize size) {
            this.directory = directory;
            this.folders = folders;
            this.reading = reading;
            this.size = size;
            leftOut = new ArrayList<>(folders.foreign());
        }

        /** @param purpose of the images, for the error if none can be read */
        Images decode(ClassFolders.Labelled images, String purpose) throws IOException {
            int count = images.files().size();
            int channels = reading.channels();
            long bytes = (long) count * channels * size.height() * size.width();
            if (bytes > Integer.MAX_VALUE - 8) {
                throw new InvalidFileException(directory, "holds " + count + " images, which as " + channels + "x" + size
                        + " take " + bytes + " bytes, expected at most " + (Integer.MAX_VALUE - 8));
            }
            byte[] pixels = new byte[(int) bytes];
            int[] labels = new int[count];
            int kept = 0;
            for (int i = 0; i < count; i++) {
                Path file = images.files().get(i);
                Optional<ImageFile.Scaled> image = ifReadable(reading, file,
                        each -> ImageFile.read(each, channels, size, reading.fit()));
                if (image.isEmpty()) {
                    leftOut.add(file);
                    continue;
                }
                byte[] own = image.get().pixels();
                System.arraycopy(own, 0, pixels, kept * own.length, own.length);
                labels[kept++] = images.labels().get(i);
                count(image.get().original());
            }
            if (kept == 0) {
                throw new InvalidFileException(directory,
                        "has no image to " + purpose + " that can be read; " + unreadable());
            }
            return new Images(channels, size.height(), size.width(), folders.classNames(),
                    kept == count ? pixels : Arrays.copyOf(pixels, kept * (pixels.length / count)),
                    Arrays.copyOf(labels, kept));
        }

        private void count(ImageSize original) {
            read++;
            scaled += original.equals(size) ? 0 : 1;
            distorted |= !original.hasProportionsOf(size);
        }

        void report() {
            if (!leftOut.isEmpty()) {
                LOG.warn("data: {}; --strict refuses them", unreadable());
            }
            if (!folders.untested().isEmpty()) {
                LOG.warn("data: {} of {} classes have a single image and so none to test with: {}",
                        folders.untested().size(), folders.classNames().size(), firstOf(folders.untested()));
            }
            if (scaled > 0) {
                String done = !distorted ? "scaled" : reading.fit() == Fit.CROP ? "cut and scaled" : "stretched";
                LOG.info("data: {} of {} images were {} to {}{}", scaled, read, done, size,
                        reading.size() == null ? "; --size keeps more" : "");
            }
        }

        private String unreadable() {
            return leftOut.size() + " of " + (read + leftOut.size()) + " files cannot be read as images and are left out: "
                    + firstOf(leftOut.stream().map(file -> directory.relativize(file).toString()).toList());
        }

        private static String firstOf(List<String> names) {
            return names.stream().limit(NAMED)
                    .map(name -> name.replaceAll("\\p{Cntrl}", "?")).collect(Collectors.joining(", "))
                    + (names.size() > NAMED ? ", ..." : "");
        }
    }
}
