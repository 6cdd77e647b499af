package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.LayerRegistry;
import io.github.backprop4j.network.LayerType;
import io.github.backprop4j.network.ModelCard;
import io.github.backprop4j.training.TrainingSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The help of all commands, and what an error ends with. */
class MainTest {

    static Stream<Arguments> problems() {
        Path file = Path.of("model.npz");
        return Stream.of(
                Arguments.of(new InvalidInputException("epochs: 0, expected at least 1"), 2, "epochs: 0, expected at least 1"),
                Arguments.of(new InvalidFileException(file, "is damaged"), 2, "model.npz: is damaged"),
                Arguments.of(new UncheckedIOException(new InvalidFileException(file, "is\nno model")), 2,
                        "model.npz: is\\x0ano model"),
                Arguments.of(new AccessDeniedException("model.npz"), 2, "model.npz: permission denied"),
                Arguments.of(new NoSuchFileException("model.npz"), 2, "model.npz: no such file"),
                Arguments.of(new IllegalArgumentException("a mistake of ours"), 1,
                        "failed: java.lang.IllegalArgumentException: a mistake of ours"),
                Arguments.of(new ArrayIndexOutOfBoundsException(3), 1, "failed: java.lang.ArrayIndexOutOfBoundsException: "),
                Arguments.of(new IOException("disk\nfull"), 1, "failed: disk full"),
                Arguments.of(new OutOfMemoryError("heap"), 1, "failed: out of memory; use fewer examples"),
                Arguments.of(new IllegalStateException("platform: ND4J cannot be loaded",
                        new ExceptionInInitializerError(new OutOfMemoryError("heap"))), 1, "failed: out of memory"),
                Arguments.of(new UncheckedIOException(new InvalidFileException(file, "is larger than the heap",
                        new OutOfMemoryError("heap"))), 2, "model.npz: is larger than the heap"),
                Arguments.of(new NoClassDefFoundError("Exception java.lang.OutOfMemoryError: heap [in thread \"main\"]"), 1,
                        "failed: out of memory"));
    }

    @ParameterizedTest
    @MethodSource("problems")
    void itsTypeDecidesTheExitCode(Throwable problem, int exitCode, String line) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        assertEquals(exitCode, Main.report(problem, new Console(System.out, new PrintStream(err, true))));
        String told = err.toString(StandardCharsets.UTF_8);
        assertTrue(told.startsWith("backprop4j: " + line), told);
        assertEquals(1, told.lines().count(), told);
    }

    static Stream<Arguments> commands() {
        List<Arguments> commands = new ArrayList<>();
        addWithSubcommands(Main.commandLine(new Console(System.out, System.err)), List.of(), commands);
        return commands.stream();
    }

    private static void addWithSubcommands(CommandLine command, List<String> names, List<Arguments> commands) {
        commands.add(Arguments.of(String.join(" ", names), command.getCommandSpec()));
        command.getSubcommands().forEach((name, sub) ->
                addWithSubcommands(sub, Stream.concat(names.stream(), Stream.of(name)).toList(), commands));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpTellsEveryOptionParameterAndSubcommand(String names, CommandSpec command) {
        String help = help(names);
        for (OptionSpec option : command.options()) {
            assertTrue(help.contains(option.longestName()), () -> option.longestName() + " in " + help);
            assertFalse(String.join("", option.description()).isBlank(), option.longestName());
        }
        for (ArgSpec parameter : command.positionalParameters()) {
            assertTrue(help.contains(parameter.paramLabel()), () -> parameter.paramLabel() + " in " + help);
            assertFalse(String.join("", parameter.description()).isBlank(), parameter.paramLabel());
        }
        command.subcommands().keySet().forEach(name -> assertTrue(help.contains("  " + name + " "), help));
    }

    private static String help(String names) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<String> arguments = new ArrayList<>(names.isEmpty() ? List.of() : List.of(names.split(" ")));
        arguments.add("--help");
        assertEquals(0, Main.run(new PrintStream(out, true), System.err, arguments.toArray(String[]::new)));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void helpOfTrainHasItsOptionsInGroups() {
        String help = help("train").replaceAll("\\R", "\n");
        List<String> found = new ArrayList<>();
        for (String line : help.split("\n")) {
            if (line.matches("[A-Z][a-z]+:") || line.matches(" +(-\\w, )?--\\S+.*")) {
                found.add(line.strip().replaceFirst("^-\\w, ", "").replaceFirst("[= ].*", ""));
            }
        }
        List<String> headings = found.stream().filter(each -> each.endsWith(":")).toList();
        assertEquals(List.of("Data:", "Network:", "Training:", "Computation:", "Output:", "Help:"), headings);
        assertEquals("--data", found.get(found.indexOf("Data:") + 1));
        assertTrue(found.indexOf("--validation") < found.indexOf("Network:"), found.toString());
        assertTrue(found.indexOf("--epochs") > found.indexOf("Training:"), found.toString());
        assertTrue(found.indexOf("--seed") < found.indexOf("Computation:"), found.toString());
        assertTrue(found.indexOf("--resume") > found.indexOf("Output:"), found.toString());
        assertEquals(found.size(), Set.copyOf(found).size(), "each once");
    }

    @Test
    void helpOfTrainTellsEveryLayerAndTheSettingsDefaults() {
        String help = help("train").replaceAll("\\s+", "");
        for (LayerType type : LayerRegistry.types()) {
            assertTrue(help.contains(type.usage()), type.usage());
        }
        TrainingSettings.builder().build().toJson().fields().forEachRemaining(setting -> {
            if (!setting.getValue().isNull() && !setting.getValue().isBoolean() && !setting.getKey().equals("learning-rate")) {
                String value = setting.getValue().asText();
                assertTrue(help.contains("Default:" + value), () -> setting + " in " + help);
            }
        });
    }

    @Test
    void theOptionsOfTrainAreTheSettings() {
        CommandSpec train = Main.commandLine(new Console(System.out, System.err)).getSubcommands().get("train")
                .getCommandSpec();
        Set<String> options = train.options().stream().map(option -> option.longestName().substring(2))
                .collect(Collectors.toCollection(TreeSet::new));
        assertTrue(options.removeAll(Set.of("help", "version", "threads", "output", "resume", "resume-anyway",
                "json", "tensorboard", "preset")));
        Set<String> settings = new TreeSet<>();
        TrainingSettings.builder().build().toJson().fieldNames().forEachRemaining(settings::add);
        assertEquals(settings, options);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandTellsTheVersion(String names, CommandSpec command) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertEquals(0, Main.run(new PrintStream(out, true), System.err, (names + " --version").strip().split(" ")));
        assertEquals("backprop4j " + ModelCard.libraryVersion(), out.toString(StandardCharsets.UTF_8).strip());
    }

    /** A file called {@code @x.png} is an image like others, and no list of arguments. */
    @Test
    void noFileIsReadForArguments() {
        assertFalse(Main.commandLine(new Console(System.out, System.err)).isExpandAtFiles());
    }
}
