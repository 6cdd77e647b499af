package io.github.backprop4j.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The end of scripts/benchmark-compare: prints the comparison of two sides' reports and judges it. */
final class CompareReports {

    private static final int PASSED = 0;
    private static final int TOO_SLOW = 1;
    private static final int USER_ERROR = 2;

    private CompareReports() {}

    /** @param arguments the limit, the base's files, {@code --}, the head's files */
    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    /** @return the exit code */
    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        int divide = arguments.indexOf("--");
        if (divide < 2 || divide == arguments.size() - 1) {
            err.println("benchmark-compare: found " + arguments
                    + ", expected LIMIT BASE.json... -- HEAD.json..., at least one file on each side");
            return USER_ERROR;
        }
        try {
            Comparison comparison = Comparison.of(read(arguments.subList(1, divide)),
                    read(arguments.subList(divide + 1, arguments.size())), limit(arguments.get(0)));
            out.print(comparison.table());
            return comparison.passes() ? PASSED : TOO_SLOW;
        } catch (IOException | IllegalArgumentException e) {
            err.println("benchmark-compare: " + e.getMessage());
            return USER_ERROR;
        }
    }

    private static double limit(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("limit: found '" + text + "', expected a number like 0.85", e);
        }
    }

    private static List<Report> read(List<String> files) throws IOException {
        List<Report> reports = new ArrayList<>();
        for (String file : files) {
            reports.add(Report.read(Path.of(file)));
        }
        return reports;
    }
}
