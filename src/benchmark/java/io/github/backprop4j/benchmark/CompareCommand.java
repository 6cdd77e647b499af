package io.github.backprop4j.benchmark;

import io.github.backprop4j.parallel.BlasKernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** scripts/benchmark-compare: measures two checkouts at once, round by round, and judges. */
@Command(
        name = "benchmark-compare",
        description = {"Tells whether HEAD is slower than BASE, two checkouts of backprop4j. Both measure the same at the same"
                + " time, one thread each, in rounds of fresh processes. Some rounds beforehand tell the spread, and so how"
                + " many are needed. Prints a table in Markdown.", "",
                "Exit code 0: no benchmark is slower, each as far as 10 % can be told, or BASE cannot be measured; 1: one is,"
                + " or HEAD cannot be measured; 2: the options are wrong; 3: cannot tell, the machine is too noisy.", ""},
        sortOptions = false,
        usageHelpAutoWidth = true)
final class CompareCommand implements Callable<Integer> {

    private static final int PASSED = 0;
    private static final int SLOWER = 1;
    private static final int USER_ERROR = 2;
    private static final int CANNOT_TELL = 3;

    /** A side that does not measure. */
    private static final String FAILED_BASE = "The base cannot be measured, so there is nothing to compare with.";
    private static final String QUICK = "benchmark-throughput";

    @Parameters(arity = "2", paramLabel = "BASE HEAD", description = "Folders of checkouts; with --reports, files.")
    private List<Path> sides;

    @Option(names = "--minutes", paramLabel = "N", defaultValue = "15", description = "At most so long. Default: 15.")
    private double minutes;

    @Option(names = "--rounds", paramLabel = "N", description = "Instead of as many as are needed.")
    private Integer rounds;

    @Option(names = "--output", paramLabel = "DIR", defaultValue = "target/benchmark-compare",
            description = "Where base.json and head.json go. Default: target/benchmark-compare.")
    private Path output;

    @Option(names = "--reports", description = "Judge base.json and head.json of an earlier comparison.")
    private boolean reports;

    @Option(names = "--slow-head", paramLabel = "SHARE", defaultValue = "0",
            description = "Make HEAD slower by busy work, 0.1 by 10 %%, to see the gate close.")
    private double slowHead;

    @Option(names = "--no-throughput", description = "Without the training steps on all threads, which are not judged.")
    private boolean withoutThroughput;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Tell the options.")
    private boolean help;

    private CompareCommand() {}

