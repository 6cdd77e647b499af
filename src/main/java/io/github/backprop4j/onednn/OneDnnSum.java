package io.github.backprop4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;

import io.github.backprop4j.layers.Arguments;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The sum of two arrays by oneDNN, element by element. */
public final class OneDnnSum {

    private record Key(List<Long> shape) {}

    private OneDnnSum() {}

    /**
     * Computes {@code a + b}.
     *
     * @param a float32
     * @param b of the same shape and type
     * @throws IllegalArgumentException if shapes or data types disagree
     */
    public static INDArray of(INDArray a, INDArray b) {
        Arguments.requireType("sum", "a", a, DataType.FLOAT);
        Arguments.requireShape("sum", "b", b, a.shape());
        Arguments.requireType("sum", "b", b, DataType.FLOAT);
        INDArray first = Layout.forOneDnn(a);
        INDArray sum = Layout.like(first);
        Call call = Primitives.of(new Key(Layout.list(a.shape())), () -> {
            memory.desc form = Layout.form(sum.shape());
            return Binary.call(algorithm.binary_add, form, form, new primitive_attr());
        });
        call.with(DNNL_ARG_SRC_0, first).with(DNNL_ARG_SRC_1, Layout.forOneDnn(b)).with(DNNL_ARG_DST, sum).run();
        return sum;
    }
}
