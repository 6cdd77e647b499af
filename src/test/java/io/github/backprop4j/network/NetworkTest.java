package io.github.backprop4j.network;

import static io.github.backprop4j.Golden.assertClose;
import static io.github.backprop4j.Golden.numbers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.layers.Convolution;
import io.github.backprop4j.layers.FullyConnected;
import io.github.backprop4j.layers.MaxPooling;
import io.github.backprop4j.layers.Relu;
import io.github.backprop4j.layers.Softmax;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.openblas.global.openblas;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class NetworkTest {

    private static Network network(String layers, DataType type) {
        Architecture architecture = Architecture.parse(layers, 2, 8, 8, List.of("a", "b", "c"));
        InputScaling scaling = new InputScaling(gaussian(new Random(5), 2, 8, 8), 0.7);
        Network network = Network.initialize(architecture, scaling, 3, type);
        // biases and shifts away from 0, so that their gradients are put to the test too
        Random random = new Random(4);
        INDArray trained = network.parameters().trained();
        trained.addi(gaussian(random, trained.shape()).muli(0.05).castTo(type));
        return network;
    }

    private static INDArray gaussian(Random random, long... shape) {
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        return Nd4j.create(random.doubles(count).map(ignored -> random.nextGaussian()).toArray(), shape, 'c');
    }

    /** Every parameter of every kind of layer against central differences, the random drops held. */
    @ParameterizedTest
    @ValueSource(strings = {
        "",
        "conv:3:3,leakyrelu:0.1,avgpool:2,dense:4",
        "conv:3:3,batchnorm,leakyrelu:0.3,conv:2:3:1:0,leakyrelu:0.2,dense:5,batchnorm",
        "dropout:0.3,dropconnect:0.4,dense:6,leakyrelu:0.5,dropout:0.5,dropconnect:0.3",
        "pool:2,conv:4:3,relu,pool:2,dense:5,relu",
        "conv:3:3,batchnorm,gelu,residual(conv:3:3,batchnorm,gelu,conv:3:3,batchnorm),leakyrelu:0.1,"
                + "residual(conv:5:3:2,batchnorm:noscale,gelu,conv:5:3:nobias|conv:5:1:2:0),gelu,globalavgpool",
        "residual(conv:2:3,relu,pool:2,conv:2:3:nobias|avgpool:2),output:nobias"})
    void gradientsMatchDifferences(String layers) {
        Network network = network(layers, DataType.DOUBLE);
        INDArray x = gaussian(new Random(1), 4, 2, 8, 8);
        INDArray labels = Nd4j.eye(3).castTo(DataType.DOUBLE).get(Nd4j.createFromArray(new int[] {0, 2, 1, 2}))
                .reshape(4, 3);
        Network.Pass pass = network.forward(x, new SplittableRandom(9));
        Parameters gradients = network.backward(
                Softmax.crossEntropyBackward(Softmax.forward(pass.logits()), labels), pass);
        GradientCheck.Difference worst = GradientCheck.compare("trained", network.parameters().trained(),
                gradients.trained(), () -> loss(network, x, labels));
        assertTrue(worst.error() <= 1e-8, worst::toString);
    }

    private static double loss(Network network, INDArray x, INDArray labels) {
        return Softmax.crossEntropy(network.forward(x, new SplittableRandom(9)).logits(), labels)
                .sumNumber().doubleValue();
    }

    /** The network pools before it rectifies; ties among negative numbers must not tell. */
    @Test
    void poolingBeforeReluIsTheSameToTheBit() {
        Network network = network("conv:3:3,relu,pool:2", DataType.FLOAT).using(Engine.IM2COL);
        INDArray x = gaussian(new Random(2), 5, 2, 8, 8).castTo(DataType.FLOAT);
        INDArray dLogits = gaussian(new Random(3), 5, 3).castTo(DataType.FLOAT);
        Network.Pass pass = network.forward(x, new SplittableRandom(0));
        Parameters p = network.parameters();

        Convolution.Forward conv = Convolution.forward(
                network.scaling().apply(x, Functions.OF_LAYERS), p.get("conv1.weights"), p.get("conv1.bias"), 1, 1);
        Relu.Forward relu = Relu.forward(conv.out());
        MaxPooling.Forward pool = MaxPooling.forward(relu.out(), 2, 2, 0);
        INDArray flat = pool.out().reshape('c', 5, 48);
        FullyConnected.Forward dense =
                FullyConnected.forward(flat, p.get("output.weights"), p.get("output.bias"));
        assertClose("logits", dense.out(), pass.logits(), 0);

        INDArray dPool = FullyConnected.backward(dLogits, dense.cache()).dx().reshape('c', 5, 3, 4, 4);
        INDArray dConv = Relu.backward(MaxPooling.backward(dPool, pool.cache()), relu.cache());
        assertClose("dWeights", Convolution.backwardParameters(dConv, conv.cache()).dWeights(),
                network.backward(dLogits, pass).get("conv1.weights"), 0);
    }

    @Test
    void withoutAnythingRandomTrainingAndPredictionPassAlike() {
        Network network = network("conv:3:3,relu,pool:2,dense:7,leakyrelu",
                DataType.FLOAT);
        INDArray x = gaussian(new Random(2), 5, 2, 8, 8).castTo(DataType.FLOAT);
        INDArray logits = network.predictLogits(x);
        assertClose("logits", network.forward(x, new SplittableRandom(0)).logits(), logits, 0);
        assertClose("probabilities", Softmax.forward(logits), network.predictProbabilities(x), 0);
        assertArrayEquals(logits.argMax(1).toIntVector(), network.predict(x));
    }

    @Test
    void dropsInTrainingOnlyAndAsTheGeneratorSays() {
        Network network = network("dense:50,dropout:0.5", DataType.DOUBLE);
        INDArray x = gaussian(new Random(2), 5, 2, 8, 8);
        INDArray first = network.forward(x, new SplittableRandom(1)).logits();
        assertClose("same generator", first, network.forward(x, new SplittableRandom(1)).logits(), 0);
        assertTrue(first.distance2(network.forward(x, new SplittableRandom(2)).logits()) > 0.1);
        assertTrue(first.distance2(network.predictLogits(x)) > 0.1);
    }

    /** The notebook does not mask the gradients of masked weights; this does. */
    @Test
    void aWeightThatDropConnectLeftOutHasNoGradient() {
        Network network = network("dropconnect:0.5", DataType.DOUBLE);
        network.parameters().get("output.weights").assign(1);
        INDArray x = gaussian(new Random(2), 3, 2, 8, 8);
        Network.Pass pass = network.forward(x, new SplittableRandom(1));
        double[] gradient = numbers(network.backward(Nd4j.ones(DataType.DOUBLE, 3, 3), pass).get("output.weights"));
        long left = java.util.Arrays.stream(gradient).filter(value -> value == 0).count();
        assertTrue(left > 128 * 3 * 0.4 && left < 128 * 3 * 0.6, () -> left + " of " + gradient.length + " are 0");
    }

    @Test
    void batchNormalizationPredictsByItsRunningStatistics() {
        Network network = network("batchnorm", DataType.DOUBLE);
        INDArray x = gaussian(new Random(2), 40, 2, 8, 8).addi(3);
        Network.Pass pass = network.forward(x, new SplittableRandom(1));
        Parameters slice = network.backward(Nd4j.ones(DataType.DOUBLE, 40, 3), pass);
        assertTrue(pass.logits().distance2(network.predictLogits(x)) > 1);
        network.parameters().statistics().assign(slice.statistics());
        // the running variance is the unbiased one, which over 40 · 64 pixels is nearly the same
        assertClose("logits", pass.logits(), network.predictLogits(x), 1e-3);
    }

    @Test
    void frozenLayersPassImagesAsInPredictionAndAreNotTrained() {
        Network whole = network("conv:3:3,batchnorm,dropout:0.5,relu,pool:2,dense:5,batchnorm", DataType.DOUBLE);
        whole.parameters().statistics().addi(0.25);
        Network frozen = whole.freeze(4);
        assertEquals(List.of("dense1.weights", "output.weights"), frozen.parameters().weightNames());
        assertEquals(48 * 5 + 5 + 10 + 15 + 3, frozen.parameters().trainedCount());
        assertEquals(10, frozen.parameters().statistics().length());

        INDArray x = gaussian(new Random(1), 6, 2, 8, 8);
        Network.Pass pass = frozen.forward(x, new SplittableRandom(1));
        Parameters gradients = frozen.parameters().uninitializedLike();
        gradients.names().forEach(name -> gradients.get(name).assign(7));
        frozen.backward(Nd4j.ones(DataType.DOUBLE, 6, 3), pass, gradients);
        for (String name : gradients.names()) {
            boolean isFrozen = name.startsWith("conv1.") || name.startsWith("batchnorm1.");
            assertEquals(isFrozen, gradients.get(name).eq(7).all(), name);
        }
        // with nothing dropped and running statistics in its first part, its own statistics in the second
        INDArray first = Network.initialize(whole.architecture(), whole.scaling(), 1, DataType.DOUBLE).scaling().apply(x, Functions.OF_LAYERS);
        INDArray predicted = whole.architecture().layers().first(4).predict(first, whole.parameters(), Functions.OF_LAYERS);
        INDArray expected = whole.architecture().layers().behind(4)
                .forward(predicted, whole.parameters(), Functions.OF_LAYERS, new SplittableRandom(1)).out();
        assertClose("logits", expected, pass.logits(), 0);
        assertClose("prediction", whole.predictLogits(x), frozen.predictLogits(x), 0);
        assertEquals("freeze: 8, expected 0 to 7, the layers before the output",
                assertThrows(InvalidInputException.class, () -> whole.freeze(8)).getMessage());
    }

    @Test
    void forOtherClassesAllButTheOutputIsKept() {
        Network network = network("conv:3:3,batchnorm,dropconnect:0.5,dense:4,dropconnect:0.25", DataType.FLOAT);
        Network other = network.forClasses(List.of("x", "y", "z", "w"));
        assertEquals("conv:3:3:1:1,batchnorm,dropconnect:0.5,dense:4,dropconnect:0.25", other.architecture().text());
        assertEquals(List.of("x", "y", "z", "w"), other.architecture().classNames());
        for (String name : other.parameters().names()) {
            if (name.startsWith("output.")) {
                assertEquals(4, other.parameters().get(name).size(-1));
            } else {
                assertClose(name, network.parameters().get(name), other.parameters().get(name), 0);
            }
        }
        INDArray x = Nd4j.rand(DataType.FLOAT, network.architecture().channels(), network.architecture().height(),
                network.architecture().width()).reshape(1, network.architecture().channels(), network.architecture().height(),
                network.architecture().width()).mul(255);
        assertEquals(Nd4j.ones(DataType.FLOAT, 1, 4).div(4), other.predictProbabilities(x), "no class is preferred");
        assertEquals(network.scaling(), other.scaling());
        Network same = network.forClasses(List.of("a", "b", "c"));
        assertEquals(network.parameters().trained(), same.parameters().trained());
        same.parameters().trained().assign(0);
        assertTrue(network.parameters().trained().norm2Number().doubleValue() > 0, "a copy");
    }

    @Test
    void forOtherClassesFrozenLayersStayFrozen() {
        Network other = network("conv:3:3,relu,dense:4", DataType.FLOAT).freeze(2).forClasses(List.of("x", "y"));
        assertEquals(List.of("dense1.weights", "output.weights"), other.parameters().weightNames());
    }

    @Test
    void namesTheFirstLayerWhoseOutputIsNotFinite() {
        Network network = network("conv:3:3,relu,residual(conv:3:3),dense:4", DataType.FLOAT);
        INDArray x = gaussian(new Random(2), 2, 2, 8, 8).castTo(DataType.FLOAT);
        assertEquals(Optional.empty(), network.firstNotFinite(x, new SplittableRandom(0)));
        assertEquals(Optional.empty(), network.parameters().firstNotFinite());
        network.parameters().get("residual1.conv1.bias").putScalar(1, Float.POSITIVE_INFINITY);
        assertEquals(Optional.of("residual1"), network.firstNotFinite(x, new SplittableRandom(0)));
        assertEquals(Optional.of("residual1.conv1.bias"), network.parameters().firstNotFinite());
    }

    @Test
    void initializesAsHeSays() {
        Architecture architecture = Architecture.parse("conv:64:5,dense:300", 3, 16, 16, List.of("a", "b"));
        Network network = Network.initialize(architecture, InputScaling.none(3, 16, 16), 7);
        assertEquals(Math.sqrt(2.0 / 75), network.parameters().get("conv1.weights").stdNumber().doubleValue(), 0.004);
        assertEquals(Math.sqrt(2.0 / 16384), network.parameters().get("dense1.weights").stdNumber().doubleValue(), 1e-4);
        assertEquals(0, network.parameters().get("dense1.bias").norm2Number().doubleValue());
        Network same = Network.initialize(architecture, InputScaling.none(3, 16, 16), 7);
        Network other = Network.initialize(architecture, InputScaling.none(3, 16, 16), 8);
        assertEquals(network.parameters().trained(), same.parameters().trained());
        assertTrue(network.parameters().trained().distance2(other.parameters().trained()) > 1);
    }

    @Test
    void aCopyHasItsOwnNumbers() {
        Network network = network("", DataType.FLOAT);
        Network copy = network.copy();
        copy.parameters().trained().assign(0);
        assertTrue(network.parameters().trained().norm2Number().doubleValue() > 0);
    }

    @Test
    void saysWhichImagesItTakes() {
        Network network = network("", DataType.FLOAT);
        assertEquals("network: x has shape [1, 3, 8, 8], expected [1, 2, 8, 8]", assertThrows(
                IllegalArgumentException.class, () -> network.predict(Nd4j.zeros(DataType.FLOAT, 1, 3, 8, 8)))
                .getMessage());
        assertEquals("network: x is DOUBLE, expected FLOAT; use castTo", assertThrows(IllegalArgumentException.class,
                () -> network.predict(Nd4j.zeros(DataType.DOUBLE, 1, 2, 8, 8))).getMessage());
    }

    /** In the memory of a slice, whatever the batch: a slice's own image must not be overwritten by the next one's. */
    @Test
    void predictsEachImageOfALargeBatchAsInASliceOfItsOwn() {
        Network network = network("conv:3:3,relu,pool:2,dense:4,relu", DataType.DOUBLE);
        INDArray x = gaussian(new Random(1), 71, 2, 8, 8);

        INDArray all = network.predictLogits(x);

        assertArrayEquals(new long[] {71, 3}, all.shape());
        for (int i = 0; i < 71; i++) {
            assertClose("image " + i, network.predictLogits(x.get(NDArrayIndex.interval(i, i + 1))),
                    all.get(NDArrayIndex.interval(i, i + 1)), 1e-13);
        }
    }

    @Test
    void predictsFromManyThreadsAsFromOneAndRestoresTheirNumber() throws Exception {
        int operationThreads = Nd4j.getEnvironment().maxMasterThreads();
        int blasThreads = openblas.blas_get_num_threads();
        Network network = network("conv:3:3,relu,pool:2,dense:4,relu", DataType.FLOAT);
        INDArray x = gaussian(new Random(1), 40, 2, 8, 8).castTo(DataType.FLOAT);
        double[] alone = numbers(network.predictLogits(x));
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<double[]>> predictions = Collections.nCopies(200, () -> numbers(network.predictLogits(x)));
            for (Future<double[]> answer : threads.invokeAll(predictions)) {
                assertArrayEquals(alone, answer.get());
            }
        } finally {
            threads.shutdown();
        }
        assertEquals(operationThreads, Nd4j.getEnvironment().maxMasterThreads());
        assertEquals(blasThreads, openblas.blas_get_num_threads());
    }
}
