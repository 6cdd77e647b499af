package io.github.backprop4j.cli;

import io.github.backprop4j.data.Fit;
import io.github.backprop4j.data.Splitting;
import io.github.backprop4j.download.DownloadException;
import io.github.backprop4j.files.Suggestion;
import io.github.backprop4j.files.UserError;
import io.github.backprop4j.inference.OutputNotFiniteException;
import io.github.backprop4j.network.Engine;
import io.github.backprop4j.network.Precision;
import io.github.backprop4j.network.ModelCard;
import io.github.backprop4j.parallel.Natives;
import io.github.backprop4j.parallel.UnsupportedPlatformException;
import io.github.backprop4j.training.Optimizer;
import io.github.backprop4j.training.Preset;
import io.github.backprop4j.training.Schedule;
import io.github.backprop4j.training.TrainingDivergedException;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The {@code backprop4j} command: finds the sub-command, and turns whatever goes wrong into one line. */
@Command(
        name = "backprop4j",
        description = "Convolutional networks on ND4J with every forward and backward pass written out.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "backprop4j COMMAND --help tells the options of a command. In a checkout there are spark-train and"
                + " spark-sweep, too, for Apache Spark, which the first of them fetches."})
public final class Main {

    private static final int USER_ERROR = 2;
    private static final int FAILURE = 1;
    private static final String LOGGER = "org.slf4j.simpleLogger.";
    /** How much SLF4J tells of itself. */
    private static final String LOGGER_ITSELF = "slf4j.internal.verbosity";
    private static final String OUT_OF_MEMORY = OutOfMemoryError.class.getName();
    private static final String TOO_MANY_FILES = "no file can be opened, not even Java's own; this process may open too few"
            + " at once (see ulimit -n)";

    /** ND4J reports on itself when it starts, which is no news to the user. */
    private static final Map<String, String> LOG_SETTINGS = Map.of("defaultLogLevel", "warn",
            "log.io.github.backprop4j", "info", "showThreadName", "false", "showLogName", "false");

    private Main() {}

    /**
     * Runs a command and ends the process with its exit code.
     *
     * @param arguments a command and its options
     */
    public static void main(String[] arguments) {
        end(() -> run(System.out, System.err, arguments), System.err);
    }

    /**
     * Ends the process with a command's exit code.
     *
     * @param err for what is said if there is not even a class for that
     */
    static void end(IntSupplier command, PrintStream err) {
        LOG_SETTINGS.forEach((name, value) ->
                System.setProperty(LOGGER + name, System.getProperty(LOGGER + name, value)));
        System.setProperty(LOGGER_ITSELF, System.getProperty(LOGGER_ITSELF, "error"));
        try {
            System.exit(command.getAsInt());
        } catch (RuntimeException | Error e) {
            // nor could the classes be loaded that tell of problems, and those that clean up would tell of themselves
            err.println("backprop4j: failed: " + (canOpenFiles() ? e : TOO_MANY_FILES));
            Runtime.getRuntime().halt(FAILURE);
        }
    }

    /**
     * Runs a command in the calling process.
     *
     * @param out where results go
     * @param err where progress and errors go
     * @param arguments a command and its options
     * @return the exit code: 0, 2 for what the user can mend, 1 for another failure, 130 if it was stopped
     */
    public static int run(PrintStream out, PrintStream err, String... arguments) {
        return run(new Console(out, err), console -> List.of(), arguments);
    }

    /** Runs one of the commands, or one of more. */
    static int run(Console console, Function<Console, List<CommandLine>> more, String... arguments) {
        try {
            // the defaults of the options depend on the engine, so the command line itself needs ND4J
            Natives.load();
            int exitCode = commandLine(console, more.apply(console)).execute(arguments);
            return exitCode == 0 ? finish(console) : exitCode;
        } catch (RuntimeException | Error e) {
            // without files there are no classes, whatever is said of them
            return report(canOpenFiles() ? e : new IOException(TOO_MANY_FILES, e), console);
        }
    }

    /** Tells whether this process may open one more file; any that Java has would do, if it is there. */
    private static boolean canOpenFiles() {
        File file = new File(System.getProperty("java.home"), "lib/modules");
        try (FileInputStream ignored = new FileInputStream(file)) {
            return true;
        } catch (IOException e) {
            return !file.exists();
        }
    }

    /** Makes sure of what picocli has printed, too: it does not look whether its help and its version arrive. */
    private static int finish(Console console) {
        try {
            console.requirePrinted();
            return 0;
        } catch (IOException e) {
            return report(e, console);
        }
    }

    /** Returns the command with all sub-commands, which print on the console. */
    static CommandLine commandLine(Console console) {
        return commandLine(console, List.of());
    }

