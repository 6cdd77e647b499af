package io.github.backprop4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import io.github.backprop4j.layers.Arguments;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reduction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The sum of each channel by oneDNN. */
public final class OneDnnChannelSum {

    private record Key(List<Long> shape) {}

    private OneDnnChannelSum() {}

    /**
     * Sums each channel over all pixels of all images.
     *
     * @param x images, (N, C, H, W), float32
     * @param sums (C), float32, row by row; overwritten
     * @throws IllegalArgumentException if x is no such array or sums does not lie so
     */
    public static void of(INDArray x, INDArray sums) {
        Arguments.requireRank("channel sum", "x", x, "N, C, H, W");
        Arguments.requireType("channel sum", "x", x, DataType.FLOAT);
        Layout.requireRows("channel sum", "sums", sums, x.size(1));
        INDArray in = Layout.forOneDnn(x);
        Primitives.<Call>of(new Key(Layout.list(x.shape())), () -> call(x.shape()))
                .with(DNNL_ARG_SRC, in).with(DNNL_ARG_DST, sums).run();
    }

    private static Call call(long[] shape) {
        memory.desc images = Layout.channelsLastForm(shape);
        memory.desc sums = Layout.channelsLastForm(1, shape[1], 1, 1);
        return new Call(new reduction(new reduction.primitive_desc(
                Primitives.engine(), algorithm.reduction_sum, images, sums, 0, 0)))
                .argument(DNNL_ARG_SRC, images).argument(DNNL_ARG_DST, sums);
    }
}
