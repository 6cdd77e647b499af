package io.github.backprop4j.notebook;

import io.github.backprop4j.files.InvalidInputException;
import java.util.Arrays;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The random numbers of NumPy's legacy generator: {@code np.random.seed}, {@code rand} and {@code randn}.
 *
 * <p>MT19937 (Matsumoto and Nishimura, Mersenne Twister, 1998) with its 2002 seeding, doubles of 53 bits, and normal
 * deviates by Marsaglia's polar method, which gives two at a time: the second is kept for the next call.
 * (commons-math3 has the same twister, but seeds numbers above 2³¹ differently.)
 */
public final class NumpyRandom {

    /** The largest seed, as in NumPy. */
    public static final long MAX_SEED = 0xFFFF_FFFFL;

    private static final int SIZE = 624;
    private static final int SHIFT = 397;

    private final int[] state = new int[SIZE];
    private int position = SIZE;
    private double keptGaussian = Double.NaN;

    /**
     * @param seed from 0 to {@link #MAX_SEED}
     * @throws InvalidInputException if it is outside that range
     */
    public NumpyRandom(long seed) {
        if (seed < 0 || seed > MAX_SEED) {
            throw new InvalidInputException("seed: " + seed + ", expected 0 to " + MAX_SEED);
        }
        state[0] = (int) seed;
        for (int i = 1; i < SIZE; i++) {
            state[i] = 1812433253 * (state[i - 1] ^ state[i - 1] >>> 30) + i;
        }
    }

    /** {@code np.random.rand(*shape)}: uniform in [0, 1), float64. */
    public INDArray rand(long... shape) {
        return fill(this::uniform, shape);
    }

    /** {@code np.random.randn(*shape)}: normal with mean 0 and variance 1, float64. */
    public INDArray randn(long... shape) {
        return fill(this::gaussian, shape);
    }

    private static INDArray fill(DoubleSupplier numbers, long[] shape) {
        long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        double[] values = DoubleStream.generate(numbers).limit(count).toArray();
        return Nd4j.create(values, shape, 'c');
    }

    private double uniform() {
        long high = next() >>> 5;
        long low = next() >>> 6;
        return (high * 0x1p26 + low) * 0x1p-53;
    }

    private double gaussian() {
        if (!Double.isNaN(keptGaussian)) {
            double kept = keptGaussian;
            keptGaussian = Double.NaN;
            return kept;
        }
        double x;
        double y;
        double square;
        do {
            x = 2 * uniform() - 1;
            y = 2 * uniform() - 1;
            square = x * x + y * y;
        } while (square >= 1 || square == 0);
        double factor = Math.sqrt(-2 * Math.log(square) / square);
        keptGaussian = factor * x;
        return factor * y;
    }

    /** The twister's next 32 bits. */
    private int next() {
        if (position == SIZE) {
            twist();
        }
        int bits = state[position++];
        bits ^= bits >>> 11;
        bits ^= bits << 7 & 0x9D2C5680;
        bits ^= bits << 15 & 0xEFC60000;
        return bits ^ bits >>> 18;
    }

    private void twist() {
        for (int i = 0; i < SIZE; i++) {
            int joined = state[i] & 0x80000000 | state[(i + 1) % SIZE] & 0x7FFFFFFF;
            state[i] = state[(i + SHIFT) % SIZE] ^ joined >>> 1 ^ ((joined & 1) == 0 ? 0 : 0x9908B0DF);
        }
        position = 0;
    }
}
