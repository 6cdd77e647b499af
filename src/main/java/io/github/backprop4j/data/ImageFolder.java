package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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

    private static final Logger LOG = LoggerFactory.getLogger(ImageFolder.class);

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
        FolderDecoder decoder = new FolderDecoder(directory, folders, reading);
        Path name = directory.toAbsolutePath().normalize().getFileName();
        Dataset dataset = new Dataset(
                name == null ? "images" : name.toString(), decoder.decodeTraining(), decoder.decodeTest());
        decoder.report(dataset.test());
        return dataset;
    }

    /**
     * Lists the images in a directory and the directories in it, by the ends of their names, in the order of their paths.
     * Links are followed, what is hidden is left out, and the log has a line about other files.
     *
     * @throws InvalidFileException if there are none
     */
    public static List<Path> images(Path directory) throws IOException {
        try (Stream<Path> entries = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            Map<Boolean, List<Path>> files = entries.filter(Files::isRegularFile)
                    .filter(file -> !isHidden(directory.relativize(file))).sorted()
                    .collect(Collectors.partitioningBy(ClassFolders::isImage));
            List<Path> others = files.get(false);
            if (files.get(true).isEmpty()) {
                throw new InvalidFileException(directory, "has no images, expected files that end in "
                        + String.join(", ", ImageFile.SUFFIXES));
            }
            if (!others.isEmpty()) {
                LOG.warn("data: {} files in {} have no name of an image and are left out: {}", others.size(), directory,
                        FolderDecoder.firstOf(directory, others));
            }
            return files.get(true);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean isHidden(Path file) {
        return StreamSupport.stream(file.spliterator(), false).anyMatch(name -> name.toString().startsWith("."));
    }
}
