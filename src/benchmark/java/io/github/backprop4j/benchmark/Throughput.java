package io.github.backprop4j.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Training steps on all threads, of both sides in turn: for people, as two cannot be measured at once. */
final class Throughput {

    private Throughput() {}

    /**
     * Measures once each.
     *
     * @param output a folder for the reports
     * @return a table in Markdown, or a sentence that says why there is none
     */
    static String measure(Checkout base, Checkout head, Path output) throws IOException, InterruptedException {
        Path before = output.resolve("throughput-base.json");
        Path after = output.resolve("throughput-head.json");
        System.err.println("throughput of all threads ...");
        if (!measure(base, before) || !measure(head, after)) {
            return "\nThroughput of all threads: not measured, as scripts/benchmark failed.\n";
        }
        try {
            return table(Report.read(before).measurements(), Report.read(after).measurements());
        } catch (IOException | IllegalArgumentException e) {
            return "\nThroughput of all threads: not measured: " + e.getMessage() + "\n";
        }
    }

    private static String table(List<Measurement> ofBase, List<Measurement> ofHead) {
        return ofHead.stream()
                .filter(each -> each.details().getOrDefault(Measurement.THREADS, 1.0) > 1)
                .flatMap(now -> ofBase.stream().filter(then -> then.name().equals(now.name()))
                        .map(then -> String.format(Locale.ROOT, "| %s | %.0f | %.0f | %s |", now.name(), then.median(),
                                now.median(), now.unit())))
                .collect(Collectors.joining("\n", "\nIn turn, once each, not judged:\n\n| measured | base | head | unit |\n"
                        + "| --- | ---: | ---: | --- |\n", "\n"));
    }

    private static boolean measure(Checkout checkout, Path report) throws IOException, InterruptedException {
        return checkout.run("--quick", "--no-layers", "--peers", "none", "--rounds", "1",
                "--json", report.toAbsolutePath().toString());
    }
}
