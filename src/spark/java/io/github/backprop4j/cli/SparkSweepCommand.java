package io.github.backprop4j.cli;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.StopSignal;
import io.github.backprop4j.parallel.Workers;
import io.github.backprop4j.spark.Cluster;
import io.github.backprop4j.spark.Sweep;
import io.github.backprop4j.spark.TrialResult;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Looks for the best settings: {@link Sweep} with the options of {@code train}. */
@Command(
        name = "spark-sweep",
        description = {"Trains with several settings, each on one core of Apache Spark, which may be this machine alone, and"
                + " keeps the network of those with the highest accuracy on images that are set apart (--validation, a tenth"
                + " unless given). The other options are those of train, for all trainings. A network is the same that train"
                + " gives with its settings, byte for byte.", ""},
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        defaultValueProvider = TrainingOptions.Defaults.class)
final class SparkSweepCommand implements Callable<Integer> {

    /** Settings that decide what is read. */
    private static final List<String> OF_FILES = List.of("data", "size", "gray", "fit", "strict", "limit", "from");

    /** Options that may be given beside --resume. */
    private static final Set<String> OF_PLACE = Set.of("--resume", "--master", "--spark", "--json");

    /** The exit code if no training came to its end. */
    private static final int NONE_TRAINED = 1;

    /** The exit code of a process that Ctrl-C has stopped. */
    private static final int STOPPED = 130;

    private final Console console;
    private final SparkPlace place;
    private final Map<JsonNode, Dataset> read = new HashMap<>();

    @Option(names = "--vary", paramLabel = "NAME=VALUES",
            description = "A setting by the name of its option, and its values separated by spaces: 'learning-rate=0.01"
                    + " 0.03'; or the ends of a range for --random: learning-rate=0.001..0.1. Once for each setting; without"
                    + " --random all combinations are tried.",
            showDefaultValue = Visibility.NEVER)
    private List<String> vary = new ArrayList<>();

    @Option(names = "--random", paramLabel = "N",
            description = "Draw N combinations instead; of a range of numbers over orders of magnitude the logarithm.")
    private Integer random;

    @Option(names = "--search-seed", paramLabel = "S", description = "Decides which combinations --random draws.")
    private long searchSeed = 1;

    @Option(names = "--halving", paramLabel = "FACTOR",
            description = "Trainings stop where they are hopeless: after a part of the epochs only one of FACTOR goes"
                    + " on, after FACTOR times as many one of FACTOR of those, and so on (successive halving). 1: all go to"
                    + " their end.")
    private int halving = 3;

    @Mixin
    private final TrainingOptions options = new TrainingOptions();

    @Option(names = "--output", paramLabel = "DIR",
            description = "Directory to write, with no other sweep in it. Default: runs/sweep-DATE-TIME.")
    private Path output;

    @Option(names = "--resume", paramLabel = "DIR",
            description = "Go on with the sweep in DIR, with what it was begun with; trainings that are done are not done"
                    + " again.")
    private Path resume;

    @Option(names = "--json",
            description = "The last line is JSON: testAccuracy, testLoss, validationAccuracy, number, settings, model, and"
                    + " how many were trained, stopped and failed.",
            showDefaultValue = Visibility.NEVER)
    private boolean json;

    @Spec
    private CommandSpec command;

    private SparkSweepCommand(Console console, SparkPlace place) {
        this.console = console;
        this.place = place;
    }

