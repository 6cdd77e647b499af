package io.github.backprop4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;

import io.github.backprop4j.layers.Arguments;
import java.util.List;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@code (x - mean) · factor} by oneDNN, in one go, and {@code x · factor}. */
public final class OneDnnScaling {

    private record Key(List<Long> shape, double factor) {}

    private record FactorKey(List<Long> shape, double factor) {}

    private OneDnnScaling() {}

    /**
     * Multiplies every number by a factor.
     *
     * @param x of any shape, float32
     * @return a new array
     * @throws IllegalArgumentException if x is not float32
     */
    public static INDArray of(INDArray x, double factor) {
        Arguments.requireType("scaling", "x", x, DataType.FLOAT);
        INDArray in = Layout.forOneDnn(x);
        INDArray scaled = Layout.like(in);
        Call call = Primitives.of(new FactorKey(Layout.list(in.shape()), factor), () -> {
            memory.desc form = Layout.form(in.shape());
            return new Call(new eltwise_forward(new eltwise_forward.primitive_desc(Primitives.engine(),
                    prop_kind.forward_inference, algorithm.eltwise_linear, form, form, (float) factor, 0)))
                    .argument(DNNL_ARG_SRC, form).argument(DNNL_ARG_DST, form);
        });
        call.with(DNNL_ARG_SRC, in).with(DNNL_ARG_DST, scaled).run();
        return scaled;
    }

    /**
     * Scales images.
     *
     * @param x (N, C, H, W), float32
     * @param mean (C, H, W), float32
     * @return a new array, row by row
     * @throws IllegalArgumentException if shapes or data types disagree
     */
    public static INDArray of(INDArray x, INDArray mean, double factor) {
        Arguments.requireRank("scaling", "x", x, "N, C, H, W");
        Arguments.requireType("scaling", "x", x, DataType.FLOAT);
        Arguments.requireShape("scaling", "mean", mean, x.size(1), x.size(2), x.size(3));
        Arguments.requireType("scaling", "mean", mean, DataType.FLOAT);
        INDArray scaled = Nd4j.createUninitialized(DataType.FLOAT, x.shape(), 'c');
        Primitives.<Call>of(new Key(Layout.list(x.shape()), factor), () -> call(x.shape(), factor))
                .with(DNNL_ARG_SRC_0, Layout.toRows(x)).with(DNNL_ARG_SRC_1, Layout.toRows(mean))
                .with(DNNL_ARG_DST, scaled).run();
        return scaled;
    }

    private static Call call(long[] shape, double factor) {
        memory.desc images = Layout.rowForm(shape);
        memory.desc mean = Layout.rowForm(1, shape[1], shape[2], shape[3]);
        post_ops after = new post_ops();
        after.append_eltwise(algorithm.eltwise_linear, (float) factor, 0);
        return Binary.call(algorithm.binary_sub, images, mean, Binary.followedBy(after));
    }
}
