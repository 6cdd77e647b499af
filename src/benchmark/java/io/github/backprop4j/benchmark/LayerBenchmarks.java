package io.github.backprop4j.benchmark;

import io.github.backprop4j.benchmark.Measurement.Group;
import io.github.backprop4j.benchmark.Measurement.Unit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Measures every layer's forward and backward by JMH, each in a process of its own with this one's class path. */
public final class LayerBenchmarks {

    /** How long JMH measures: one value comes of each iteration of each fork. */
    public enum Length {
        /** Some two seconds a pass. */
        QUICK(1, 1, 3, TimeValue.milliseconds(250)),
        /** Some twelve seconds a pass. */
        FULL(2, 3, 5, TimeValue.milliseconds(600));

        private final int forks;
        private final int warmups;
        private final int iterations;
        private final TimeValue iteration;

        Length(int forks, int warmups, int iterations, TimeValue iteration) {
            this.forks = forks;
            this.warmups = warmups;
            this.iterations = iterations;
            this.iteration = iteration;
        }

        /** Java with the settings of scripts/backprop4j, and without ND4J's greetings. */
        private ChainedOptionsBuilder options() {
            return new OptionsBuilder().forks(forks).threads(1)
                    .jvmArgs(Stream.concat(Contestants.OUR_OPTIONS.stream(),
                            Stream.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")).toArray(String[]::new))
                    .warmupIterations(warmups).warmupTime(iteration)
                    .measurementIterations(iterations).measurementTime(iteration)
                    .shouldFailOnError(true).verbosity(VerboseMode.SILENT);
        }
    }

    private LayerBenchmarks() {}

    /**
     * A large SGEMM on one thread, in GFLOP/s, measured before and after the passes; then each pass, in images/s, with
     * GFLOP/s and their share of the fastest SGEMM where a pass consists of matrix products.
     *
     * @throws RunnerException if a pass fails
     */
    public static List<Measurement> run(Length length) throws RunnerException {
        List<Double> gflops = new ArrayList<>(sgemmGflops(length));
        Collection<RunResult> results =
                new Runner(length.options().include(LayerBenchmark.class.getName()).build()).run();
        gflops.addAll(sgemmGflops(length));

        Measurement sgemm = new Measurement("SGEMM, 1024 by 1024, 1 thread", Group.LAYER, Unit.GFLOPS, gflops,
                Map.of(Measurement.THREADS, 1.0));
        List<Measurement> measurements = new ArrayList<>(List.of(sgemm));
        for (RunResult result : results) {
            measurements.add(
                    measurement(LayerPass.valueOf(result.getParams().getParam("pass")), scores(result), sgemm.max()));
        }
        return measurements;
    }

    private static List<Double> sgemmGflops(Length length) throws RunnerException {
        RunResult result = new Runner(length.options().include(SgemmBenchmark.class.getName()).build()).runSingle();
        return scores(result).stream().map(score -> score * SgemmBenchmark.FLOPS / 1e9).toList();
    }

    private static Measurement measurement(LayerPass pass, List<Double> scores, double peak) {
        Measurement images = new Measurement(pass.label() + ", batch " + LayerPass.BATCH + ", 1 thread", Group.LAYER,
                Unit.IMAGES_PER_SECOND, scores,
                Map.of(Measurement.BATCH, (double) LayerPass.BATCH, Measurement.THREADS, 1.0));
        if (pass.flops() == 0) {
            return images;
        }
        double gflops = images.median() * pass.flops() / 1e9;
        Map<String, Double> details = new TreeMap<>(images.details());
        details.put(Measurement.GFLOPS, gflops);
        details.put(Measurement.SHARE_OF_PEAK, gflops / peak);
        return new Measurement(images.name(), images.group(), images.unit(), images.values(), details);
    }

    private static List<Double> scores(RunResult result) {
        return result.getBenchmarkResults().stream()
                .map(fork -> fork.getIterationResults()).flatMap(Collection::stream)
                .map(iteration -> iteration.getPrimaryResult().getScore()).toList();
    }
}