    /** @param arguments the options */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new CompareCommand())
                .setParameterExceptionHandler((exception, given) -> report(exception, USER_ERROR))
                .setExecutionExceptionHandler((exception, command, given) -> report(exception,
                        exception instanceof IllegalArgumentException || exception instanceof IOException
                                ? USER_ERROR : SLOWER))
                .execute(arguments));
    }

    private static int report(Exception problem, int exitCode) {
        System.err.println("benchmark-compare: " + String.valueOf(problem.getMessage()).replaceAll("\\R\\s*", " "));
        return exitCode;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (reports) {
            return judge(DuetRecord.of(Report.read(sides.get(0)), Report.read(sides.get(1))));
        }
        require(minutes > 0, "--minutes: " + minutes + ", expected more than 0");
        require(rounds == null || rounds > 0, "--rounds: " + rounds + ", expected at least 1");
        require(slowHead >= 0 && slowHead <= 10, "--slow-head: " + slowHead + ", expected a share from 0 to 10");
        require(Files.isExecutable(script(sides.get(1))),
                sides.get(1) + ": found no scripts/benchmark there, expected a checkout of backprop4j");
        if (!Files.isExecutable(script(sides.get(0)))) {
            System.out.println(FAILED_BASE + " It has no scripts/benchmark.");
            return PASSED;
        }
        List<Integer> processors = Processors.pair();
        if (Runtime.getRuntime().availableProcessors() < 2) {
            System.out.println("**Cannot tell**: found one processor, expected two, for the two sides to be measured at once.");
            return CANNOT_TELL;
        }
        try {
            return compare(new DuetRounds(sides.get(0), sides.get(1), processors));
        } catch (Duet.FailedException e) {
            if (e.side() == Duet.Side.BASE) {
                System.out.println(FAILED_BASE + " " + e.getMessage());
                return PASSED;
            }
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static void require(boolean condition, String complaint) {
        if (!condition) {
            throw new IllegalArgumentException(complaint);
        }
    }

    private int compare(DuetRounds duets) throws Duet.FailedException, IOException, InterruptedException {
        long deadline = System.nanoTime() + Math.round(minutes * 60e9);
        if (!build(sides.get(0))) {
            System.out.println(FAILED_BASE + " Its scripts/benchmark failed.");
            return PASSED;
        }
        require(build(sides.get(1)), sides.get(1) + ": its scripts/benchmark failed");
        Files.createDirectories(output);
        String throughput = withoutThroughput ? "" : throughput();
        int count = rounds == null ? plan(duets, deadline) : rounds;
        DuetRecord record = measure(duets, count, "round");
        String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Machine machine = Machine.here(BlasKernels.inUse().orElse(null), null);
        record.report(Duet.Side.BASE, date, machine).write(output.resolve("base.json"));
        record.report(Duet.Side.HEAD, date, machine).write(output.resolve("head.json"));
        int verdict = judge(record);
        System.out.print(throughput);
        return verdict;
    }

    private static Path script(Path checkout) {
        return checkout.resolve("scripts/benchmark");
    }

    private static boolean build(Path checkout) throws IOException, InterruptedException {
        return new ProcessBuilder(script(checkout).toAbsolutePath().toString(), "--help")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.INHERIT)
                .start().waitFor() == 0;
    }

    private int plan(DuetRounds duets, long deadline) throws Duet.FailedException {
        DuetRecord pilot = measure(duets, Plan.PILOT, "pilot");
        int fit = (int) ((deadline - System.nanoTime()) / 1e9 / pilot.roundSeconds());
        Plan plan = Plan.of(pilot.logRatios(), fit);
        System.err.println(plan);
        return plan.rounds();
    }

    private DuetRecord measure(DuetRounds duets, int count, String name) throws Duet.FailedException {
        DuetRecord record = new DuetRecord();
        for (int number = 1; number <= count; number++) {
            DuetRounds.Round round = duets.run(number, List.of(slowHead)).get(0);
            require(!round.seconds().isEmpty(), sides.get(0) + " and " + sides.get(1) + ": found no benchmark that both have");
            record.add(round);
            System.err.printf(Locale.ROOT, "%s %d of %d: %.0f s%n", name, number, count, round.length());
        }
        return record;
    }

    private int judge(DuetRecord record) {
        List<Gate.Judgement> judgements = Gate.judge(record.logRatios());
        System.out.print(table(record, judgements));
        List<Gate.Judgement> slower = with(judgements, Gate.Finding.SLOWER);
        List<Gate.Judgement> unknown = with(judgements, Gate.Finding.UNKNOWN);
        System.out.println(slower.isEmpty() && unknown.isEmpty() ? "\nNothing is slower." : "");
        if (!slower.isEmpty()) {
            System.out.println("**Slower**: " + names(slower) + ".");
        }
        if (!unknown.isEmpty()) {
            int needed = unknown.stream().mapToInt(Gate.Judgement::rounds).max().orElseThrow();
            System.out.printf(Locale.ROOT, "**Cannot tell**: %s. The machine is too noisy for %d rounds; it would take some %d,"
                    + " %.0f minutes.%n", names(unknown), record.count(), Math.max(needed, record.count() + 1),
                    Math.max(needed, record.count() + 1) * record.roundSeconds() / 60);
        }
        return !slower.isEmpty() ? SLOWER : !unknown.isEmpty() ? CANNOT_TELL : PASSED;
    }

    private static List<Gate.Judgement> with(List<Gate.Judgement> judgements, Gate.Finding finding) {
        return judgements.stream().filter(each -> each.finding() == finding).toList();
    }

    private static String names(List<Gate.Judgement> judgements) {
        return judgements.stream().map(Gate.Judgement::name).collect(Collectors.joining("; "));
    }

    private static String table(DuetRecord record, List<Gate.Judgement> judgements) {
        return judgements.stream().map(each -> String.format(Locale.ROOT, "| %s | %.3f | %.3f | %+.1f %% | %.2g | %s |",
                each.name(), record.median(each.name(), Duet.Side.BASE) * 1e3, record.median(each.name(), Duet.Side.HEAD) * 1e3,
                (each.ratio() - 1) * 100, each.probability(), switch (each.finding()) {
                    case SLOWER -> "**slower**";
                    case PASSES -> "";
                    case UNKNOWN -> "cannot tell";
                })).collect(Collectors.joining("\n", "Medians of " + record.count() + " rounds, processor time of one thread.\n\n"
                        + "| measured | base, ms | head, ms | head to base | p | |\n| --- | ---: | ---: | ---: | ---: | --- |\n", "\n"));
    }

    /** Of the training steps on all threads, both sides in turn: for people, as two cannot be measured at once. */
    private String throughput() throws IOException, InterruptedException {
        Map<Duet.Side, Path> files = Map.of(Duet.Side.BASE, output.resolve(QUICK + "-base.json"),
                Duet.Side.HEAD, output.resolve(QUICK + "-head.json"));
        for (Duet.Side side : Duet.Side.values()) {
            System.err.println("throughput of all threads: " + side + " ...");
            int exitCode = new ProcessBuilder(script(sides.get(side.ordinal())).toAbsolutePath().toString(), "--quick",
                    "--no-layers", "--peers", "none", "--rounds", "1", "--json", files.get(side).toAbsolutePath().toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start().waitFor();
            if (exitCode != 0) {
                return "\nThroughput of all threads: not measured, as scripts/benchmark failed in " + side + ".\n";
            }
        }
        Report base = Report.read(files.get(Duet.Side.BASE));
        Report head = Report.read(files.get(Duet.Side.HEAD));
        return head.measurements().stream().filter(each -> each.details().getOrDefault(Measurement.THREADS, 1.0) > 1)
                .flatMap(after -> base.measurements().stream().filter(before -> before.name().equals(after.name()))
                        .map(before -> String.format(Locale.ROOT, "| %s | %.0f | %.0f | %s |", after.name(), before.median(),
                                after.median(), after.unit())))
                .collect(Collectors.joining("\n", "\nIn turn, once each, not judged:\n\n| measured | base | head | unit |\n"
                        + "| --- | ---: | ---: | --- |\n", "\n"));
    }
}
