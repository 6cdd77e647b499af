package io.github.backprop4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import io.github.backprop4j.layers.Arguments;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.inner_product_forward;
import org.bytedeco.dnnl.memory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The sum of each channel by oneDNN, as a product with a row of ones. Of 32 images of 24×31×31 that takes less than a
 * twentieth of the time of oneDNN's own reduction.
 */
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
        long pixels = x.length() / x.size(1);
        INDArray in = Layout.forOneDnn(x);
        Primitives.<Call>of(new Key(Layout.list(x.shape())), () -> call(pixels, x.size(1)))
                .with(DNNL_ARG_SRC, Nd4j.ones(DataType.FLOAT, 1, pixels)).with(DNNL_ARG_WEIGHTS, in)
                .with(DNNL_ARG_DST, sums).run();
    }

    private static Call call(long pixels, long channels) {
        memory.desc ones = Layout.rowForm(1, pixels);
        // the channels of a pixel lie together: (pixels, channels), which to oneDNN are weights with columns for rows
        memory.desc images = new memory.desc(
                new long[] {channels, pixels}, memory.data_type.f32, memory.format_tag.ba);
        memory.desc sums = Layout.rowForm(1, channels);
        return new Call(new inner_product_forward(new inner_product_forward.primitive_desc(
                Primitives.engine(), prop_kind.forward_inference, ones, images, sums)))
                .argument(DNNL_ARG_SRC, ones).argument(DNNL_ARG_WEIGHTS, images).argument(DNNL_ARG_DST, sums);
    }
}
