package io.github.backprop4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_MEAN;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_VARIANCE;

import io.github.backprop4j.layers.Arguments;
import io.github.backprop4j.layers.BatchNormalization;
import java.util.List;
import org.bytedeco.dnnl.batch_normalization_backward;
import org.bytedeco.dnnl.batch_normalization_forward;
import org.bytedeco.dnnl.global.dnnl.normalization_flags;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@link BatchNormalization} by oneDNN. */
public final class OneDnnBatchNormalization {

    /** What {@link #backward} needs: forward's arguments, not copied, so leave them unchanged until then. */
    public record Cache(INDArray x, INDArray scale, INDArray mean, INDArray variance, double epsilon) {}

    /** The output, of x's shape, what {@link #backward} needs, and the batch's statistics, (C), the variance biased. */
    public record Forward(INDArray out, Cache cache, INDArray mean, INDArray variance) {}

    private OneDnnBatchNormalization() {}

    /**
     * Computes {@link BatchNormalization#forward}.
     *
     * @param x images (N, C, H, W) or examples (N, D), float32, as are all arrays
     * @param scale one for each channel, (C) or (D)
     * @param shift one for each channel, (C) or (D)
     * @param epsilon keeps the divisor from 0: more than 0
     * @throws IllegalArgumentException if shapes or data types disagree or epsilon is not more than 0
     */
    public static Forward forward(INDArray x, INDArray scale, INDArray shift, double epsilon) {
        requireOperands(x, scale, shift, epsilon);
        INDArray mean = Nd4j.createUninitialized(DataType.FLOAT, x.size(1));
        INDArray variance = Nd4j.createUninitialized(DataType.FLOAT, x.size(1));
        Cache cache = new Cache(Layout.forOneDnn(x), Layout.toRows(scale), mean, variance, epsilon);
        INDArray out = run(Pass.FORWARD, cache, shift);
        return new Forward(out, cache, mean, variance);
    }

    /**
     * Computes {@link BatchNormalization#predict}.
     *
     * @param x images (N, C, H, W) or examples (N, D), float32, as are all arrays
     * @param scale one for each channel, (C) or (D), as are shift, mean and variance
     * @param epsilon forward's
     * @throws IllegalArgumentException if shapes or data types disagree or epsilon is not more than 0
     */
    public static INDArray predict(
            INDArray x, INDArray scale, INDArray shift, INDArray mean, INDArray variance, double epsilon) {
        requireOperands(x, scale, shift, epsilon);
        BatchNormalization.requireStatistics(x, mean, variance);
        return run(Pass.PREDICT, new Cache(Layout.forOneDnn(x), Layout.toRows(scale), Layout.toRows(mean),
                Layout.toRows(variance), epsilon), shift);
    }

    private static void requireOperands(INDArray x, INDArray scale, INDArray shift, double epsilon) {
        BatchNormalization.requireOperands(x, scale, shift, epsilon);
        Arguments.requireType("batch normalization", "x", x, DataType.FLOAT);
    }

    private static INDArray run(Pass pass, Cache cache, INDArray shift) {
        INDArray out = Layout.like(cache.x);
        Form.of(cache).call(pass).with(DNNL_ARG_SRC, cache.x).with(DNNL_ARG_SCALE, cache.scale)
                .with(DNNL_ARG_SHIFT, Layout.toRows(shift)).with(DNNL_ARG_MEAN, cache.mean).with(DNNL_ARG_VARIANCE, cache.variance)
                .with(DNNL_ARG_DST, out).run();
        return out;
    }

    /**
     * Computes {@link BatchNormalization#backward}.
     *
     * @param dOut gradient of the output, of its shape
     * @param dScale (C), overwritten with the gradient of the scale
     * @param dShift (C), overwritten with the gradient of the shift
     * @return the gradient of x
     * @throws IllegalArgumentException if dOut has not the output's shape and data type, or a gradient does not lie in a row
     */
    public static INDArray backward(INDArray dOut, Cache cache, INDArray dScale, INDArray dShift) {
        Arguments.requireShape("batch normalization", "dOut", dOut, cache.x.shape());
        Arguments.requireSameType("batch normalization", "dOut", dOut, cache.x);
        Layout.requireRows("batch normalization", "dScale", dScale, cache.x.size(1));
        Layout.requireRows("batch normalization", "dShift", dShift, cache.x.size(1));
        INDArray dx = Layout.like(cache.x);
        Form.of(cache).call(Pass.BACKWARD).with(DNNL_ARG_SRC, cache.x).with(DNNL_ARG_SCALE, cache.scale)
                .with(DNNL_ARG_MEAN, cache.mean).with(DNNL_ARG_VARIANCE, cache.variance)
                .with(DNNL_ARG_DIFF_DST, Layout.forOneDnn(dOut)).with(DNNL_ARG_DIFF_SRC, dx)
                .with(DNNL_ARG_DIFF_SCALE, dScale).with(DNNL_ARG_DIFF_SHIFT, dShift).run();
        return dx;
    }

    private enum Pass { FORWARD, PREDICT, BACKWARD }

    private record Key(Form form, Pass pass) {}

    /** All that its primitives depend on. */
    private record Form(List<Long> shape, float epsilon) {

        private static final int FLAGS = normalization_flags.use_scale.value | normalization_flags.use_shift.value;

        private static Form of(Cache cache) {
            return new Form(Layout.list(cache.x.shape()), (float) cache.epsilon);
        }

        private Call call(Pass pass) {
            return Primitives.of(new Key(this, pass), () -> switch (pass) {
                case FORWARD -> forward(forwardForm(prop_kind.forward_training, FLAGS));
                case PREDICT -> forward(forwardForm(
                        prop_kind.forward_inference, FLAGS | normalization_flags.use_global_stats.value));
                case BACKWARD -> backward();
            });
        }

        private Call forward(batch_normalization_forward.primitive_desc form) {
            return withStatistics(new Call(new batch_normalization_forward(form)))
                    .argument(DNNL_ARG_SHIFT, channels()).argument(DNNL_ARG_DST, x());
        }

        private Call backward() {
            return withStatistics(new Call(new batch_normalization_backward(
                    new batch_normalization_backward.primitive_desc(Primitives.engine(), prop_kind.backward.value, x(),
                            x(), x(), epsilon, FLAGS, forwardForm(prop_kind.forward_training, FLAGS)))))
                    .argument(DNNL_ARG_DIFF_DST, x()).argument(DNNL_ARG_DIFF_SRC, x())
                    .argument(DNNL_ARG_DIFF_SCALE, channels()).argument(DNNL_ARG_DIFF_SHIFT, channels());
        }

        private Call withStatistics(Call call) {
            return call.argument(DNNL_ARG_SRC, x()).argument(DNNL_ARG_SCALE, channels())
                    .argument(DNNL_ARG_MEAN, channels()).argument(DNNL_ARG_VARIANCE, channels());
        }

        private batch_normalization_forward.primitive_desc forwardForm(prop_kind kind, int flags) {
            return new batch_normalization_forward.primitive_desc(
                    Primitives.engine(), kind.value, x(), x(), epsilon, flags);
        }

        private memory.desc x() {
            return Layout.form(shape.stream().mapToLong(Long::longValue).toArray());
        }

        private memory.desc channels() {
            return Layout.rowForm(shape.get(1));
        }
    }
}
