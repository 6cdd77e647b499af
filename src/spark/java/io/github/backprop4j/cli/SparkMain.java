package io.github.backprop4j.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The {@code backprop4j} command with the sub-commands that run on Apache Spark. */
public final class SparkMain {

    /** Of Spark and of Hadoop we tell what concerns the user; with this they say all: {@code -D...=info}. */
    private static final String LOG_LEVEL = "org.slf4j.simpleLogger.log.org.apache";
    private static final String CACHE_STREAM = "org.slf4j.simpleLogger.cacheOutputStream";

    private SparkMain() {}

    /**
     * Runs a command and ends the process with its exit code.
     *
     * @param arguments a command and its options
     */
    public static void main(String[] arguments) {
        if (System.getProperty(LOG_LEVEL) == null) {
            System.setProperty(LOG_LEVEL, "off");
            System.setProperty(CACHE_STREAM, "true");
        }
        PrintStream err = System.err;
        Main.end(() -> {
            LoggerFactory.getLogger(SparkMain.class).debug("log lines have their stream from now on");
            if (Boolean.getBoolean(CACHE_STREAM)) {
                // Scala prints stack traces of what Spark's threads miss when it ends
                System.setErr(new PrintStream(OutputStream.nullOutputStream()));
            }
            return Main.run(new Console(System.out, err), SparkMain::commands, arguments);
        }, err);
    }

    /** Returns the sub-commands that run on Apache Spark. */
    static List<CommandLine> commands(Console console) {
        return List.of(train(console), SparkSweepCommand.commandLine(console));
    }

    private static CommandLine train(Console console) {
        SparkPlace spark = new SparkPlace(console);
        CommandLine command = Main.withGroups(new TrainCommand(console, spark));
        CommandSpec spec = command.getCommandSpec();
        spec.name("spark-train").addMixin("spark", CommandSpec.forAnnotatedObject(spark));
        spec.usageMessage().description("Trains as train does, with gradients that the executors of Apache Spark compute:"
                + " the same model, byte for byte, however many there are.", "");
        return command;
    }
}
