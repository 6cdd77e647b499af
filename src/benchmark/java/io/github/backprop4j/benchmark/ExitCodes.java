package io.github.backprop4j.benchmark;

import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Runs the commands of the benchmarks: an error is one line, and its exit code tells whose it is. */
final class ExitCodes {

    /** Of wrong options, by an {@link IllegalArgumentException}. */
    static final int USER_ERROR = 2;

    private ExitCodes() {}

    /**
     * Runs a command, and ends this process.
     *
     * @param failure exit code of any other exception or error
     * @param arguments its options
     */
    static void run(Callable<Integer> command, int failure, String... arguments) {
        CommandLine line = new CommandLine(command)
                .setParameterExceptionHandler((exception, given) -> tell(exception.getCommandLine(), exception, USER_ERROR))
                .setExecutionExceptionHandler((exception, same, given) -> tell(same, exception,
                        exception instanceof IllegalArgumentException ? USER_ERROR : failure));
        try {
            System.exit(line.execute(arguments));
        } catch (LinkageError | OutOfMemoryError e) {
            System.exit(tell(line, e, failure));
        }
    }

    private static int tell(CommandLine command, Throwable problem, int exitCode) {
        System.err.println(command.getCommandName() + ": "
                + String.valueOf(problem.getMessage()).replaceAll("\\R\\s*", " "));
        return exitCode;
    }
}
