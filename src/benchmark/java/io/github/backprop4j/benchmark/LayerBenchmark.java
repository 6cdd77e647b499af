package io.github.backprop4j.benchmark;

import io.github.backprop4j.parallel.Workers;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** How many images one of training's threads passes through a layer in a second. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class LayerBenchmark {

    /** So many that the handing over to the worker, some 20 µs, is spread thin. */
    private static final int SLICES = 32;

    @Param
    private LayerPass pass;

    private Workers workers;
    private Supplier<?> work;

    @Setup
    public void prepare() {
        workers = new Workers(1);
        work = pass.prepare();
    }

    @TearDown
    public void close() {
        workers.close();
    }

    /** On training's own workers, for their workspace and their single thread. */
    @Benchmark
    @OperationsPerInvocation(SLICES * LayerPass.BATCH)
    public void images(Blackhole blackhole) {
        workers.run(SLICES, slice -> work.get(), result -> blackhole.consume(result));
    }
}
