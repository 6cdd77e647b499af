package io.github.backprop4j.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The {@code backprop4j} command with the sub-commands that run on Apache Spark. */
public final class SparkMain {

    /** Of Spark and of Hadoop we tell what concerns the user; this has all that they say: {@code -D...=info}. */
    private static final String LOG_LEVEL = "org.slf4j.simpleLogger.log.org.apache";

    private SparkMain() {}

    /**
     * Runs a command and ends the process with its exit code.
     *
     * @param arguments a command and its options
     */
    public static void main(String[] arguments) {
        System.setProperty(LOG_LEVEL, System.getProperty(LOG_LEVEL, "off"));
        Main.main(SparkMain::commands, arguments);
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
        spec.usageMessage().description("Trains as train does, with gradients that the executors of Apache Spark compute: the"
                + " same model, byte for byte, however many there are.", "");
        return command;
    }
}
