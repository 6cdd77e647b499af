package io.github.backprop4j.spark;

import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.files.InvalidInputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/** Data sets on any file system that Hadoop knows, in the layouts that {@link Datasets} reads. */
public final class HadoopData {

    private static final Pattern ADDRESS = Pattern.compile("[a-z][a-z0-9+.-]+:/.*");
    private static final String OPTION = "spark.hadoop.";

    private HadoopData() {}

    /**
     * Copies a directory to this machine, into {@link Datasets#cache()}, where a training that is resumed finds it again.
     *
     * @param nameOrDirectory is copied if it begins with the name of a file system, as {@code hdfs://host/folder} does
     * @param options of Spark, of which those of Hadoop are looked at
     * @param told what is being done
     * @return where the copy is, or what was given
     * @throws InvalidInputException if there is no such file system or directory
     * @throws IOException if it cannot be read, or the copy not be written
     */
    public static String readable(String nameOrDirectory, Map<String, String> options, Consumer<String> told)
            throws IOException {
        if (!isAddress(nameOrDirectory)) {
            return nameOrDirectory;
        }
        Path copy = Path.of(located(nameOrDirectory));
        Path folder = Files.createDirectories(copy.getParent());
        Path unfinished = Files.createTempDirectory(folder, "unfinished");
        try {
            org.apache.hadoop.fs.Path address = new org.apache.hadoop.fs.Path(nameOrDirectory);
            FileSystem files = address.getFileSystem(configuration(options));
            files.getFileStatus(address);
            told.accept("copying " + nameOrDirectory + " to " + copy);
            Path whole = unfinished.resolve("whole");
            files.copyToLocalFile(false, address, new org.apache.hadoop.fs.Path(whole.toUri()), true);
            if (Files.exists(copy)) {
                Files.move(copy, unfinished.resolve("before"));
            }
            Files.move(whole, copy);
        } catch (FileNotFoundException e) {
            throw new InvalidInputException("data: " + nameOrDirectory + " is not there", e);
        } catch (UnsupportedFileSystemException e) {
            throw new InvalidInputException("data: " + nameOrDirectory + ", but Hadoop knows no such file system here ("
                    + e.getMessage() + ")", e);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("data: " + nameOrDirectory + " cannot be read (" + e.getMessage() + ")", e);
        } finally {
            FileUtils.deleteDirectory(unfinished.toFile());
        }
        return copy.toString();
    }

    /** Returns where {@link #readable} has a directory's copy, or what was given. */
    public static String located(String nameOrDirectory) {
        if (!isAddress(nameOrDirectory)) {
            return nameOrDirectory;
        }
        UUID number = UUID.nameUUIDFromBytes(nameOrDirectory.getBytes(StandardCharsets.UTF_8));
        String name = nameOrDirectory.replaceAll("/+$", "").replaceAll(".*/", "");
        return Datasets.cache().resolve("hadoop").resolve(number.toString()).resolve(name.isEmpty() ? "data" : name)
                .toString();
    }

    private static boolean isAddress(String nameOrDirectory) {
        return ADDRESS.matcher(nameOrDirectory).matches();
    }

    private static Configuration configuration(Map<String, String> options) {
        Configuration configuration = new Configuration();
        options.forEach((name, value) -> {
            if (name.startsWith(OPTION)) {
                configuration.set(name.substring(OPTION.length()), value);
            }
        });
        return configuration;
    }
}