    private static CommandLine commandLine(Console console, List<CommandLine> more) {
        CommandLine all = new CommandLine(new Main())
                .addSubcommand(withGroups(new TrainCommand(console, Place.HERE)))
                .addSubcommand(LrFindCommand.commandLine(console))
                .addSubcommand(new EvaluateCommand(console))
                .addSubcommand(new PredictCommand(console))
                .addSubcommand(new ExportCommand(console))
                .addSubcommand(new ImportCommand(console))
                .addSubcommand(new CommandLine(new DataCommand()).addSubcommand(new DataCommand.Fetch(console)))
                .addSubcommand(new NotebookCommand(console));
        more.forEach(all::addSubcommand);
        return all
                .registerConverter(Path.class, new PathArgument())
                .registerConverter(Optimizer.class, new Choice<>(Optimizer.class))
                .registerConverter(Preset.class, new Choice<>(Preset.class))
                .registerConverter(Schedule.class, new Choice<>(Schedule.class))
                .registerConverter(Fit.class, new Choice<>(Fit.class))
                .registerConverter(Splitting.class, new Choice<>(Splitting.class))
                .registerConverter(Engine.class, new Choice<>(Engine.class))
                .registerConverter(Precision.class, new Choice<>(Precision.class))
                .setOut(new PrintWriter(console.out(), true))
                .setErr(new PrintWriter(console.err(), true))
                .setExpandAtFiles(false)
                .setParameterExceptionHandler((exception, given) -> refuse(exception, console))
                .setExecutionExceptionHandler((exception, command, given) -> report(exception, console));
    }

    /** Returns train, or what is like it, with its options in groups. */
    static CommandLine withGroups(TrainCommand train) {
        CommandLine command = new CommandLine(train);
        command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, new OptionGroups());
        return command;
    }

    /** Tells of arguments that do not fit; a command that has only others below it tells which. */
    private static int refuse(CommandLine.ParameterException problem, Console console) {
        CommandLine command = problem.getCommandLine();
        if (problem instanceof CommandLine.UnmatchedArgumentException slip) {
            return report(new CommandLine.ParameterException(command, slip.getMessage() + suggestion(slip) + "; see "
                    + command.getCommandSpec().qualifiedName() + " --help", slip), console);
        }
        if (!(command.getCommand() instanceof Callable)) {
            command.usage(console.err());
            return USER_ERROR;
        }
        return report(problem, console);
    }

    private static String suggestion(CommandLine.UnmatchedArgumentException slip) {
        String word = slip.getUnmatched().get(0).replaceFirst("=.*", "");
        CommandLine.Model.CommandSpec command = slip.getCommandLine().getCommandSpec();
        return Suggestion.of(word, word.startsWith("-") ? command.optionsMap().keySet() : command.subcommands().keySet());
    }

    /** Prints one line and returns the exit code; the log has the rest at level debug. */
    static int report(Throwable problem, Console console) {
        LoggerFactory.getLogger(Main.class).debug("command failed", problem);
        console.tell("backprop4j: " + line(problem));
        return exitCode(problem);
    }

    /** Returns what is said of a problem. */
    static String line(Throwable problem) {
        return message(cause(problem)).replaceAll("\\R\\s*", " ");
    }

    /** Returns the exit code that a problem has. */
    static int exitCode(Throwable problem) {
        return isUsersToMend(cause(problem)) ? USER_ERROR : FAILURE;
    }

    private static Throwable cause(Throwable problem) {
        // what a user can mend may have come of little memory, and says so itself
        for (Throwable each = problem; each != null && !(each instanceof UserError); each = each.getCause()) {
            // a class that cannot be set up for lack of memory, and what else comes of it
            if (each instanceof OutOfMemoryError
                    || each instanceof LinkageError && each.toString().contains(OUT_OF_MEMORY)) {
                return new OutOfMemoryError();
            }
        }
        Throwable cause = problem instanceof UncheckedIOException ? problem.getCause() : problem;
        return cause instanceof FileSystemException file && isBehindAFile(file)
                ? new NoSuchFileException(file.getFile()) : cause;
    }

    private static String message(Throwable problem) {
        if (problem instanceof AccessDeniedException denied) {
            return denied.getFile() + ": permission denied";
        }
        if (problem instanceof NoSuchFileException missing) {
            return missing.getFile() + ": no such file";
        }
        if (problem instanceof OutOfMemoryError || String.valueOf(problem.getMessage()).contains("bad_alloc")) {
            return "failed: out of memory; use fewer examples or a smaller network";
        }
        if (isUsersToMend(problem) || problem instanceof DownloadException
                || problem instanceof TrainingDivergedException || problem instanceof OutputNotFiniteException) {
            return problem.getMessage();
        }
        return "failed: " + (problem instanceof IOException ? problem.getMessage() : problem);
    }

    private static boolean isUsersToMend(Throwable problem) {
        return problem instanceof UserError
                || problem instanceof UnsupportedPlatformException
                || problem instanceof CommandLine.ParameterException
                || problem instanceof AccessDeniedException
                || problem instanceof NoSuchFileException;
    }

    /** Tells whether a file was looked for behind another file, which only some systems report as one that is missing. */
    private static boolean isBehindAFile(FileSystemException problem) {
        Path folder = problem.getFile() == null ? null : Path.of(problem.getFile()).toAbsolutePath().getParent();
        while (folder != null && !Files.exists(folder)) {
            folder = folder.getParent();
        }
        return folder != null && !Files.isDirectory(folder);
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"backprop4j " + ModelCard.libraryVersion()};
        }
    }
}
