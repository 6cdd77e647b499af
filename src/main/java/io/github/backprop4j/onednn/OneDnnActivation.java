package io.github.backprop4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import io.github.backprop4j.layers.Arguments;
import io.github.backprop4j.layers.Gelu;
import io.github.backprop4j.layers.LeakyRelu;
import io.github.backprop4j.layers.Relu;
import java.util.List;
import org.bytedeco.dnnl.eltwise_backward;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@link Relu}, {@link LeakyRelu} and {@link Gelu} by oneDNN, element by element. */
public final class OneDnnActivation {

    /** What {@link #backward} needs: forward's argument, not copied, so leave it unchanged until then. */
    public record Cache(INDArray x, Kind kind) {}

    /** The output, of x's shape, and what {@link #backward} needs. */
    public record Forward(INDArray out, Cache cache) {}

    /** Which function, as errors name it, and its slope where x is negative. */
    private record Kind(String name, boolean gelu, float slope) {

        private algorithm algorithm() {
            return gelu ? algorithm.eltwise_gelu_erf : algorithm.eltwise_relu;
        }
    }

    private record Key(Kind kind, List<Long> shape, boolean forward) {}

    private OneDnnActivation() {}

    /** Computes {@link Relu#forward} of a float32 array of any shape. */
    public static Forward relu(INDArray x) {
        return forward(x, new Kind("ReLU", false, 0));
    }

    /**
     * Computes {@link LeakyRelu#forward} of a float32 array of any shape.
     *
     * @param slope of the negative side, at least 0 and less than 1
     * @throws IllegalArgumentException if slope is outside [0, 1) or x is not float32
     */
    public static Forward leakyRelu(INDArray x, double slope) {
        LeakyRelu.requireSlope(slope);
        return forward(x, new Kind("leaky ReLU", false, (float) slope));
    }

    /** Computes {@link Gelu#forward} of a float32 array of any shape. */
    public static Forward gelu(INDArray x) {
        return forward(x, new Kind("GELU", true, 0));
    }

    private static Forward forward(INDArray x, Kind kind) {
        Arguments.requireType(kind.name, "x", x, DataType.FLOAT);
        INDArray in = Layout.forOneDnn(x);
        INDArray out = Layout.like(in);
        Call call = Primitives.of(key(kind, in, true), () -> {
            memory.desc form = Layout.form(in.shape());
            return new Call(new eltwise_forward(forwardForm(kind, form)))
                    .argument(DNNL_ARG_SRC, form).argument(DNNL_ARG_DST, form);
        });
        call.with(DNNL_ARG_SRC, in).with(DNNL_ARG_DST, out).run();
        return new Forward(out, new Cache(in, kind));
    }

    /**
     * Computes the gradient of x.
     *
     * @param dOut gradient of the output, of its shape
     * @param cache from the forward of the same array
     * @throws IllegalArgumentException if dOut has not the output's shape and data type
     */
    public static INDArray backward(INDArray dOut, Cache cache) {
        INDArray x = cache.x;
        Arguments.requireShape(cache.kind.name, "dOut", dOut, x.shape());
        Arguments.requireSameType(cache.kind.name, "dOut", dOut, x);
        INDArray dx = Layout.like(x);
        Call call = Primitives.of(key(cache.kind, x, false), () -> {
            memory.desc form = Layout.form(x.shape());
            return new Call(new eltwise_backward(new eltwise_backward.primitive_desc(Primitives.engine(),
                    cache.kind.algorithm(), form, form, form, cache.kind.slope, forwardForm(cache.kind, form))))
                    .argument(DNNL_ARG_SRC, form).argument(DNNL_ARG_DIFF_DST, form).argument(DNNL_ARG_DIFF_SRC, form);
        });
        call.with(DNNL_ARG_SRC, x).with(DNNL_ARG_DIFF_DST, Layout.forOneDnn(dOut)).with(DNNL_ARG_DIFF_SRC, dx).run();
        return dx;
    }

    private static eltwise_forward.primitive_desc forwardForm(Kind kind, memory.desc form) {
        return new eltwise_forward.primitive_desc(
                Primitives.engine(), prop_kind.forward_training, kind.algorithm(), form, form, kind.slope);
    }

    private static Key key(Kind kind, INDArray x, boolean forward) {
        return new Key(kind, Layout.list(x.shape()), forward);
    }
}
