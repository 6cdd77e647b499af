package io.github.backprop4j.cli;

import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.download.PublicDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Holds the sub-commands that get data sets. */
@Command(
        name = "data",
        description = "Gets data sets for --data.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND")
final class DataCommand {

    /** Downloads a data set. */
    @Command(
            name = "fetch",
            description = {"Downloads a data set, checks it and unpacks it; an interrupted download goes on where it broke"
                    + " off. Prints the directory.", ""},
            mixinStandardHelpOptions = true,
            versionProvider = Main.Version.class,
            sortOptions = false,
            usageHelpAutoWidth = true)
    static final class Fetch implements Callable<Integer> {

        @Parameters(paramLabel = "NAME", completionCandidates = Names.class, description = "${COMPLETION-CANDIDATES}.")
        private String name;

        @Option(names = "--to", paramLabel = "DIR",
                description = "Where the files go. Default: where --data NAME looks for them,"
                        + " $XDG_CACHE_HOME/backprop4j/NAME or ~/.cache/backprop4j/NAME.")
        private Path to;

        private final Console console;

        /** The names of the data sets that can be fetched. */
        static final class Names extends ArrayList<String> {
            private static final long serialVersionUID = 1;

            Names() {
                super(Arrays.stream(PublicDataset.values()).map(PublicDataset::toString).toList());
            }
        }

        Fetch(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws IOException {
            PublicDataset set = PublicDataset.named(name);
            Path directory = to != null ? to : Datasets.cache().resolve(name);
            try (Progress progress = new Progress(console, name, "bytes", set.bytes())) {
                set.fetch(directory, progress::moveTo);
            }
            console.print(directory.toString());
            return 0;
        }
    }
}
