package io.github.backprop4j.cli;

import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.files.AtomicFile;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.network.Architecture;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.commons.io.input.BoundedInputStream;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** The options that a training was begun with, kept as JSON by their names, and taken again to go on with it. */
final class KeptSettings {

    static final String DATA = "data";
    static final String LAYERS = "layers";
    static final String LEARNING_RATE = "learning-rate";

    /** Options that are no settings of the training. */
    private static final Set<String> OF_EACH_START = Set.of("threads", "output", "resume", "help", "version");

    private static final int MAX_BYTES = 1 << 16;

    private KeptSettings() {}

    /**
     * Writes all options as they are.
     *
     * @param command that was parsed
     * @param resolved those that are kept in another form than they were given, by their names
     */
    static void write(Path file, CommandSpec command, Map<String, Object> resolved) throws IOException {
        Map<String, Object> settings = new LinkedHashMap<>();
        for (OptionSpec option : settings(command)) {
            Object value = resolved.getOrDefault(name(option), option.getValue());
            settings.put(name(option), value instanceof Enum<?> ? value.toString() : value);
        }
        byte[] json = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(settings);
        AtomicFile.write(file, out -> out.write(json));
    }

    /**
     * Sets all options as they were kept.
     *
     * @param command that was parsed
     * @throws InvalidFileException if the file is missing or holds no such settings
     * @throws IllegalArgumentException if an option was given again, with another value
     */
    static void take(Path file, CommandSpec command) throws IOException {
        CommandSpec kept = read(file);
        for (OptionSpec now : settings(command)) {
            Object then = kept.findOption(now.longestName()).getValue();
            if (command.commandLine().getParseResult().hasMatchedOption(now) && !same(name(now), now.getValue(), then)) {
                throw new IllegalArgumentException(now.longestName() + ": " + now.getValue() + ", but "
                        + file.getParent() + " was begun " + (then == null ? "without" : "with " + then)
                        + "; leave it out");
            }
            now.setValue(then);
        }
    }

    /** The options of a {@code train} of then. */
    private static CommandSpec read(Path file) throws IOException {
        byte[] json;
        try (InputStream in = BoundedInputStream.builder().setPath(file).setMaxCount(MAX_BYTES).get()) {
            json = in.readAllBytes();
        } catch (NoSuchFileException e) {
            throw new InvalidFileException(file.toAbsolutePath().getParent(),
                    "holds no " + file.getFileName() + ", so there is no training to go on with");
        }
        CommandLine then = new CommandLine(new TrainCommand()).setCaseInsensitiveEnumValuesAllowed(true);
        try {
            JsonNode settings = new ObjectMapper().readTree(json);
            List<String> arguments = new ArrayList<>();
            for (OptionSpec option : settings(then.getCommandSpec())) {
                JsonNode value = settings.get(name(option));
                if (value == null) {
                    throw new InvalidFileException(file, "holds no settings of a training: no " + name(option));
                }
                if (!value.isNull()) {
                    arguments.add(option.longestName() + "=" + value.asText());
                }
            }
            then.parseArgs(arguments.toArray(String[]::new));
            return then.getCommandSpec();
        } catch (JsonProcessingException | ParameterException e) {
            throw new InvalidFileException(file, "holds no settings of a training: " + e.getMessage());
        }
    }

    private static List<OptionSpec> settings(CommandSpec command) {
        return command.options().stream().filter(option -> !OF_EACH_START.contains(name(option))).toList();
    }

    private static String name(OptionSpec option) {
        return option.longestName().substring("--".length());
    }

    private static boolean same(String name, Object now, Object then) {
        return switch (name) {
            case LAYERS -> Architecture.sameLayers((String) now, (String) then);
            case DATA -> Datasets.located((String) now).equals(then);
            default -> Objects.equals(now, then);
        };
    }
}