    static CommandLine commandLine(Console console) {
        SparkPlace place = new SparkPlace(console);
        CommandSpec cluster = CommandSpec.forAnnotatedObject(place);
        for (String name : List.of("--partitions", "--local-steps")) {
            cluster.remove(cluster.findOption(name));
        }
        CommandLine command = new CommandLine(new SparkSweepCommand(console, place));
        command.getCommandSpec().addMixin("spark", cluster);
        command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, new OptionGroups());
        return command;
    }

    @Override
    public Integer call() throws IOException {
        SweepPlan plan;
        List<TrialResult> unfit = new ArrayList<>();
        List<Sweep.Candidate> candidates;
        try {
            plan = resume == null ? plan() : saved();
            plan.rungs();
            candidates = candidates(plan, found(plan), unfit);
        } catch (InvalidInputException e) {
            throw TrainCommand.namingTheOption(e, command);
        }
        try (StopSignal stop = new StopSignal()) {
            try {
                return run(plan, candidates, unfit, stop);
            } catch (IOException | RuntimeException e) {
                if (stop.isGiven()) {
                    // told here: once the signal is closed the process ends
                    return Main.report(e, console);
                }
                throw e;
            }
        }
    }

    private List<Map<String, String>> found(SweepPlan plan) {
        List<Map<String, String>> found = plan.found();
        if (plan.random() != null && found.size() < plan.random()) {
            console.tell("--random: " + plan.random() + ", but there are no more than " + found.size()
                    + " different combinations; trying those");
        }
        return found;
    }

    private SweepPlan plan() throws IOException {
        GivenSettings given = options.given(command, place);
        ObjectNode located = given.given();
        // it may go on from another directory
        if (located.has("data")) {
            located.put("data", Datasets.located(located.get("data").asText()));
        }
        if (located.has("from")) {
            located.put("from", Path.of(located.get("from").asText()).toAbsolutePath().normalize().toString());
        }
        return new SweepPlan(located, given.preset().orElse(null), vary, random, searchSeed, halving);
    }

    private SweepPlan saved() throws IOException {
        for (OptionSpec option : command.commandLine().getParseResult().matchedOptions()) {
            if (!OF_PLACE.contains(option.longestName())) {
                throw new InvalidInputException(option.longestName() + ": found beside --resume, but " + resume
                        + " goes on with what it was begun with; leave it out");
            }
        }
        return SweepPlan.read(resume);
    }

    /**
     * Completes the settings that can be.
     *
     * @param unfit gets the others
     * @throws InvalidInputException if none can be
     */
    private List<Sweep.Candidate> candidates(SweepPlan plan, List<Map<String, String>> found, List<TrialResult> unfit)
            throws IOException {
        List<Sweep.Candidate> candidates = new ArrayList<>();
        Optional<IOException> unread = Optional.empty();
        Optional<InvalidInputException> refused = Optional.empty();
        for (int number = 1; number <= found.size(); number++) {
            try {
                GivenSettings.Complete complete = plan.complete(found.get(number - 1), place, this::open);
                candidates.add(new Sweep.Candidate(number, complete.settings(), complete.dataset()));
            } catch (InvalidInputException e) {
                refused = refused.or(() -> Optional.of(e));
                unfit.add(TrialResult.failed(number, Main.line(e)));
            } catch (IOException e) {
                unread = unread.or(() -> Optional.of(e));
                unfit.add(TrialResult.failed(number, Main.line(e)));
            }
        }
        if (candidates.isEmpty() && unread.isPresent()) {
            throw unread.get();
        }
        if (candidates.isEmpty()) {
            throw refused.orElseThrow();
        }
        return candidates;
    }

    private Dataset open(TrainingSettings settings) throws IOException {
        ObjectNode files = settings.toJson().deepCopy();
        JsonNode key = files.retain(OF_FILES);
        if (!read.containsKey(key)) {
            read.put(key, Training.open(settings));
        }
        return read.get(key);
    }

    private int run(SweepPlan plan, List<Sweep.Candidate> candidates, List<TrialResult> unfit, StopSignal stop)
            throws IOException {
        try (Cluster cluster = place.open(stop::isGiven);
                SweepDirectory directory = resume == null
                        ? SweepDirectory.create(output == null ? TrainCommand.dated("sweep-") : output, plan)
                        : SweepDirectory.resume(resume, plan)) {
            boolean ended;
            try (SweepProgress progress = new SweepProgress(console, directory, candidates, plan.rungs())) {
                for (TrialResult each : unfit) {
                    progress.unfit(each);
                }
                ended = Sweep.run(cluster, candidates, plan.rungs(), progress, stop::isGiven);
            }
            int plotted = directory.ranking().isEmpty() ? 0 : plot(directory);
            if (!ended) {
                console.tell("backprop4j: sweep stopped; go on with: scripts/backprop4j " + command.name() + " --resume "
                        + new ShellWord(directory.path().toString()));
                return STOPPED;
            }
            return Math.max(plotted, tell(plan, candidates, directory));
        }
    }

    /** Without fonts there is no picture, which is no reason to withhold the result. */
    private int plot(SweepDirectory directory) throws IOException {
        directory.writeTable();
        try {
            directory.writePlot();
            return 0;
        } catch (IOException e) {
            return Main.report(e, console);
        }
    }

    private int tell(SweepPlan plan, List<Sweep.Candidate> candidates, SweepDirectory directory) throws IOException {
        SweepTable table = new SweepTable(plan.names(), directory.ranking());
        for (String line : table.lines()) {
            console.print(line);
        }
        if (directory.best().isEmpty()) {
            console.tell("backprop4j: no training came to its end; the reasons are in " + directory.csv());
            return NONE_TRAINED;
        }
        TrialResult best = directory.best().get();
        Sweep.Candidate its = candidates.stream().filter(each -> each.number() == best.number()).findFirst().orElseThrow();
        Evaluator.Result test = test(its, directory.model());
        Map<String, String> varied = directory.varied(best.number());
        console.tell("All settings are in " + directory.csv() + ", a picture of them is " + directory.plot()
                + ", and the best network is " + directory.model() + "; the same by train:");
        console.tell("  scripts/backprop4j train" + plan.arguments(varied));
        console.print(json ? json(table, best, varied, test, directory).toString() : "best: " + SweepTable.text(varied)
                + ": validation accuracy " + TrainingProgress.rounded(best.accuracy()) + ", test accuracy "
                + TrainingProgress.rounded(test.accuracy()));
        return 0;
    }

    /** As train tests: in float32, as evaluate and predict will ask it. */
    private Evaluator.Result test(Sweep.Candidate best, Path model) throws IOException {
        Network network = Network.load(model).using(best.settings().engine());
        try (Workers workers = new Workers(Runtime.getRuntime().availableProcessors());
                Progress progress = new Progress(console, "Testing", "images", best.dataset().test().count())) {
            return Evaluator.evaluate(network, Evaluator.batches(best.dataset().test()), best.settings().views(), workers,
                    progress::advance);
        }
    }

    private static ObjectNode json(SweepTable table, TrialResult best, Map<String, String> varied, Evaluator.Result test,
            SweepDirectory directory) {
        ObjectNode line = Json.object().put("testAccuracy", test.accuracy()).put("testLoss", test.loss())
                .put("validationAccuracy", best.accuracy()).put("number", best.number());
        line.set("settings", Json.tree(varied));
        return line.put("model", directory.model().toString()).setAll(table.counts());
    }
}
