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
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.apache.commons.math3.random.Well19937c;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** scripts/benchmark-calibrate: how often scripts/benchmark-compare is wrong on this machine. */
@Command(
        name = "benchmark-calibrate",
        description = {"Tells how often benchmark-compare is wrong on this machine: measures this checkout against itself,"
                + " and against itself slowed down by 3, 5, 10 and 20 %%, in a long record of rounds, and draws"
                + " comparisons from it. Prints a table in Markdown and draws a picture. What DIR has already is kept and"
                + " added to.", ""},
        sortOptions = false,
        usageHelpAutoWidth = true)
final class CalibrateCommand implements Callable<Integer> {

    private static final int FAILURE = 1;
    private static final List<Double> SLOWDOWNS = List.of(0.0, 0.03, 0.05, 0.10, 0.20);
    private static final int ROUNDS_TO_A_WRITE = 5;
    private static final long SEED = 1;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "300",
            description = "Rounds of each slowdown that DIR is to have. Default: 300, an hour or two.")
    private int rounds;

    @Option(names = "--output", paramLabel = "DIR", defaultValue = "target/benchmark-calibrate",
            description = "Of the record and of calibration.png. Default: target/benchmark-calibrate.")
    private Path output;

    @Option(names = "--beside", paramLabel = "COMMAND",
            description = "Run this by sh meanwhile, again and again, as a neighbour that is busy.")
    private String beside;

    @Option(names = "--minutes", paramLabel = "N", defaultValue = "12",
            description = "What a comparison's rounds may take. Default: 12.")
    private double minutes;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Tell the options.")
    private boolean help;

    private CalibrateCommand() {}

    /** @param arguments the options */
    public static void main(String[] arguments) {
        ExitCodes.run(new CalibrateCommand(), FAILURE, arguments);
    }

    @Override
    public Integer call() throws IOException, InterruptedException, Duet.FailedException {
        if (rounds < 1 || !(minutes > 0)) {
            throw new IllegalArgumentException(
                    "--rounds: " + rounds + ", --minutes: " + minutes + ", expected at least 1 and more than 0");
        }
        if (Runtime.getRuntime().availableProcessors() < 2) {
            throw new IllegalArgumentException("found one processor, expected two, one for each side");
        }
        Files.createDirectories(output);
        List<DuetRecord> records = read();
        if (records.get(0).count() < rounds) {
            measureBeside(records);
        }
        List<Calibration> calibrations = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            calibrations.add(Calibration.of(records.get(i), SLOWDOWNS.get(i), minutes, new Well19937c(SEED)));
        }
        System.out.print(table(calibrations));
        CalibrationChart.write(calibrations, output.resolve("calibration.png"));
        return 0;
    }

    private List<DuetRecord> read() throws IOException {
        Path neighbour = output.resolve("beside.txt");
        String recorded = Files.exists(neighbour) ? Files.readString(neighbour) : "";
        if (Files.exists(file(Duet.Side.HEAD, 0)) && !recorded.equals(beside())) {
            throw new IllegalArgumentException("--output: " + output + " has a record beside '" + recorded
                    + "', expected one beside '" + beside() + "'; give another folder");
        }
        Files.writeString(neighbour, beside());
        List<DuetRecord> records = new ArrayList<>();
        for (double slowdown : SLOWDOWNS) {
            Path base = file(Duet.Side.BASE, slowdown);
            Path head = file(Duet.Side.HEAD, slowdown);
            // interrupted before the second file, it is a round or some short
            records.add(Files.exists(head) ? DuetRecord.ofShorter(Report.read(base), Report.read(head)) : new DuetRecord());
        }
        int whole = records.stream().mapToInt(DuetRecord::count).min().orElseThrow();
        return records.stream().map(record -> record.first(whole)).toList();
    }

    private String beside() {
        return beside == null ? "" : beside;
    }

    private void measureBeside(List<DuetRecord> records) throws IOException, InterruptedException, Duet.FailedException {
        if (beside == null) {
            measure(records, () -> true);
            return;
        }
        Process neighbour = new ProcessBuilder("sh", "-c", "while kill -0 \"$1\" 2> /dev/null; do eval \"$0\" || exit; done",
                beside, Long.toString(ProcessHandle.current().pid())).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Thread atExit = new Thread(() -> {
            List<ProcessHandle> children = neighbour.descendants().toList();
            neighbour.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
        });
        Runtime.getRuntime().addShutdownHook(atExit);
        measure(records, neighbour::isAlive);
        // it runs until this process ends, which is soon: drawing is not measured
    }

    private void measure(List<DuetRecord> records, BooleanSupplier neighbour)
            throws IOException, InterruptedException, Duet.FailedException {
        Checkout here = Checkout.of(Path.of(System.getProperty("benchmark.home"))).orElseThrow();
        DuetRounds duets = new DuetRounds(here, here, Processors.pair());
        for (int count = records.get(0).count() + 1; count <= rounds; count++) {
            List<DuetRounds.Round> round = duets.run(count, SLOWDOWNS);
            if (!neighbour.getAsBoolean()) {
                throw new IllegalArgumentException("--beside: '" + beside + "' failed, expected a command of sh");
            }
            for (int i = 0; i < round.size(); i++) {
                records.get(i).add(round.get(i));
            }
            System.err.printf(Locale.ROOT, "round %d of %d: %.1f s in a comparison%n", count, rounds, round.get(0).length());
            if (count % ROUNDS_TO_A_WRITE == 0 || count == rounds) {
                write(records);
            }
        }
    }

    private void write(List<DuetRecord> records) throws IOException {
        String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Machine machine = Machine.here(BlasKernels.inUse().orElse(null), null);
        for (int i = 0; i < records.size(); i++) {
            for (Duet.Side side : Duet.Side.values()) {
                records.get(i).report(side, date, machine).write(file(side, SLOWDOWNS.get(i)));
            }
        }
    }

    private Path file(Duet.Side side, double slowdown) {
        return output.resolve(String.format(Locale.ROOT, "%s-%.0f.json", side, slowdown * 100));
    }

    private static String table(List<Calibration> calibrations) {
        StringBuilder table = new StringBuilder("| head slower by | found | one benchmark alone | the hardest alone |"
                + " cannot tell | rounds | minutes |\n| ---: | ---: | ---: | --- | ---: | ---: | ---: |\n");
        for (Calibration each : calibrations) {
            table.append(String.format(Locale.ROOT, "| %.0f %% | %s | %s | %.1f %%, %s | %s | %d | %.1f |%n",
                    each.slowdown() * 100, text(each.found()), text(each.alone()), each.least() * 100, each.leastAlone(),
                    text(each.unknown()), each.length(), each.minutes()));
        }
        double bias = calibrations.stream().mapToDouble(Calibration::bias).max().orElseThrow();
        return table + String.format(Locale.ROOT, "%nDrawn from %d rounds of each; in brackets, 95 %% confidence. Over the"
                + " whole record no benchmark is further than %.1f %% from what was put in.%n",
                calibrations.get(0).rounds(), bias * 100);
    }

    private static String text(Calibration.Rate rate) {
        return String.format(Locale.ROOT, "%.1f %% (%.1f–%.1f)", rate.mean() * 100, rate.low() * 100, rate.high() * 100);
    }
}
