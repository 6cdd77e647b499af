package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidFileException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the files of class folders into images of one size, and counts what happens to them. */
final class FolderDecoder {

    private static final Logger LOG = LoggerFactory.getLogger(ImageFolder.class);
    private static final int MAX_OWN_SIDE = 128;
    private static final ImageSize USUAL_SIZE = new ImageSize(32, 32);
    private static final int NAMED = 3;

    private final Path directory;
    private final ClassFolders folders;
    private final ImageReading reading;
    private final ImageSize size;
    private final List<Path> leftOut;
    private int read;
    private int scaled;
    private boolean distorted;

    /** @param directory that holds the folders, for errors */
    FolderDecoder(Path directory, ClassFolders folders, ImageReading reading) throws IOException {
        this.directory = directory;
        this.folders = folders;
        this.reading = reading;
        size = reading.size() == null ? commonSize() : reading.size();
        leftOut = new ArrayList<>(folders.foreign());
    }

    private ImageSize commonSize() throws IOException {
        ImageSize common = null;
        for (Path file : Stream.concat(folders.training().files().stream(), folders.test().files().stream()).toList()) {
            Optional<ImageSize> own = ifReadable(file, ImageFile::size);
            if (own.isEmpty()) {
                continue;
            }
            common = common == null ? own.get() : common;
            if (!own.get().equals(common) || common.height() > MAX_OWN_SIDE || common.width() > MAX_OWN_SIDE) {
                return USUAL_SIZE;
            }
        }
        return common == null ? USUAL_SIZE : common;
    }

    private interface FileReading<T> {
        T of(Path file) throws IOException;
    }

    /** Reads a file; of one that cannot be read nothing, unless the reading is strict. */
    private <T> Optional<T> ifReadable(Path file, FileReading<T> reader) throws IOException {
        try {
            return Optional.of(reader.of(file));
        } catch (InvalidFileException | AccessDeniedException e) {
            if (reading.strict()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** @throws InvalidFileException if no image of a class can be read */
    Images decodeTraining() throws IOException {
        Images training = decode(folders.training(), "train on");
        List<String> missing = withoutImages(training);
        if (!missing.isEmpty()) {
            throw new InvalidFileException(directory, "has no image of the class " + missing.get(0)
                    + " to train on that can be read; " + unreadable());
        }
        return training;
    }

    /** @throws InvalidFileException if no image can be read */
    Images decodeTest() throws IOException {
        return decode(folders.test(), "test with");
    }

    private static List<String> withoutImages(Images images) {
        int[] counts = images.classCounts();
        return IntStream.range(0, counts.length).filter(label -> counts[label] == 0)
                .mapToObj(images.classNames()::get).toList();
    }

    private Images decode(ClassFolders.Labelled images, String purpose) throws IOException {
        int count = images.files().size();
        int channels = reading.channels();
        long bytes = (long) count * channels * size.height() * size.width();
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new InvalidFileException(directory, "holds " + count + " images, which as " + channels + "x" + size
                    + " take " + bytes + " bytes, expected at most " + (Integer.MAX_VALUE - 8));
        }
        byte[] pixels = Heap.bytes(
                directory, bytes, count + " images, read as " + channels + "x" + size, "make them smaller (--size)");
        int[] labels = new int[count];
        List<String> names = new ArrayList<>();
        int kept = 0;
        for (int i = 0; i < count; i++) {
            Path file = images.files().get(i);
            Optional<ImageFile.Scaled> image =
                    ifReadable(file, each -> ImageFile.read(each, channels, size, reading.fit()));
            if (image.isEmpty()) {
                leftOut.add(file);
                continue;
            }
            byte[] own = image.get().pixels();
            System.arraycopy(own, 0, pixels, kept * own.length, own.length);
            labels[kept++] = images.labels().get(i);
            names.add(directory.relativize(file).toString());
            count(image.get().original());
        }
        if (kept == 0) {
            throw new InvalidFileException(directory,
                    "has no image to " + purpose + " that can be read; " + unreadable());
        }
        return new Images(channels, size.height(), size.width(), folders.classNames(),
                kept == count ? pixels : Arrays.copyOf(pixels, kept * (pixels.length / count)),
                Arrays.copyOf(labels, kept), names);
    }

    private void count(ImageSize original) {
        read++;
        scaled += original.equals(size) ? 0 : 1;
        distorted |= !original.hasProportionsOf(size);
    }

    /** Logs what was left out, and which classes cannot be tested. */
    void report(Images test) {
        if (!leftOut.isEmpty()) {
            LOG.warn("data: {}; --strict refuses them", unreadable());
        }
        List<String> untested = withoutImages(test);
        if (!untested.isEmpty()) {
            LOG.warn("data: {} of {} classes have no image to test with: {}",
                    untested.size(), folders.classNames().size(), firstOf(untested));
        }
        if (scaled > 0) {
            String done = !distorted ? "scaled" : reading.fit() == Fit.CROP ? "cut and scaled" : "stretched";
            LOG.info("data: {} of {} images were {} to {}{}", scaled, read, done, size,
                    reading.size() == null ? "; --size keeps more" : "");
        }
    }

    private String unreadable() {
        return leftOut.size() + " of " + (read + leftOut.size()) + " files cannot be read as images and are left out: "
                + firstOf(directory, leftOut);
    }

    /** Returns the first of some files in a directory, on a line. */
    static String firstOf(Path directory, List<Path> files) {
        return firstOf(files.stream().map(file -> directory.relativize(file).toString()).toList());
    }

    private static String firstOf(List<String> names) {
        return names.stream().limit(NAMED)
                .map(name -> name.replaceAll("\\p{Cc}", "?")).collect(Collectors.joining(", "))
                + (names.size() > NAMED ? ", ..." : "");
    }
}
