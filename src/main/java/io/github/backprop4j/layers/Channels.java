package io.github.backprop4j.layers;

import static org.bytedeco.openblas.global.openblas.cblas_daxpy;
import static org.bytedeco.openblas.global.openblas.cblas_ddot;
import static org.bytedeco.openblas.global.openblas.cblas_dscal;
import static org.bytedeco.openblas.global.openblas.cblas_saxpy;
import static org.bytedeco.openblas.global.openblas.cblas_sdot;
import static org.bytedeco.openblas.global.openblas.cblas_sscal;

import java.lang.ref.Reference;
import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The elements of a row-major array by the channel that they belong to, and arithmetic with one number for each
 * channel, by the OpenBLAS that ND4J has loaded.
 *
 * <p>A channel is made of runs. In images (N, C, H, W) it has one in each image, H·W elements that lie side by side;
 * in examples (N, D) it is a feature and has a single one, N elements that lie D apart. One BLAS call works on one
 * run. For images of 8×8 and more, ND4J's reductions and broadcasts along a dimension take three to seven times as
 * long; for 4×4 they take about the same time.
 *
 * @param array held because an array that is garbage collected frees its memory, which a pointer does not prevent
 * @param runs of each channel
 * @param length elements in a run
 * @param step from one element of a run to the next
 * @param channelStep from a run to that of the next channel
 * @param runStep from a run to the next of the same channel
 */
record Channels(INDArray array, int channels, int runs, int length, int step, long channelStep, long runStep) {

    /**
     * Takes the channels of images (N, C, H, W) or the features of examples (N, D).
     *
     * @param array row by row without gaps
     */
    static Channels of(INDArray array) {
        int examples = Math.toIntExact(array.size(0));
        int channels = Math.toIntExact(array.size(1));
        int pixels = Math.toIntExact(array.length() / examples / channels);
        // images of one pixel are examples: one run of N elements instead of N runs of one
        return pixels == 1
                ? new Channels(array, channels, 1, examples, channels, 1, 0)
                : new Channels(array, channels, examples, pixels, 1, pixels, (long) channels * pixels);
    }

    /** Returns an array of one number for each channel. */
    static INDArray vector(double[] values, DataType type) {
        return Nd4j.create(values, new long[] {values.length}, new long[] {1}, 'c', type);
    }

    /** Returns channels of the same form whose elements are all 1; their runs share the same memory. */
    Channels ones() {
        double[] ones = new double[length];
        Arrays.fill(ones, 1);
        return new Channels(vector(ones, array.dataType()), channels, runs, length, 1, 0, 0);
    }

    /** Returns how many elements a channel has. */
    long elements() {
        return (long) runs * length;
    }

    /** Returns {@code Σ a·b} of each channel, where b are the other's elements; the runs' sums are added in float64. */
    double[] dot(Channels other) {
        double[] sums = new double[channels];
        Pointer a = start();
        Pointer b = other.start();
        for (int run = 0; run < runs; run++) {
            for (int c = 0; c < channels; c++) {
                move(a, run, c);
                other.move(b, run, c);
                sums[c] += a instanceof FloatPointer
                        ? cblas_sdot(length, (FloatPointer) a, step, (FloatPointer) b, other.step)
                        : cblas_ddot(length, (DoublePointer) a, step, (DoublePointer) b, other.step);
            }
        }
        hold(other);
        return sums;
    }

    /** Computes {@code a *= factors[channel]} in place; NaN and infinities come as they do in any product. */
    void scale(double[] factors) {
        Pointer a = start();
        for (int run = 0; run < runs; run++) {
            for (int c = 0; c < channels; c++) {
                move(a, run, c);
                double factor = a instanceof FloatPointer ? (float) factors[c] : factors[c];
                if (factor == 0 || Double.isNaN(factor)) {
                    // scal writes 0 for a factor of 0, and in float32 for NaN, whatever a holds; a + a·(0 - 1) does not
                    axpy(factor - 1, a, step, a);
                } else if (a instanceof FloatPointer) {
                    cblas_sscal(length, (float) factor, (FloatPointer) a, step);
                } else {
                    cblas_dscal(length, factor, (DoublePointer) a, step);
                }
            }
        }
        hold(this);
    }

    /** Computes {@code a += factors[channel]·b} in place, where b are the other's elements. */
    void add(double[] factors, Channels other) {
        Pointer a = start();
        Pointer b = other.start();
        for (int run = 0; run < runs; run++) {
            for (int c = 0; c < channels; c++) {
                move(a, run, c);
                other.move(b, run, c);
                axpy(factors[c], b, other.step, a);
            }
        }
        hold(other);
    }

    private void axpy(double factor, Pointer b, int stepOfB, Pointer a) {
        if (a instanceof FloatPointer) {
            cblas_saxpy(length, (float) factor, (FloatPointer) b, stepOfB, (FloatPointer) a, step);
        } else {
            cblas_daxpy(length, factor, (DoublePointer) b, stepOfB, (DoublePointer) a, step);
        }
    }

    /** Returns a new pointer to the array's first element, which the caller may move. */
    private Pointer start() {
        Pointer first = array.data().addressPointer();
        return first instanceof FloatPointer ? new FloatPointer(first) : new DoublePointer(first);
    }

    private void move(Pointer pointer, int run, int channel) {
        pointer.position(run * runStep + channel * channelStep);
    }

    private void hold(Channels other) {
        Reference.reachabilityFence(array);
        Reference.reachabilityFence(other.array);
    }
}
