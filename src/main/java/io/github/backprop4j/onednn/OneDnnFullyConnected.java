package io.github.backprop4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import io.github.backprop4j.layers.Arguments;
import io.github.backprop4j.layers.FullyConnected;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.inner_product_backward_data;
import org.bytedeco.dnnl.inner_product_backward_weights;
import org.bytedeco.dnnl.inner_product_forward;
import org.bytedeco.dnnl.memory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@link FullyConnected} by oneDNN. */
public final class OneDnnFullyConnected {

    /** What {@link #backward} needs: forward's arguments, not copied, so leave them unchanged until then. */
    public record Cache(INDArray x, INDArray weights) {}

    /** The output, (N, M), and what {@link #backward} needs. */
    public record Forward(INDArray out, Cache cache) {}

    private OneDnnFullyConnected() {}

    /**
     * Computes {@link FullyConnected#forward}.
     *
     * @param x examples, (N, D), float32, as are all arrays; or images (N, C, H, W), whose D features are theirs row by row
     * @param weights (D, M)
     * @param bias one for each output, (M)
     * @throws IllegalArgumentException if shapes or data types disagree
     */
    public static Forward forward(INDArray x, INDArray weights, INDArray bias) {
        INDArray flat = flat(x);
        FullyConnected.requireOperands(flat, weights, bias);
        Arguments.requireType("fully connected", "x", x, DataType.FLOAT);
        Cache cache = new Cache(flat, Layout.toRows(weights));
        Sizes sizes = Sizes.of(cache);
        INDArray out = Nd4j.createUninitialized(DataType.FLOAT, new long[] {sizes.examples, sizes.outputs}, 'c');
        sizes.forward().with(DNNL_ARG_SRC, flat).with(DNNL_ARG_WEIGHTS, cache.weights).with(DNNL_ARG_BIAS, Layout.toRows(bias))
                .with(DNNL_ARG_DST, out).run();
        return new Forward(out, cache);
    }

    private static INDArray flat(INDArray x) {
        INDArray rows = Layout.toRows(x);
        return x.rank() == 2 ? rows : rows.reshape('c', x.size(0), x.length() / x.size(0));
    }

    /**
     * Computes {@link FullyConnected#backward}.
     *
     * @param dOut gradient of the output, (N, M)
     * @param dWeights of the weights' shape, row by row; overwritten with their gradient
     * @param dBias (M), overwritten with the bias's gradient
     * @param needsInput whether the gradient of the input is wanted
     * @return the gradient of the input, (N, D); null if it is not wanted
     * @throws IllegalArgumentException if dOut has not the output's shape and data type, or a gradient does not lie so
     */
    public static INDArray backward(
            INDArray dOut, Cache cache, INDArray dWeights, INDArray dBias, boolean needsInput) {
        Sizes sizes = Sizes.of(cache);
        Arguments.requireShape("fully connected", "dOut", dOut, sizes.examples, sizes.outputs);
        Arguments.requireSameType("fully connected", "dOut", dOut, cache.x);
        Layout.requireRows("fully connected", "dWeights", dWeights, cache.weights.shape());
        Layout.requireRows("fully connected", "dBias", dBias, sizes.outputs);
        INDArray error = Layout.toRows(dOut);
        sizes.backwardWeights().with(DNNL_ARG_SRC, cache.x).with(DNNL_ARG_DIFF_DST, error)
                .with(DNNL_ARG_DIFF_WEIGHTS, dWeights).with(DNNL_ARG_DIFF_BIAS, dBias).run();
        if (!needsInput) {
            return null;
        }
        INDArray dx = Nd4j.createUninitialized(DataType.FLOAT, new long[] {sizes.examples, sizes.inputs}, 'c');
        sizes.backwardInput().with(DNNL_ARG_DIFF_DST, error).with(DNNL_ARG_WEIGHTS, cache.weights)
                .with(DNNL_ARG_DIFF_SRC, dx).run();
        return dx;
    }

    private enum Pass { FORWARD, BACKWARD_WEIGHTS, BACKWARD_INPUT }

    private record Key(Sizes sizes, Pass pass) {}

    /** All that its primitives depend on. */
    private record Sizes(long examples, long inputs, long outputs) {

        private static Sizes of(Cache cache) {
            return new Sizes(cache.x.size(0), cache.x.size(1), cache.weights.size(1));
        }

        private Call forward() {
            return Primitives.of(new Key(this, Pass.FORWARD), () -> new Call(new inner_product_forward(forwardForm()))
                    .argument(DNNL_ARG_SRC, x()).argument(DNNL_ARG_WEIGHTS, weights()).argument(DNNL_ARG_BIAS, bias())
                    .argument(DNNL_ARG_DST, out()));
        }

        private Call backwardWeights() {
            return Primitives.of(new Key(this, Pass.BACKWARD_WEIGHTS), () -> new Call(new inner_product_backward_weights(
                    new inner_product_backward_weights.primitive_desc(
                            Primitives.engine(), x(), weights(), bias(), out(), forwardForm())))
                    .argument(DNNL_ARG_SRC, x()).argument(DNNL_ARG_DIFF_DST, out())
                    .argument(DNNL_ARG_DIFF_WEIGHTS, weights()).argument(DNNL_ARG_DIFF_BIAS, bias()));
        }

        private Call backwardInput() {
            return Primitives.of(new Key(this, Pass.BACKWARD_INPUT), () -> new Call(new inner_product_backward_data(
                    new inner_product_backward_data.primitive_desc(
                            Primitives.engine(), x(), weights(), out(), forwardForm())))
                    .argument(DNNL_ARG_DIFF_DST, out()).argument(DNNL_ARG_WEIGHTS, weights())
                    .argument(DNNL_ARG_DIFF_SRC, x()));
        }

        private inner_product_forward.primitive_desc forwardForm() {
            return new inner_product_forward.primitive_desc(
                    Primitives.engine(), prop_kind.forward_training, x(), weights(), bias(), out());
        }

        private memory.desc x() {
            return Layout.rowForm(examples, inputs);
        }

        /** (M, D) to oneDNN, which they are if their rows are taken for columns. */
        private memory.desc weights() {
            return new memory.desc(new long[] {outputs, inputs}, memory.data_type.f32, memory.format_tag.ba);
        }

        private memory.desc bias() {
            return Layout.rowForm(outputs);
        }

        private memory.desc out() {
            return Layout.rowForm(examples, outputs);
        }
    }
}
