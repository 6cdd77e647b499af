package io.github.backprop4j.benchmark;

import io.github.backprop4j.parallel.BlasKernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** scripts/benchmark-compare: measures two checkouts at once, round by round, and judges. */
@Command(
        name = "benchmark-compare",
        description = {"Tells whether HEAD is slower than BASE, two checkouts of backprop4j. Both measure the same at the"
                + " same time, one thread each, in rounds of fresh processes. Some rounds beforehand tell the spread, and so"
                + " how many are needed. Prints a table in Markdown.", "",
                "Judged is the processor's time of Java's threads: not what waits, and not the garbage collector. How many"
                + " images all threads learn in a second is shown below, of both sides in turn.", "",
                "Exit code 0: nothing is found slower, and 10 %% would have been; or BASE is from before there was this; 1:"
                + " something is slower, or HEAD cannot be measured; 2: the options are wrong; 3: cannot tell, as the"
                + " machine is too noisy or something failed.", ""},
        sortOptions = false,
        usageHelpAutoWidth = true)
final class CompareCommand implements Callable<Integer> {

    private static final int PASSED = 0;
    private static final int SLOWER = 1;
    private static final int CANNOT_TELL = 3;
    /** Share of the time by which rounds may take longer than the pilot's. */
    private static final double LATE = 0.25;

    private static final String NO_BASE = "The base cannot be measured, so there is nothing to compare with: ";

    @Parameters(index = "0", paramLabel = "BASE", description = "The folder of a checkout; with --reports, base.json.")
    private Path base;

    @Parameters(index = "1", paramLabel = "HEAD", description = "That of the changed one; with --reports, head.json.")
    private Path head;

    @Option(names = "--minutes", paramLabel = "N", defaultValue = "12",
            description = "For the rounds; the throughput takes some two more. Default: 12.")
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

    @Option(names = "--no-throughput", description = "Without the throughput of all threads.")
    private boolean withoutThroughput;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Tell the options.")
    private boolean help;

    private CompareCommand() {}

    /** @param arguments the options */
    public static void main(String[] arguments) {
        ExitCodes.run(new CompareCommand(), CANNOT_TELL, arguments);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (reports) {
            for (Path file : List.of(base, head)) {
                require(Files.isReadable(file), file + ": found no file to read, expected a report");
            }
            return judge(DuetRecord.of(Report.read(base), Report.read(head)), Set.of());
        }
        require(minutes > 0, "--minutes: " + minutes + ", expected more than 0");
        require(rounds == null || rounds > 0, "--rounds: " + rounds + ", expected at least 1");
        require(slowHead >= 0 && slowHead <= 10, "--slow-head: " + slowHead + ", expected a share from 0 to 10");
        for (Path folder : List.of(base, head)) {
            require(Files.isDirectory(folder), folder + ": found no folder, expected a checkout of backprop4j");
        }
        require(Checkout.of(head).isPresent(),
                head + ": found no scripts/benchmark there, expected a checkout of backprop4j");
        if (!Checkout.of(base).map(Checkout::takesPart).orElse(false)) {
            System.out.println(NO_BASE + "its scripts/benchmark is of before this, or missing.");
            return PASSED;
        }
        if (Runtime.getRuntime().availableProcessors() < 2) {
            System.out.println("**Cannot tell**: found one processor, expected two, one for each side.");
            return CANNOT_TELL;
        }
        return compare(Checkout.of(base).get(), Checkout.of(head).get());
    }

    private static void require(boolean condition, String complaint) {
        if (!condition) {
            throw new IllegalArgumentException(complaint);
        }
    }

    private int compare(Checkout before, Checkout after) throws IOException, InterruptedException {
        Files.createDirectories(output);
        try {
            after.build(Duet.Side.HEAD);
            before.build(Duet.Side.BASE);
            int verdict = compare(new DuetRounds(before, after, Processors.pair()));
            if (!withoutThroughput) {
                System.out.print(Throughput.measure(before, after, output));
            }
            return verdict;
        } catch (Duet.FailedException e) {
            boolean ofHead = e.side() == Duet.Side.HEAD;
            System.out.println((ofHead ? "**Failed**: " : "**Cannot tell**: ") + e.getMessage() + ".");
            return ofHead ? SLOWER : CANNOT_TELL;
        }
    }

