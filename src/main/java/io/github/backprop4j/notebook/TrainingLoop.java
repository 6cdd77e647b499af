package io.github.backprop4j.notebook;

import io.github.backprop4j.data.Images;
import io.github.backprop4j.layers.Mask;
import io.github.backprop4j.layers.Softmax;
import io.github.backprop4j.notebook.Cnn.Activations;
import io.github.backprop4j.notebook.Cnn.Backward;
import io.github.backprop4j.parallel.Slices;
import io.github.backprop4j.parallel.Workers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The notebook's training loop (cell 8): gradient descent on one batch of all examples. Masks, loss, penalty and
 * updates come in the cell's order.
 *
 * <p>The passes through the layers ({@link Cnn}) run slice by slice on the workers. The notebook's softmax takes
 * its maximum over the whole batch, so all slices pass forward before the first passes backward. The slices' gradients
 * are added in order, so that every number is the same to the bit for any number of workers.
 */
public final class TrainingLoop {

    private final Workers workers;
    private final NumpyRandom random;
    private final double learnrate;
    private final double penalty;
    private final double p;

    private final Images examples;
    private final int N;
    private final Slices slices;
    private final CentredImages images;
    private final INDArray labels;
    private final Cnn m;
    private final Activations activations;

    /**
     * @param h the notebook's settings, or others
     * @param examples all the examples
     * @param seed of NumPy's generator, for the weights and then the masks
     * @param workers run the slices; the caller closes them
     * @throws io.github.backprop4j.files.InvalidInputException if windows do not tile a layer's input, an array would
     *     be too large, or the seed is out of range
     */
    public TrainingLoop(Hyperparameters h, Images examples, long seed, Workers workers) {
        this.workers = workers;
        random = new NumpyRandom(seed);
        learnrate = h.learningRate();
        penalty = h.penalty();
        p = h.keepProbability();
        this.examples = examples;
        N = examples.count();
        slices = Slices.full(N);

        // cells 1 and 2: instantiation, initialization of other variables
        Geometry geometry = Geometry.of(h, examples);
        int classes = examples.classNames().size();
        m = new Cnn(h, geometry, classes, random);

        // cell 7: input data & preprocessing
        images = new CentredImages(examples);
        labels = zeros(N, classes);
        for (int n = 0; n < N; n++) {
            labels.putScalar(n, examples.label(n), 1);
        }
        long[] Z3shape = geometry.Z3shape();
        long[] Z5shape = geometry.Z5shape();
        activations = new Activations(
                zeros(N, Z3shape[0], Z3shape[1], Z3shape[2]), zeros(N, Z3shape[0], Z3shape[1], Z3shape[2]),
                zeros(N, geometry.flattened()), zeros(N, Z5shape[0], Z5shape[1], Z5shape[2]),
                zeros(N, h.hidden()), zeros(N, classes));
    }

    /**
     * Runs one iteration of cell 8.
     *
     * @param progress is told, from the workers' threads, how many examples have just passed; each example passes
     *     twice, forward and backward
     * @return its loss before the update, the mean over the examples; NaN or infinite once training has diverged
     */
    public double iterate(IntConsumer progress) {
        // cell 8: mask6 and mask7, drawn first so that one pass goes through layers 2 to 7; nothing else draws numbers
        INDArray maskedW6 = Mask.forward(m.W6, Mask.of(random.rand(m.W6.shape()), p));
        INDArray maskedW7 = Mask.forward(m.W7, Mask.of(random.rand(m.W7.shape()), p));

        // cell 8: forward pass layers 2 through 7
        forward(maskedW6, maskedW7, progress);
        INDArray Z7 = activations.Z7();
        INDArray Yhat = Softmax.forwardWithBatchMaximum(Z7);

        // cell 8: evaluate loss
        double loss = 0;
        for (int n = 0; n < N; n++) {
            loss -= Math.log(Yhat.getDouble(n, examples.label(n)));
        }
        loss /= N;

        // cell 8: compute errors with respect to output probabilities
        INDArray outerr7 = labels.sub(Yhat).negi();
        INDArray delta7 = outerr7.mul(Softmax.diagonalDerivative(Z7));

        // cell 8: backward pass layers 7 through 2
        Gradients d = backward(delta7, maskedW6, maskedW7, progress);

        // cell 8: regularization penalty
        d.dW7.addi(m.W7.mul(penalty));
        d.dW6.addi(m.W6.mul(penalty));
        d.dW4.addi(m.W4.mul(penalty));
        d.dW2.addi(m.W2.mul(penalty));

        // cell 8: parameter update
        m.W7.subi(d.dW7.mul(learnrate));
        m.W6.subi(d.dW6.mul(learnrate));
        m.W4.subi(d.dW4.mul(learnrate));
        m.W2.subi(d.dW2.mul(learnrate));
        m.b7.subi(d.db7.mul(learnrate));
        m.b6.subi(d.db6.mul(learnrate));
        m.b4.subi(d.db4.mul(learnrate));
        m.b2.subi(d.db2.mul(learnrate));
        return loss;
    }

