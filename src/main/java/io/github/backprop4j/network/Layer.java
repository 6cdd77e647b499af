package io.github.backprop4j.network;

import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One layer of a network: its settings, what it learns, and its passes forward and backward.
 *
 * <p>Anybody may implement it. An implementation is an immutable value, commonly a record of its settings, and may be
 * used from many threads at once; what it learns is handed to each pass. Its {@code toString} is its text form, which
 * {@link Architecture#parse} reads once its {@link LayerType} is known to the {@link LayerRegistry}. A shape without N
 * is that of one example.
 */
public interface Layer {

    /**
     * What a training pass gives.
     *
     * @param out the output, (N, …)
     * @param backward the way back, for this pass only
     */
    record Forward(INDArray out, Backward backward) {

        /** The output of a layer that learns nothing. */
        static Forward of(Functions.Pass pass) {
            return new Forward(pass.out(), (dOut, gradients, needsInput) -> pass.backward().apply(dOut));
        }

        /**
         * The output of a layer that learns {@code weights} and perhaps {@code bias}.
         *
         * @param zeros the bias of a layer that learns none, to be overwritten with the gradient that nobody asks for; null
         *     if it learns one
         */
        static Forward of(Functions.WeightedPass pass, INDArray zeros) {
            return new Forward(pass.out(), (dOut, gradients, needsInput) -> pass.backward().apply(
                    dOut, gradients.get("weights"), zeros == null ? gradients.get("bias") : zeros, needsInput));
        }
    }

    /** The way back through a layer. */
    @FunctionalInterface
    interface Backward {
        /**
         * Computes the gradients of the parameters and of the input.
         *
         * @param dOut gradient of the output; it is not changed
         * @param gradients arrays of the parameters' shapes, to be overwritten with their gradients, summed over the
         *     examples; that of a running statistic with the statistic of this pass. Those of fixed arrays are not asked for
         * @param needsInput whether the gradient of the input is wanted
         * @return the gradient of the input; anything, also null, if it is not wanted
         */
        INDArray apply(INDArray dOut, NamedArrays gradients, boolean needsInput);
    }

    /** Returns what the layer is called in a network, before its number: the keyword of its text, unless it says otherwise. */
    default String kind() {
        return toString().split("[:(]", 2)[0];
    }

    /**
     * Returns the shape of the output for one example: that of the input, unless a layer says otherwise.
     *
     * @param input shape of one example, (C, H, W) or (D)
     * @throws IllegalArgumentException if the layer cannot take such an input, with the reason
     */
    default long[] outputShape(long[] input) {
        return input;
    }

    /**
     * Returns what the layer learns about inputs of a shape; for most layers, nothing.
     *
     * @param input shape of one example
     */
    default List<Parameter> parameters(long[] input) {
        return List.of();
    }

    /**
     * Returns how many examples a mini-batch must have for the layer to learn from it: 1, unless the layer compares
     * examples with each other. A pass may have a slice of the mini-batch only.
     *
     * @param input shape of one example
     */
    default int leastExamples(long[] input) {
        return 1;
    }

    /**
     * Sets what the layer learns, or keeps fixed, from its input, once when the network begins; for most layers, nothing.
     * It is called on one thread, and the same input must give the same numbers.
     *
     * @param x gives, each time that it is asked and only then, the layer's input for some training images, (N, …), scaled
     *     and passed through the layers before; it is not changed
     * @param parameters by the names of {@link #parameters}, with their {@link Parameter.Start}, to be overwritten
     * @throws IllegalArgumentException if the layer cannot begin with that input, with the reason
     */
    default void initialize(Supplier<INDArray> x, NamedArrays parameters) {}

    /**
     * Computes the output for prediction. Unless a layer says otherwise it is that of {@link #forward}, which then must
     * not draw random numbers.
     *
     * @param x input, (N, …); it is not changed
     * @param parameters by the names of {@link #parameters}
     * @param functions what its passes are computed with
     */
    default INDArray predict(INDArray x, NamedArrays parameters, Functions functions) {
        return forward(x, parameters, functions, () -> {
            throw new IllegalStateException(kind() + ": draws random numbers to predict");
        }).out();
    }

    /**
     * Computes the output for training.
     *
     * @param x input, (N, …); it is not changed, and must stay so until the way back
     * @param parameters by the names of {@link #parameters}
     * @param functions what its passes are computed with
     * @param random decides what is dropped
     */
    Forward forward(INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random);
}