    private int compare(DuetRounds duets) throws Duet.FailedException, IOException {
        long deadline = System.nanoTime() + Math.round(minutes * 60e9);
        Set<String> uncommon = new TreeSet<>();
        int count = rounds == null ? plan(duets, deadline, uncommon) : rounds;
        Optional<DuetRecord> measured = count == 0 ? Optional.empty() : measure(duets, count, "round", uncommon,
                rounds == null ? deadline + Math.round(minutes * LATE * 60e9) : Long.MAX_VALUE);
        if (measured.isEmpty()) {
            System.out.println("**Cannot tell**: there is no time for enough rounds; see --minutes.");
            return CANNOT_TELL;
        }
        DuetRecord record = measured.get();
        String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Machine machine = Machine.here(BlasKernels.inUse().orElse(null), null);
        record.report(Duet.Side.BASE, date, machine).write(output.resolve("base.json"));
        record.report(Duet.Side.HEAD, date, machine).write(output.resolve("head.json"));
        return judge(record, uncommon);
    }

    /** Returns 0 if there is no time for as many as could find anything. */
    private int plan(DuetRounds duets, long deadline, Set<String> uncommon) throws Duet.FailedException {
        DuetRecord pilot = measure(duets, Plan.PILOT, "pilot", uncommon, Long.MAX_VALUE).orElseThrow();
        int fit = (int) ((deadline - System.nanoTime()) / 1e9 / pilot.roundSeconds());
        Plan plan = Plan.of(pilot.logRatios(), fit);
        System.out.println(plan.text(pilot.roundSeconds()));
        return plan.rounds() < Gate.rounds(0, pilot.logRatios().size()) ? 0 : plan.rounds();
    }

    /** Returns nothing if it is past the deadline, as the machine has become slower. */
    private Optional<DuetRecord> measure(DuetRounds duets, int count, String name, Set<String> uncommon, long deadline)
            throws Duet.FailedException {
        DuetRecord record = new DuetRecord();
        for (int number = 1; number <= count; number++) {
            if (System.nanoTime() > deadline) {
                return Optional.empty();
            }
            DuetRounds.Round round = duets.run(number, List.of(slowHead)).get(0);
            if (round.seconds().isEmpty()) {
                throw new Duet.FailedException(Duet.Side.BASE, "it has no benchmark in common with the head");
            }
            record.add(round);
            uncommon.addAll(round.uncommon());
            System.err.printf(Locale.ROOT, "%s %d of %d: %.0f s%n", name, number, count, round.length());
        }
        return Optional.of(record);
    }

    private static int judge(DuetRecord record, Set<String> uncommon) {
        List<Gate.Judgement> judgements = Gate.judge(record.logRatios());
        List<Gate.Judgement> slower = with(judgements, Gate.Finding.SLOWER);
        List<Gate.Judgement> unknown = with(judgements, Gate.Finding.UNKNOWN);
        List<String> verdict = new ArrayList<>();
        if (slower.isEmpty() && unknown.isEmpty()) {
            verdict.add("Nothing is found slower.");
        }
        if (!slower.isEmpty()) {
            verdict.add("**Slower**: " + names(slower) + ".");
        }
        if (!unknown.isEmpty()) {
            int needed = unknown.stream().mapToInt(Gate.Judgement::rounds).max().orElseThrow();
            String remedy = needed <= record.count() ? "They are in between: more rounds would not tell."
                    : String.format(Locale.ROOT, "By the spread of these %d rounds it would take %d, %.0f minutes.",
                            record.count(), needed, needed * record.roundSeconds() / 60);
            verdict.add("**Cannot tell** between as fast and 10 % slower: " + names(unknown) + ". " + remedy);
        }
        if (!uncommon.isEmpty()) {
            verdict.add("Not compared, as only one side has it: " + String.join("; ", uncommon) + ".");
        }
        System.out.print(table(record, judgements));
        verdict.forEach(line -> System.out.println("\n" + line));
        return !slower.isEmpty() ? SLOWER : !unknown.isEmpty() ? CANNOT_TELL : PASSED;
    }

    private static List<Gate.Judgement> with(List<Gate.Judgement> judgements, Gate.Finding finding) {
        return judgements.stream().filter(each -> each.finding() == finding).toList();
    }

    private static String names(List<Gate.Judgement> judgements) {
        return judgements.stream().map(Gate.Judgement::name).collect(Collectors.joining("; "));
    }

    private static String table(DuetRecord record, List<Gate.Judgement> judgements) {
        String head = "Medians of " + record.count() + " rounds, processor time of one thread.\n\n"
                + "| measured | base, ms | head, ms | head to base | p | |\n| --- | ---: | ---: | ---: | ---: | --- |\n";
        return judgements.stream().map(each -> String.format(Locale.ROOT, "| %s | %.3f | %.3f | %+.1f %% | %.2g | %s |",
                each.name(), record.median(each.name(), Duet.Side.BASE) * 1e3,
                record.median(each.name(), Duet.Side.HEAD) * 1e3, (each.ratio() - 1) * 100, each.probability(),
                switch (each.finding()) {
                    case SLOWER -> "**slower**";
                    case PASSES -> "";
                    case UNKNOWN -> "cannot tell";
                })).collect(Collectors.joining("\n", head, "\n"));
    }
}
