package io.github.backprop4j.notebook;

import io.github.backprop4j.data.Images;
import io.github.backprop4j.layers.Convolution;
import io.github.backprop4j.layers.FullyConnected;
import io.github.backprop4j.layers.Mask;
import io.github.backprop4j.layers.MaxPooling;
import io.github.backprop4j.layers.Relu;
import io.github.backprop4j.layers.Softmax;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The notebook's loop once more, with nothing done to make it fast: each layer's forward on all examples at once, and
 * each layer's own backward with the cache of its forward, ReLU after the pooling as the notebook has it.
 */
final class PlainLoop {

    private final Hyperparameters h;
    private final NumpyRandom random;
    private final INDArray images;
    private final INDArray labels;

    /** By the notebook's names, in its shapes. */
    final Map<String, INDArray> parameters = new LinkedHashMap<>();

    PlainLoop(Hyperparameters h, Images examples, long seed) {
        this.h = h;
        random = new NumpyRandom(seed);
        double[] pixels = IntStream.range(0, examples.pixels().length)
                .mapToDouble(i -> Byte.toUnsignedInt(examples.pixels()[i]) / 255.0).toArray();
        INDArray scaled = Nd4j.create(pixels,
                new long[] {examples.count(), examples.channels(), examples.height(), examples.width()}, 'c');
        images = scaled.sub(scaled.mean(true, 0));
        labels = Nd4j.zeros(DataType.DOUBLE, examples.count(), examples.classNames().size());
        for (int n = 0; n < examples.count(); n++) {
            labels.putScalar(n, examples.label(n), 1);
        }

        int flattened = h.depth4() * side(examples.height()) * side(examples.width());
        double calfactor =
                Math.sqrt(2.0 / (examples.channels() + h.depth2() + h.depth4() + flattened + h.hidden()));
        weights("W2", calfactor, h.depth2(), examples.channels(), h.kernelSize(), h.kernelSize());
        weights("W4", calfactor, h.depth4(), h.depth2(), h.kernelSize(), h.kernelSize());
        weights("W6", calfactor, flattened, h.hidden());
        weights("W7", calfactor, h.hidden(), labels.size(1));
        parameters.put("b2", Nd4j.zeros(DataType.DOUBLE, h.depth2(), 1));
        parameters.put("b4", Nd4j.zeros(DataType.DOUBLE, h.depth4(), 1));
        parameters.put("b6", Nd4j.zeros(DataType.DOUBLE, 1, h.hidden()));
        parameters.put("b7", Nd4j.zeros(DataType.DOUBLE, 1, labels.size(1)));
    }

    /** Height or width of Z5. */
    private int side(int size) {
        int Z2 = (size + 2 * h.padding() - h.kernelSize()) / h.stride() + 1;
        int Z3 = (Z2 + 2 * h.poolPadding() - h.poolSize()) / h.poolStride() + 1;
        int Z4 = (Z3 + 2 * h.padding() - h.kernelSize()) / h.stride() + 1;
        return (Z4 + 2 * h.poolPadding() - h.poolSize()) / h.poolStride() + 1;
    }

    private void weights(String name, double calfactor, long... shape) {
        parameters.put(name, random.randn(shape).muli(calfactor));
    }

    private INDArray get(String name) {
        return parameters.get(name);
    }

    private INDArray bias(String name) {
        return get(name).reshape(get(name).length());
    }

    /** Returns the loss before the update. */
    double iterate() {
        INDArray mask6 = Mask.of(random.rand(get("W6").shape()), h.keepProbability());
        INDArray mask7 = Mask.of(random.rand(get("W7").shape()), h.keepProbability());
        var conv2 = Convolution.forward(images, get("W2"), bias("b2"), h.stride(), h.padding());
        var relu2 = Relu.forward(conv2.out());
        var pool3 = MaxPooling.forward(relu2.out(), h.poolSize(), h.poolStride(), h.poolPadding());
        var conv4 = Convolution.forward(pool3.out(), get("W4"), bias("b4"), h.stride(), h.padding());
        var relu4 = Relu.forward(conv4.out());
        var pool5 = MaxPooling.forward(relu4.out(), h.poolSize(), h.poolStride(), h.poolPadding());
        INDArray Z5flat = pool5.out().reshape('c', images.size(0), get("W6").size(0));
        var dense6 = FullyConnected.forward(Z5flat, mask6.mul(get("W6")), bias("b6"));
        var relu6 = Relu.forward(dense6.out());
        var dense7 = FullyConnected.forward(relu6.out(), mask7.mul(get("W7")), bias("b7"));
        INDArray Yhat = Softmax.forwardWithBatchMaximum(dense7.out());
        INDArray delta7 = Yhat.sub(labels).mul(Softmax.diagonalDerivative(dense7.out()));

        var d7 = FullyConnected.backward(delta7, dense7.cache());
        var d6 = FullyConnected.backward(Relu.backward(d7.dx(), relu6.cache()), dense6.cache());
        INDArray outerr5 = d6.dx().reshape('c', pool5.out().shape());
        INDArray outerr4 = MaxPooling.backward(outerr5, pool5.cache());
        var d4 = Convolution.backward(Relu.backward(outerr4, relu4.cache()), conv4.cache());
        INDArray outerr2 = MaxPooling.backward(d4.dx(), pool3.cache());
        var d2 = Convolution.backward(Relu.backward(outerr2, relu2.cache()), conv2.cache());

        update("W7", d7.dWeights().add(get("W7").mul(h.penalty())));
        update("W6", d6.dWeights().add(get("W6").mul(h.penalty())));
        update("W4", d4.dWeights().add(get("W4").mul(h.penalty())));
        update("W2", d2.dWeights().add(get("W2").mul(h.penalty())));
        update("b7", d7.dBias());
        update("b6", d6.dBias());
        update("b4", d4.dBias());
        update("b2", d2.dBias());
        double loss = 0;
        for (int n = 0; n < images.size(0); n++) {
            loss -= Math.log(Yhat.mul(labels).getRow(n).sumNumber().doubleValue());
        }
        return loss / images.size(0);
    }

    private void update(String name, INDArray gradient) {
        get(name).subi(gradient.mul(h.learningRate()).reshape(get(name).shape()));
    }
}
