package io.github.backprop4j.network;

import static io.github.backprop4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.layers.Samples;
import io.github.backprop4j.layers.Softmax;
import io.github.backprop4j.layers.Whitening;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.bytedeco.openblas.global.openblas;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** How networks begin: with what they see in images, with the identity, and with what training leaves alone. */
class InitializationTest {

    private static final List<String> CLASSES = List.of("a", "b", "c");
    private static final String RECORD = "whiten:2,gelu,conv:4:3:dirac:nobias,pool:2,batchnorm:1e-12:noscale,gelu,"
            + "globalmaxpool,scale:0.1111111111111111,output:nobias";

    private static final InputScaling SCALING =
            new InputScaling(Samples.gaussian(new Random(5), 2, 8, 8).addi(100), 0.02);

    private static INDArray images(int count) {
        INDArray noise = Samples.gaussian(new Random(6), count, 2, 8, 8).muli(30).addi(100);
        // neighbours go together
        return noise.add(Samples.gaussian(new Random(7), count, 2, 1, 1).muli(20).broadcast(count, 2, 8, 8))
                .castTo(DataType.FLOAT);
    }

    private static Architecture architecture(String layers) {
        return Architecture.parse(layers, 2, 8, 8, CLASSES);
    }

    private static Network network(String layers) {
        return Network.initialize(architecture(layers), SCALING, 3, () -> images(71));
    }

    private static INDArray scaled(INDArray images) {
        return images.sub(SCALING.mean().castTo(DataType.FLOAT)).mul(SCALING.factor());
    }

    @Test
    void aFirstLayerWhitensTheScaledImages() {
        INDArray filters = network(RECORD).parameters().get("whiten1.weights");
        assertClose("filters", Whitening.filters(scaled(images(71)), 2), filters, 1e-6);
        assertEquals(0, network(RECORD).parameters().get("whiten1.bias").norm2Number().doubleValue());
    }

    @Test
    void aLayerBehindOthersSeesWhatTheyPredict() {
        Network network = network("conv:3:3,batchnorm,residual(chain(relu,pool:2,whiten:1,conv:2:1)|pool:2,whiten:2,"
                + "conv:2:2:1:1),gelu");
        Parameters parameters = network.parameters();
        INDArray x = scaled(images(71));
        INDArray conv = Functions.OF_LAYERS.convolution(
                x, parameters.get("conv1.weights"), parameters.get("conv1.bias"), 1, 1).out();
        INDArray seen = Functions.OF_LAYERS.batchNormalization(conv, parameters.get("batchnorm1.scale"),
                parameters.get("batchnorm1.shift"), parameters.get("batchnorm1.mean"),
                parameters.get("batchnorm1.variance"), 1e-5);
        INDArray pooled = Functions.OF_LAYERS.maxPooling(seen, 2, 2).out();
        INDArray rectified = Functions.OF_LAYERS.relu(pooled).out();
        assertClose("body", Whitening.filters(rectified, 1), parameters.get("residual1.chain1.whiten1.weights"), 1e-4);
        assertClose("shortcut", Whitening.filters(pooled, 2), parameters.get("residual1.shortcut.whiten1.weights"), 1e-4);
    }

    @Test
    void theSameSeedAndImagesGiveTheSameBitsForAnyNumberOfThreads() {
        INDArray first = network(RECORD).parameters().get("whiten1.weights");
        int threads = openblas.blas_get_num_threads();
        int operations = Nd4j.getEnvironment().maxMasterThreads();
        try {
            for (int other = 1; other <= 3; other++) {
                openblas.blas_set_num_threads(other);
                Nd4j.getEnvironment().setMaxMasterThreads(other);
                assertClose(other + " threads", first, network(RECORD).parameters().get("whiten1.weights"), 0);
            }
        } finally {
            openblas.blas_set_num_threads(threads);
            Nd4j.getEnvironment().setMaxMasterThreads(operations);
        }
    }

