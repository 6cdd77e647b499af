package io.github.backprop4j.cli;

import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.download.PublicDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gets data sets. */
@Command(
        name = "data",
        description = "Gets data sets.",
        mixinStandardHelpOptions = true,
        subcommands = DataCommand.Fetch.class,
        synopsisSubcommandLabel = "COMMAND")
final class DataCommand {

    @Command(
            name = "fetch",
            description = {"Downloads a data set, checks it and unpacks it. Goes on where it broke off before. Prints the"
                    + " directory.", ""},
            mixinStandardHelpOptions = true,
            usageHelpAutoWidth = true)
    static final class Fetch implements Callable<Integer> {

        @Parameters(paramLabel = "NAME", description = "cifar10, mnist or fashion-mnist.")
        private String name;

        @Option(names = "--to", paramLabel = "DIR",
                description = "Where the files go; without it, where --data NAME looks for them:"
                        + " $XDG_CACHE_HOME/backprop4j/NAME or ~/.cache/backprop4j/NAME.")
        private Path to;

        @Override
        public Integer call() throws IOException {
            PublicDataset set = PublicDataset.named(name);
            Path directory = to != null ? to : Datasets.cache().resolve(name);
            try (Progress progress = new Progress(name, "bytes", set.bytes())) {
                set.fetch(directory, progress::moveTo);
            }
            Output.print(directory.toString());
            return 0;
        }
    }
}