    /** Passes all examples forward, slice by slice, and keeps what the backward pass needs in {@link #activations}. */
    private void forward(INDArray maskedW6, INDArray maskedW7, IntConsumer progress) {
        workers.run(slices(), slice -> {
            Cnn.Forward forward = m.forward(images(slice), maskedW6, maskedW7);
            activations.rows(from(slice), count(slice)).assign(forward.activations());
            progress.accept(count(slice));
        });
    }

    /** Passes all examples backward, slice by slice, and adds up the slices' gradients in order. */
    private Gradients backward(INDArray delta7, INDArray maskedW6, INDArray maskedW7, IntConsumer progress) {
        Gradients sum = new Gradients(zeros(m.W7.shape()), zeros(m.b7.shape()), zeros(m.W6.shape()),
                zeros(m.b6.shape()), zeros(m.W4.shape()), zeros(m.b4.shape()), zeros(m.W2.shape()),
                zeros(m.b2.shape()));
        workers.run(slices(), slice -> {
            Backward backward = m.backward(images(slice), activations.rows(from(slice), count(slice)),
                    Activations.rows(delta7, from(slice), count(slice)), maskedW6, maskedW7);
            progress.accept(count(slice));
            return backward;
        }, sum::add);
        return sum;
    }

    /** The gradients of an iteration. */
    private record Gradients(INDArray dW7, INDArray db7, INDArray dW6, INDArray db6, INDArray dW4, INDArray db4,
            INDArray dW2, INDArray db2) {

        void add(Backward slice) {
            dW7.addi(slice.dW7());
            db7.addi(slice.db7());
            dW6.addi(slice.dW6());
            db6.addi(slice.db6());
            dW4.addi(slice.dW4());
            db4.addi(slice.db4());
            dW2.addi(slice.dW2());
            db2.addi(slice.db2());
        }
    }

    /** Returns copies of the parameters by their notebook names, in its shapes: W2 W4 W6 W7 b2 b4 b6 b7. */
    public Map<String, INDArray> parameters() {
        Map<String, INDArray> parameters = new LinkedHashMap<>();
        parameters.put("W2", m.W2.dup());
        parameters.put("W4", m.W4.dup());
        parameters.put("W6", m.W6.dup());
        parameters.put("W7", m.W7.dup());
        parameters.put("b2", m.b2.dup().reshape(m.b2.length(), 1));
        parameters.put("b4", m.b4.dup().reshape(m.b4.length(), 1));
        parameters.put("b6", m.b6.dup().reshape(1, m.b6.length()));
        parameters.put("b7", m.b7.dup().reshape(1, m.b7.length()));
        return parameters;
    }

    private int slices() {
        return slices.count();
    }

    private int from(int slice) {
        return slices.from(slice);
    }

    private int count(int slice) {
        return slices.size(slice);
    }

    private INDArray images(int slice) {
        return images.slice(from(slice), count(slice));
    }

    private static INDArray zeros(long... shape) {
        return Nd4j.zeros(DataType.DOUBLE, shape);
    }
}