    @Test
    void asksForImagesOnlyIfALayerLooksAtThem() {
        List<INDArray> asked = new ArrayList<>();
        Supplier<INDArray> images = () -> {
            asked.add(images(9));
            return asked.get(0);
        };
        Network plain = Network.initialize(architecture("conv:3:3,residual(relu),dense:4"), SCALING, 3, images);
        assertTrue(asked.isEmpty(), "nobody looks");
        assertClose("as without", Network.initialize(plain.architecture(), SCALING, 3).parameters().trained(),
                plain.parameters().trained(), 0);
        Network.initialize(architecture(RECORD), SCALING, 3, images);
        assertEquals(1, asked.size());
        assertClose("they stay as they are", images(9), asked.get(0), 0);
    }

    @Test
    void saysWhichLayerCannotBegin() {
        assertEquals("network: whiten1, whiten:2: begins with what it sees in training images, and there are none; give"
                + " them to Network.initialize", refused(() -> Network.initialize(architecture(RECORD), SCALING, 3)));
        assertEquals("network: residual1, residual(chain(whiten:1,conv:2:1:1:0)): chain1, chain(whiten:1,conv:2:1:1:0):"
                + " whiten1, whiten:1: begins with what it sees in training images, and there are none; give them to"
                + " Network.initialize", refused(() -> Network.initialize(
                        architecture("residual(chain(whiten:1,conv:2:1))"), SCALING, 3, DataType.DOUBLE)));
        assertEquals("network: whiten1, whiten:2: whitening: x holds NaN or infinite numbers, expected finite ones",
                refused(() -> Network.initialize(architecture(RECORD), SCALING, 3,
                        () -> images(4).putScalar(9, Float.NaN))));
        assertEquals("network: whiten1, whiten:2: network: x has shape [4, 2, 8, 7], expected [4, 2, 8, 8]",
                refused(() -> Network.initialize(architecture(RECORD), SCALING, 3,
                        () -> Nd4j.zeros(DataType.FLOAT, 4, 2, 8, 7))));
    }

    private static String refused(Supplier<Network> start) {
        return assertThrows(InvalidInputException.class, start::get).getMessage();
    }

    /** With as many filters as channels it is the identity; with more, its first outputs are; with fewer, some channels. */
    @Test
    void aDiracConvolutionPassesItsInputOn() {
        INDArray x = Samples.gaussian(new Random(1), 2, 5, 6, 6);
        for (int filters : new int[] {3, 5, 9}) {
            for (String layer : List.of("conv:" + filters + ":3:dirac:nobias", "conv:" + filters + ":5:dirac")) {
                Architecture architecture = Architecture.parse(layer, 5, 6, 6, CLASSES);
                Parameters parameters = Parameters.initialize(architecture, DataType.DOUBLE, 4);
                INDArray out = architecture.layers().layers().get(0)
                        .predict(x, parameters.in("conv1"), Functions.OF_LAYERS);
                int same = Math.min(filters, 5);
                assertClose(layer, x.get(NDArrayIndex.all(), NDArrayIndex.interval(0, same)),
                        out.get(NDArrayIndex.all(), NDArrayIndex.interval(0, same)), 0);
            }
        }
    }

    @Test
    void theOtherFiltersOfADiracConvolutionHavePyTorchsVariance() {
        Architecture architecture = Architecture.parse("conv:200:3:dirac", 8, 6, 6, CLASSES);
        Parameters parameters = Parameters.initialize(architecture, DataType.FLOAT, 4);
        INDArray others = parameters.get("conv1.weights").get(NDArrayIndex.interval(8, 200));
        assertEquals(Math.sqrt(1.0 / (3 * 72)), others.stdNumber().doubleValue(), 1e-3);
        assertEquals(0, others.meanNumber().doubleValue(), 2e-3);
        assertEquals(8, parameters.get("conv1.weights").get(NDArrayIndex.interval(0, 8)).sumNumber().doubleValue());
    }

    @Test
    void whatIsFixedStandsLastAndIsNeitherTrainedNorFollowed() {
        Parameters parameters = network(RECORD).parameters();
        assertEquals(List.of("whiten1.bias", "conv1.weights", "batchnorm1.shift", "output.weights", "batchnorm1.mean",
                "batchnorm1.variance", "whiten1.weights"), parameters.names());
        assertEquals(16 + 4 * 16 * 9 + 4 + 4 * 3, parameters.trainedCount());
        assertEquals(8, parameters.statistics().length());
        assertEquals(List.of("conv1.weights", "output.weights"), parameters.weightNames());
        INDArray before = parameters.get("whiten1.weights").dup();
        parameters.trained().assign(7);
        parameters.statistics().assign(8);
        assertClose("fixed", before, parameters.get("whiten1.weights"), 0);
        assertEquals(8 * 8, parameters.get("batchnorm1.mean").mul(parameters.get("batchnorm1.variance")).getDouble(0));

        Parameters none = network("whiten:2,gelu").freeze(2).parameters();
        assertFalse(none.hasStatistics());
        assertEquals(16 * 49 * 3 + 3, none.trainedCount());
    }

