package io.github.backprop4j.cli;

import io.github.backprop4j.data.Datasets;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;

/**
 * Calls the command line in this process, as if it stood in a folder: relative paths in the arguments are taken from there,
 * and the folder is left out of what is printed.
 */
record Cli(Path folder) {

    private static final Set<String> TAKE_A_PATH = Set.of("--output", "--resume", "--from", "--save", "--to");
    private static final Set<String> TAKE_FILES = Set.of("evaluate", "predict", "export", "import");

    CliProcess.Result run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = Main.run(stream(out), stream(err), located(arguments));
        return new CliProcess.Result(exitCode, text(out), text(err));
    }

    private String[] located(String[] arguments) {
        String[] located = arguments.clone();
        for (int i = 1; i < located.length; i++) {
            String before = arguments[i - 1];
            boolean isData = before.equals("--data") && !Datasets.names().contains(located[i])
                    && !located[i].equals(Datasets.SHAPES);
            boolean isFile = TAKE_FILES.contains(arguments[0]) && !before.startsWith("--") && !located[i].startsWith("--");
            if (!located[i].isEmpty() && (isData || isFile || TAKE_A_PATH.contains(before))) {
                located[i] = folder.resolve(located[i]).toString();
            }
        }
        return located;
    }

    private String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8).replace(folder + File.separator, "");
    }

    private static PrintStream stream(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }
}
