package io.github.backprop4j.cli;

import io.github.backprop4j.download.DownloadException;
import io.github.backprop4j.files.UserError;
import io.github.backprop4j.training.TrainingDivergedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.ResourceBundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The {@code backprop4j} command: finds the sub-command, and turns whatever goes wrong into one line. */
@Command(
        name = "backprop4j",
        description = "Convolutional networks on ND4J with every forward and backward pass written out.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            TrainCommand.class, EvaluateCommand.class, PredictCommand.class, DataCommand.class, NotebookCommand.class},
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "backprop4j COMMAND --help tells the options of a command."})
public final class Main {

    private static final int USER_ERROR = 2;
    private static final int FAILURE = 1;
    private static final String LOGGER = "org.slf4j.simpleLogger.";

    /** ND4J reports on itself when it starts, which is no news to the user. */
    private static final Map<String, String> LOG_SETTINGS = Map.of("defaultLogLevel", "warn",
            "log.io.github.backprop4j", "info", "showThreadName", "false", "showLogName", "false");

    private Main() {}

    /** @param arguments a command and its options */
    public static void main(String[] arguments) {
        LOG_SETTINGS.forEach((name, value) ->
                System.setProperty(LOGGER + name, System.getProperty(LOGGER + name, value)));
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        try {
            return new CommandLine(new Main())
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .setParameterExceptionHandler((exception, given) -> report(exception))
                    .setExecutionExceptionHandler((exception, command, given) -> report(exception))
                    .execute(arguments);
        } catch (Error e) {
            return report(e);
        }
    }

    /** Prints one line and returns the exit code; the log has the rest at level debug. */
    static int report(Throwable problem) {
        Logger log = LoggerFactory.getLogger(Main.class);
        log.debug("command failed", problem);
        Throwable cause = problem instanceof UncheckedIOException ? problem.getCause() : problem;
        System.err.println("backprop4j: " + message(cause).replaceAll("\\R\\s*", " "));
        return isUsersToMend(cause) ? USER_ERROR : FAILURE;
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
                || problem instanceof TrainingDivergedException) {
            return problem.getMessage();
        }
        return "failed: " + (problem instanceof IOException ? problem.getMessage() : problem);
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"backprop4j " + ResourceBundle.getBundle(Main.class.getPackageName() + ".version")
                    .getString("version")};
        }
    }

    private static boolean isUsersToMend(Throwable problem) {
        return problem instanceof CommandLine.ParameterException
                || problem instanceof UserError
                || problem instanceof IllegalArgumentException && isOurs(problem)
                || problem instanceof AccessDeniedException
                || problem instanceof NoSuchFileException;
    }

    /** Whether one of our own checks threw it, and not a library that we have used wrongly. */
    private static boolean isOurs(Throwable problem) {
        return problem.getStackTrace()[0].getClassName().startsWith("io.github.backprop4j.");
    }
}
