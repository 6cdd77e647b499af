package io.github.backprop4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_SCALES;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;

import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A step of Adam (Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015) by oneDNN: with the gradient g,
 * {@code m ← β₁ m + (1 - β₁) g}, {@code v ← β₂ v + (1 - β₂) g²}, and the parameters move by
 * {@code - rate · √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√v + ε)}.
 */
public final class OneDnnAdam {

    private static final String NAME = "Adam";

    /** The moments' decay and what is added to the root. */
    public record Coefficients(double beta1, double beta2, double epsilon) {}

    private record FirstMoment(long length, double beta) {}

    private record SecondMoment(long length, double beta) {}

    private record Root(long length, double epsilon) {}

    private record Move(long length) {}

    private OneDnnAdam() {}

    /**
     * Moves parameters and both moments by a step. All arrays are float32, of one length, their numbers side by side.
     *
     * @param parameters changed
     * @param gradient unchanged
     * @param m first moment, changed
     * @param v second moment, changed
     * @param rate learning rate
     * @param step t in the equation, from 1
     * @throws IllegalArgumentException if an array has another form
     */
    public static void move(INDArray parameters, INDArray gradient, INDArray m, INDArray v, Coefficients with, double rate,
            long step) {
        long length = parameters.length();
        requireLength("parameters", parameters, length);
        requireLength("gradient", gradient, length);
        requireLength("m", m, length);
        requireLength("v", v, length);
        Primitives.<Call>of(new FirstMoment(length, with.beta1), () -> weighted(algorithm.binary_max, length, with.beta1))
                .with(DNNL_ARG_SRC_0, gradient).with(DNNL_ARG_SRC_1, gradient).with(DNNL_ARG_DST, m).run();
        Primitives.<Call>of(new SecondMoment(length, with.beta2), () -> weighted(algorithm.binary_mul, length, with.beta2))
                .with(DNNL_ARG_SRC_0, gradient).with(DNNL_ARG_SRC_1, gradient).with(DNNL_ARG_DST, v).run();
        INDArray root = Nd4j.createUninitialized(DataType.FLOAT, 1, length);
        Primitives.<Call>of(new Root(length, with.epsilon), () -> root(length, with.epsilon))
                .with(DNNL_ARG_SRC_0, v).with(DNNL_ARG_SRC_1, v).with(DNNL_ARG_DST, root).run();
        double unbiased = rate * Math.sqrt(1 - Math.pow(with.beta2, step)) / (1 - Math.pow(with.beta1, step));
        Primitives.<Call>of(new Move(length), () -> move(length))
                .with(DNNL_ARG_SRC_0, m).with(DNNL_ARG_SRC_1, root).with(DNNL_ARG_DST, parameters)
                .with(DNNL_ARG_ATTR_SCALES | DNNL_ARG_SRC_0, Nd4j.scalar(DataType.FLOAT, -unbiased)).run();
    }

    private static void requireLength(String name, INDArray array, long length) {
        Layout.requireRows(NAME, name, array, array.shape());
        if (array.length() != length) {
            throw new IllegalArgumentException(
                    NAME + ": " + name + " has " + array.length() + " elements, expected " + length);
        }
    }

    /** Makes {@code dst ← beta dst + (1 - beta) (src0 op src1)}; the greater of a number and itself is that number. */
    private static Call weighted(algorithm operation, long length, double beta) {
        post_ops after = new post_ops();
        after.append_eltwise(algorithm.eltwise_linear, (float) (1 - beta), 0);
        after.append_sum((float) beta, 0, memory.data_type.undef);
        return call(operation, length, Binary.followedBy(after));
    }

    private static Call root(long length, double epsilon) {
        post_ops after = new post_ops();
        after.append_eltwise(algorithm.eltwise_sqrt, 0, 0);
        after.append_eltwise(algorithm.eltwise_linear, 1, (float) epsilon);
        return call(algorithm.binary_max, length, Binary.followedBy(after));
    }

    /** Makes {@code dst ← dst + scale · src0 / src1}. */
    private static Call move(long length) {
        post_ops after = new post_ops();
        after.append_sum(1, 0, memory.data_type.undef);
        primitive_attr attributes = Binary.followedBy(after);
        attributes.set_scales_mask(DNNL_ARG_SRC_0, 0);
        return call(algorithm.binary_div, length, attributes)
                .argument(DNNL_ARG_ATTR_SCALES | DNNL_ARG_SRC_0, Layout.rowForm(1));
    }

    private static Call call(algorithm operation, long length, primitive_attr attributes) {
        memory.desc form = Layout.rowForm(1, length);
        return Binary.call(operation, form, form, attributes);
    }
}