    @Test
    void aRowHasANumberForEachThatIsTrainedByItsKind() {
        Network network = network("whiten:2,batchnorm,conv:3:3,dense:4:nobias");
        List<String> asked = new ArrayList<>();
        INDArray row = network.parameters().trainedRow(kind -> {
            asked.add(kind.name());
            return 1 + kind.ordinal();
        });
        assertEquals(List.of("OFFSET", "SCALE", "SHIFT", "WEIGHTS", "OFFSET", "WEIGHTS", "WEIGHTS", "OFFSET"), asked);
        Parameters same = network.parameters().copy();
        same.trained().assign(row);
        assertEquals(network.parameters().dataType(), row.dataType());
        assertEquals(network.parameters().trained().shape()[1], row.shape()[1]);
        assertAll(same, "whiten1.bias", Parameter.Kind.OFFSET);
        assertAll(same, "batchnorm1.shift", Parameter.Kind.SHIFT);
        assertAll(same, "batchnorm1.scale", Parameter.Kind.SCALE);
        assertAll(same, "conv1.weights", Parameter.Kind.WEIGHTS);
        assertAll(same, "conv1.bias", Parameter.Kind.OFFSET);
        assertAll(same, "dense1.weights", Parameter.Kind.WEIGHTS);
        assertAll(same, "output.weights", Parameter.Kind.WEIGHTS);
        assertAll(same, "output.bias", Parameter.Kind.OFFSET);

        // frozen ones are left out
        Network frozen = network.freeze(2);
        assertEquals(frozen.parameters().trainedCount(), frozen.parameters().trainedRow(kind -> 1).length());
        Parameters half = frozen.parameters().copy();
        half.trained().assign(frozen.parameters().trainedRow(kind -> 1 + kind.ordinal()));
        assertAll(half, "conv1.weights", Parameter.Kind.WEIGHTS);
        assertAll(half, "output.bias", Parameter.Kind.OFFSET);
        assertEquals(DataType.DOUBLE, network.castTo(DataType.DOUBLE).parameters().trainedRow(kind -> 0.1).dataType());
    }

    private static void assertAll(Parameters parameters, String name, Parameter.Kind kind) {
        assertTrue(parameters.get(name).eq(1 + kind.ordinal()).all(), name);
    }

    /** Slices leave there what was in memory. */
    @Test
    void noGradientOfWhatIsFixedIsReadOrWritten() {
        Network network = network(RECORD);
        INDArray x = images(6);
        Parameters gradients = network.parameters().uninitializedLike();
        gradients.get("whiten1.weights").assign(Double.NaN);
        Network.Pass pass = network.forward(x, new SplittableRandom(1));
        network.backward(Softmax.forward(pass.logits()), pass, gradients);
        assertTrue(gradients.get("whiten1.weights").isNaN().all(), "left alone");
        assertEquals(Optional.empty(), gradients.firstNotFinite());
        gradients.get("output.weights").putScalar(0, Float.NaN);
        assertEquals(Optional.of("output.weights"), gradients.firstNotFinite());
    }

    @Test
    void theFiltersGoWithTheNetwork(@TempDir Path folder) throws IOException {
        Network network = network(RECORD);
        network.save(folder.resolve("model.npz"));
        Network loaded = Network.load(folder.resolve("model.npz"));
        INDArray filters = network.parameters().get("whiten1.weights");
        assertClose("file", filters, loaded.parameters().get("whiten1.weights"), 0);
        assertClose("logits", network.predictLogits(images(5)), loaded.predictLogits(images(5)), 0);
        assertClose("other classes", filters,
                loaded.forClasses(List.of("x", "y")).parameters().get("whiten1.weights"), 0);
        assertClose("frozen", filters,
                loaded.freeze(1).forClasses(List.of("x", "y")).parameters().get("whiten1.weights"), 0);
    }
}
