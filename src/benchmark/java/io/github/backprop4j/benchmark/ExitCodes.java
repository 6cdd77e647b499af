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
     * @param failure exit code of any other exception
     * @param arguments its options
     */
    static void run(Callable<Integer> command, int failure, String... arguments) {
        System.exit(new CommandLine(command)
                .setParameterExceptionHandler((exception, given) -> tell(exception.getCommandLine(), exception, USER_ERROR))
                .setExecutionExceptionHandler((exception, line, given) -> tell(line, exception,
                        exception instanceof IllegalArgumentException ? USER_ERROR : failure))
                .execute(arguments));
    }

    private static int tell(CommandLine command, Exception problem, int exitCode) {
        System.err.println(command.getCommandName() + ": "
                + String.valueOf(problem.getMessage()).replaceAll("\\R\\s*", " "));
        return exitCode;
    }
}
