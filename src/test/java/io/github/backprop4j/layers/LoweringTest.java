package io.github.backprop4j.layers;

import static io.github.backprop4j.Golden.assertClose;
import static io.github.backprop4j.Golden.numbers;
import static io.github.backprop4j.layers.Samples.gaussian;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.backprop4j.Golden;
import io.github.backprop4j.layers.ConvolutionTest.Geometry;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class LoweringTest {

    static Stream<Geometry> geometries() {
        return ConvolutionTest.geometries();
    }

    /** The notebook's columns are (C·KH·KW, OH·OW·N), N fastest; ours are read through {@link Lowering#columnsOfBand}. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void columnsAreTheNotebooks(int example) {
        Golden golden = Golden.load("convolution");
        String c = "c" + example + "_";
        INDArray x = golden.get(c + "x");
        Lowering lowering = Lowering.of(x, golden.get(c + "W"), (int) golden.get(c + "ksize_pad_stride").getLong(2),
                (int) golden.get(c + "ksize_pad_stride").getLong(1));
        INDArray columns = lowering.allocateColumns(x.dataType(), x.size(0));

        lowering.im2col(x, columns);
        assertArrayEquals(numbers(golden.get(c + "col")), asInTheNotebook(lowering, columns, x.size(0)));

        INDArray gathered = Nd4j.create(x.dataType(), x.shape()).assign(Double.NaN);
        INDArray ours = lowering.allocateColumns(x.dataType(), x.size(0)).assign(0);
        addFromTheNotebook(lowering, golden.get(c + "col"), ours, x.size(0));
        lowering.col2im(ours, gathered);
        assertClose("col2im", golden.get(c + "col2im"), gathered, 1e-15);
    }

    private static double[] asInTheNotebook(Lowering lowering, INDArray columns, long n) {
        double[] flat = numbers(columns);
        return places(lowering, columns, n).mapToDouble(place -> flat[place]).toArray();
    }

    private static void addFromTheNotebook(Lowering lowering, INDArray notebook, INDArray columns, long n) {
        double[] from = numbers(notebook);
        int[] places = places(lowering, columns, n).toArray();
        INDArray flat = columns.reshape(columns.length());
        for (int i = 0; i < from.length; i++) {
            flat.putScalar(places[i], flat.getDouble(places[i]) + from[i]);
        }
    }

    /** Where in our columns the notebook's elements lie, in its order. */
    private static IntStream places(Lowering lowering, INDArray columns, long n) {
        Gemm.Matrix first = lowering.firstColumns(columns);
        int bandHeight = lowering.kernelHeight() / lowering.bands();
        return IntStream.range(0, lowering.channels() * lowering.kernelHeight() * lowering.kernelWidth())
                .boxed().flatMapToInt(row -> {
                    int q = row % lowering.kernelWidth();
                    int p = row / lowering.kernelWidth() % lowering.kernelHeight();
                    int channel = row / lowering.kernelWidth() / lowering.kernelHeight();
                    int band = p / bandHeight;
                    int rowInBand = (channel * bandHeight + p % bandHeight) * lowering.kernelWidth() + q;
                    return IntStream.range(0, lowering.outSize() * (int) n).map(column -> {
                        Gemm.Matrix image =
                                lowering.columnsOfBand(lowering.columnsOfImage(first, column % n), band);
                        return (int) image.offset() + rowInBand * image.rowStride() + (int) (column / n);
                    });
                });
    }

    /** {@code <im2col(x), c> = <x, col2im(c)>}. */
    @ParameterizedTest
    @MethodSource("geometries")
    void col2imIsTheAdjointOfIm2col(Geometry g) {
        Lowering lowering = Lowering.of(g.x(), g.weights(), g.stride(), g.padding());
        INDArray columns = lowering.allocateColumns(g.x().dataType(), g.n());
        lowering.im2col(g.x(), columns);
        INDArray others = gaussian(new Random(g.seed()), columns.shape());
        INDArray gathered = Nd4j.create(g.x().dataType(), g.x().shape());
        lowering.col2im(others, gathered);
        assertEquals(Differences.dot(columns, others), Differences.dot(g.x(), gathered), 1e-10);
    }
}
