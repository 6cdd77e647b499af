package io.github.backprop4j.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The end of scripts/benchmark-history: draws the page of a folder of reports. */
final class DrawHistory {

    private static final int DRAWN = 0;
    private static final int FAILURE = 1;
    private static final int USER_ERROR = 2;

    /** Of more commits the newest are drawn: a chart has no room for more, and their changes take long to find. */
    private static final int MOST = 500;

    private DrawHistory() {}

    /** @param arguments the folder, the page, and what comes before a commit's name in links to it, or nothing */
    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    /** @return the exit code */
    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        if (arguments.size() != 3) {
            err.println("benchmark-history: found " + arguments + ", expected FOLDER PAGE LINK");
            return USER_ERROR;
        }
        Path folder = Path.of(arguments.get(0));
        Path page = Path.of(arguments.get(1));
        String link = arguments.get(2);
        if (!Files.isDirectory(folder)) {
            err.println("benchmark-history: " + folder + ": found no folder there, expected one of reports");
            return USER_ERROR;
        }
        if (!link.isEmpty() && !link.startsWith("https://") && !link.startsWith("http://")) {
            err.println("benchmark-history: --link: found '" + link
                    + "', expected an address like https://github.com/OWNER/NAME/commit/");
            return USER_ERROR;
        }
        try {
            History history = History.read(folder, MOST,
                    problem -> err.println("benchmark-history: left out: " + problem));
            if (history.entries().isEmpty()) {
                err.println("benchmark-history: " + folder + ": found no report of any commit there, so there is nothing to"
                        + " draw");
                return FAILURE;
            }
            new HistoryReport(history, link).page().write(page);
            out.println(page + ": " + history.entries().size() + (history.entries().size() == 1 ? " commit" : " commits"));
            return DRAWN;
        } catch (IOException e) {
            err.println("benchmark-history: " + e.getMessage());
            return FAILURE;
        }
    }
}
