package io.github.backprop4j.benchmark;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import io.github.backprop4j.parallel.Workers;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.FloatPointer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The product of two large square matrices on one thread: what layers would reach if all else were free. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class SgemmBenchmark {

    private static final int SIZE = 1024;

    /** Floating-point operations of a product. */
    static final double FLOPS = 2.0 * SIZE * SIZE * SIZE;

    private Workers workers;
    private FloatPointer a;
    private FloatPointer b;
    private FloatPointer c;

    @Setup
    public void prepare() {
        workers = new Workers(1);
        a = ones();
        b = ones();
        c = ones();
    }

    private static FloatPointer ones() {
        float[] ones = new float[SIZE * SIZE];
        Arrays.fill(ones, 1);
        return new FloatPointer(ones);
    }

    @TearDown
    public void close() {
        workers.close();
        a.close();
        b.close();
        c.close();
    }

    @Benchmark
    public void product() {
        workers.run(1, (int slice) -> cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, SIZE, SIZE, SIZE,
                1, a, SIZE, b, SIZE, 0, c, SIZE));
    }
}
