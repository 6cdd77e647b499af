package io.github.backprop4j.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.backprop4j.ChildJvm;
import io.github.backprop4j.Golden;
import io.github.backprop4j.parallel.BlasKernels;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What OpenBLAS computes against plain loops, with each of its kernels for x86 that this processor can run: some older
 * kernels have been seen to compute wrong on newer processors. OpenBLAS chooses when it is loaded, hence a process each.
 */
class KernelsTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "Haswell", "Zen", "SkylakeX", "Cooperlake"})
    void productsAndSumsAreThoseOfPlainLoops(String kernels) throws IOException, InterruptedException {
        assumeTrue(BlasKernels.inUse().isPresent(), "an OpenBLAS that chooses its kernels");
        List<String> lines = ChildJvm.run(120, Map.of("OPENBLAS_CORETYPE", kernels), Comparison.class);
        String inUse = lines.get(lines.size() - 1);
        // OpenBLAS takes others in place of those that the processor cannot run
        assumeTrue(kernels.isEmpty() || inUse.equals("right with " + kernels), inUse);
        assertTrue(inUse.startsWith("right with "), lines::toString);
    }

    /** Computes in a process of its own. */
    static final class Comparison {

        private Comparison() {}

        public static void main(String[] arguments) {
            Random random = new Random(1);
            for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
                for (int i = 0; i < 60; i++) {
                    // the larger ones reach every block and edge of the kernels
                    int most = i < 40 ? 40 : 400;
                    compareProducts(random, 1 + random.nextInt(most), 1 + random.nextInt(most), 1 + random.nextInt(most), type);
                    compareChannels(random, 1 + random.nextInt(9), 1 + random.nextInt(9), 1 + random.nextInt(17), type);
                }
            }
            System.out.println("right with " + BlasKernels.inUse().orElse("unknown"));
        }

        private static void compareProducts(Random random, int m, int k, int n, DataType type) {
            INDArray a = Samples.gaussian(random, m, k).castTo(type);
            INDArray b = Samples.gaussian(random, k, n).castTo(type);
            INDArray aTransposed = a.transpose().dup('c');
            INDArray bTransposed = b.transpose().dup('c');
            INDArray expected = product(a, b);
            double tolerance = type == DataType.FLOAT ? 1e-5 : 1e-13;
            INDArray c = Nd4j.create(type, m, n);
            Gemm.multiply(matrix(a), matrix(b), matrix(c));
            Golden.assertClose("a·b", expected, c, tolerance);
            Gemm.addMultiply(matrix(a), matrix(b), matrix(c));
            Golden.assertClose("c + a·b", expected.mul(2), c, tolerance);
            c.assign(0);
            Gemm.addTransposedMultiply(matrix(aTransposed), matrix(b), matrix(c));
            Golden.assertClose("aᵀ·b", expected, c, tolerance);
            c.assign(0);
            Gemm.addMultiplyTransposed(matrix(a), matrix(bTransposed), matrix(c));
            Golden.assertClose("a·bᵀ", expected, c, tolerance);
        }

        private static INDArray product(INDArray a, INDArray b) {
            double[][] x = a.castTo(DataType.DOUBLE).toDoubleMatrix();
            double[][] y = b.castTo(DataType.DOUBLE).toDoubleMatrix();
            double[][] z = new double[x.length][y[0].length];
            for (int i = 0; i < x.length; i++) {
                for (int l = 0; l < y.length; l++) {
                    for (int j = 0; j < z[i].length; j++) {
                        z[i][j] += x[i][l] * y[l][j];
                    }
                }
            }
            return Nd4j.createFromArray(z).castTo(a.dataType());
        }

        private static Gemm.Matrix matrix(INDArray array) {
            return Gemm.Matrix.of(array, array.size(0), array.size(1));
        }

        private static void compareChannels(Random random, int images, int channels, int side, DataType type) {
            INDArray x = Samples.gaussian(random, images, channels, side, side).castTo(type);
            double[] numbers = x.castTo(DataType.DOUBLE).data().asDouble();
            double[] sums = new double[channels];
            double magnitudes = 0;
            int pixels = side * side;
            for (int i = 0; i < numbers.length; i++) {
                sums[i / pixels % channels] += numbers[i];
                magnitudes += Math.abs(numbers[i]);
            }
            double tolerance = (type == DataType.FLOAT ? 1e-5 : 1e-13) * magnitudes;
            Channels view = Channels.of(x);
            double[] found = view.dot(view.ones());
            for (int c = 0; c < channels; c++) {
                assertEquals(sums[c], found[c], tolerance);
            }
            assertEquals(magnitudes, Nd4j.getBlasWrapper().asum(x.reshape('c', new long[] {x.length()})), tolerance);
        }
    }
}
