package io.github.backprop4j.benchmark;

import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.files.AtomicFile;
import io.github.backprop4j.network.Engine;
import io.github.backprop4j.network.Precision;
import io.github.backprop4j.parallel.BlasKernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures layers, and whole training steps beside other libraries', and reports. */
@Command(
        name = "benchmark",
        description = {"Measures the layers of the notebook's network, and its training steps beside those of other"
                + " libraries, each in fresh processes, the steps all in turn. Prints a table.", ""},
        sortOptions = false,
        usageHelpAutoWidth = true)
final class Benchmark implements Callable<Integer> {

    private static final int FAILURE = 1;
    private static final String NO_PEERS = "none";
    private static final List<Integer> BATCHES = List.of(32, 128, 1000);

    @Option(names = "--network", paramLabel = "NAME", defaultValue = "notebook",
            description = "notebook, or wide: 64, 128 and 256 filters of 3x3 with batch normalization, without layers, the"
                    + " notebook's iteration and DL4J.")
    private String network;

    @Option(names = "--quick", description = "Without peers, with few batch sizes and short rounds.")
    private boolean quick;

    @Option(names = "--no-layers", description = "Only steps.")
    private boolean withoutLayers;

    @Option(names = "--peers", paramLabel = "LIST",
            description = "Of dl4j,djl,torch,numpy, or none. Default: all that are here.")
    private String peers;

    @Option(names = "--rounds", paramLabel = "N", description = "Fresh processes of each. Default: 5; 3 if quick.")
    private Integer rounds;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the report here too.")
    private Path json;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Tell the options.")
    private boolean help;

    private Benchmark() {}

    /** @param arguments the options */
    public static void main(String[] arguments) {
        ExitCodes.run(new Benchmark(), FAILURE, arguments);
    }

    @Override
    public Integer call() throws IOException, InterruptedException, RunnerException {
        int count = rounds != null ? rounds : quick ? 3 : 5;
        if (count < 1) {
            throw new IllegalArgumentException("--rounds: " + count + ", expected at least 1");
        }
        BenchmarkNetwork measured = Arrays.stream(BenchmarkNetwork.values())
                .filter(each -> each.toString().equals(network)).findFirst().orElseThrow(() -> new IllegalArgumentException(
                        "--network: " + network + ", expected one of " + Arrays.toString(BenchmarkNetwork.values())));
        List<Peer> chosen = chosenPeers();
        if (json != null) {
            AtomicFile.requireWritable(json);
        }
        String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Path images = Files.createTempFile("benchmark", ".images");
        try {
            Contestants.writeImages(DrawnShapes.training(Shapes.COUNT), images);
            List<Measurement> layers = withoutLayers || measured == BenchmarkNetwork.WIDE ? List.of() : layers();
            List<Measurement> steps = new Rounds(count, System.err::println).run(contestants(measured, chosen, images));
            Double peak = layers.isEmpty() ? null : layers.get(0).max();
            Report report = new Report(date, Machine.here(BlasKernels.inUse().orElse(null), peak),
                    Stream.concat(layers.stream(), steps.stream()).toList());
            System.out.print(report.markdown());
            if (json != null) {
                report.write(json);
            }
            return steps.isEmpty() ? FAILURE : 0;
        } finally {
            Files.delete(images);
        }
    }

    private List<Peer> chosenPeers() {
        if (peers == null) {
            return quick ? List.of() : List.of(Peer.values());
        }
        List<Peer> chosen = new ArrayList<>();
        for (String name : peers.equals(NO_PEERS) ? new String[0] : peers.split(",")) {
            chosen.add(Peer.parse(name));
        }
        return chosen;
    }

    private List<Measurement> layers() throws RunnerException {
        System.err.println("layers ...");
        return LayerBenchmarks.run(quick ? LayerBenchmarks.Length.QUICK : LayerBenchmarks.Length.FULL);
    }

    private List<Contestant> contestants(BenchmarkNetwork measured, List<Peer> chosen, Path images)
            throws InterruptedException {
        boolean wide = measured == BenchmarkNetwork.WIDE;
        Contestants contestants = new Contestants(
                measured, Path.of(System.getProperty("benchmark.python")), quick ? 1 : 2, quick ? 1.5 : 3);
        List<Integer> batches = quick ? List.of(32, 128) : BATCHES;
        List<Contestant> all = new ArrayList<>();
        for (Engine engine : Engine.values()) {
            all.addAll(contestants.ours(engine, Precision.FLOAT32, batches));
        }
        if (wide) {
            all.addAll(contestants.ours(Engine.ONEDNN, Precision.BF16, batches));
        } else if (!quick) {
            all.add(contestants.ourNotebook());
        }
        for (Peer peer : chosen) {
            switch (peer) {
                case DL4J -> all.addAll(wide ? List.of() : contestants.dl4j(BATCHES));
                case DJL -> all.addAll(contestants.djl(BATCHES));
                case TORCH -> python(peer, "torch").ifPresent(interpreter ->
                        all.addAll(contestants.torch(interpreter, images, BATCHES)));
                case NUMPY -> python(peer, "numpy").filter(interpreter -> !wide).ifPresent(interpreter ->
                        all.add(contestants.numpy(interpreter, images)));
            }
        }
        return all;
    }

    private static Optional<String> python(Peer peer, String module) throws InterruptedException {
        Optional<String> interpreter = Contestants.pythonWith(module);
        if (interpreter.isEmpty()) {
            System.err.println(peer + ": left out: neither python3 nor /usr/bin/python3 can import " + module);
        }
        return interpreter;
    }
}
