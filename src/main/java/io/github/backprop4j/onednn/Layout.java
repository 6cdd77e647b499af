package io.github.backprop4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import io.github.backprop4j.layers.Arguments;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.javacpp.LongPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** How arrays lie in memory: row by row, or with the channels of each pixel together. */
final class Layout {

    /** What a reorder depends on. */
    private record ReorderKey(List<Long> shape, List<Long> from, List<Long> to) {}

    private Layout() {}

    /** Returns memory for images (N, C, H, W) whose channels lie together. */
    static INDArray channelsLast(long... shape) {
        long length = shape[0] * shape[1] * shape[2] * shape[3];
        // as a permuted array it would take twice the time, of which a training has a dozen for each slice
        return Nd4j.create(Nd4j.createBuffer(DataType.FLOAT, length, false), shape, channelsLastStrides(shape), 0, 'c');
    }

    /** Returns memory of the same shape, with the channels together if there are any. */
    static INDArray like(INDArray x) {
        return x.rank() == 4 ? channelsLast(x.shape())
                : Nd4j.createUninitialized(DataType.FLOAT, x.shape(), 'c');
    }

    /** Returns images whose channels lie together: these, or a copy; and an array of another rank row by row. */
    static INDArray forOneDnn(INDArray x) {
        if (x.rank() != 4) {
            return toRows(x);
        }
        return liesLike(x, channelsLastStrides(x.shape())) ? x : reordered(x, like(x));
    }

    /** Returns an array that lies row by row without gaps: this, or a copy. */
    static INDArray toRows(INDArray x) {
        return liesLike(x, rowStrides(x.shape())) ? x
                : reordered(x, Nd4j.createUninitialized(DataType.FLOAT, x.shape(), 'c'));
    }

    /**
     * Checks an array that is to be filled.
     *
     * @throws IllegalArgumentException if it has not the shape, is not float32, or does not lie row by row without gaps
     */
    static void requireRows(String layer, String name, INDArray array, long... shape) {
        Arguments.requireShape(layer, name, array, shape);
        Arguments.requireType(layer, name, array, DataType.FLOAT);
        if (!liesLike(array, rowStrides(shape))) {
            throw new IllegalArgumentException(layer + ": " + name + " has strides " + Arrays.toString(array.stride())
                    + ", expected " + Arrays.toString(rowStrides(shape)) + ", row by row without gaps; use dup('c')");
        }
    }

    private static INDArray reordered(INDArray from, INDArray to) {
        if (from.rank() != 4 || Arrays.stream(from.stride()).anyMatch(stride -> stride == 0)) {
            // oneDNN has no form for an array that repeats its elements
            return to.assign(from);
        }
        ReorderKey key = new ReorderKey(list(from.shape()), list(from.stride()), list(to.stride()));
        Call reorder = Primitives.of(key, () -> {
            memory.desc source = asItLies(from);
            memory.desc target = asItLies(to);
            return new Call(new reorder(
                    new reorder.primitive_desc(Primitives.engine(), source, Primitives.engine(), target)))
                    .argument(DNNL_ARG_SRC, source).argument(DNNL_ARG_DST, target);
        });
        reorder.with(DNNL_ARG_SRC, from).with(DNNL_ARG_DST, to).run();
        return to;
    }

    private static memory.desc asItLies(INDArray array) {
        return new memory.desc(array.shape(), memory.data_type.f32, array.stride());
    }

    /** Returns the form that {@link #forOneDnn} brings arrays of a shape to. */
    static memory.desc form(long... shape) {
        return shape.length == 4 ? channelsLastForm(shape) : rowForm(shape);
    }

    /** Returns the form of images whose channels lie together. */
    static memory.desc channelsLastForm(long... shape) {
        return new memory.desc(shape, memory.data_type.f32, channelsLastStrides(shape));
    }

    /** Returns the form of an array that lies row by row. */
    static memory.desc rowForm(long... shape) {
        return new memory.desc(shape, memory.data_type.f32, rowStrides(shape));
    }

    /** Returns a form of the same shape and layout, in bfloat16 or float32. */
    static memory.desc rounded(memory.desc form, boolean bfloat16) {
        return new memory.desc(dimensions(form.get_dims()), type(bfloat16), dimensions(form.get_strides()));
    }

    /** Returns a form of the same shape, in bfloat16 or float32, in a layout that oneDNN chooses. */
    static memory.desc chosen(memory.desc form, boolean bfloat16) {
        return new memory.desc(dimensions(form.get_dims()), type(bfloat16), memory.format_tag.any);
    }

    private static memory.data_type type(boolean bfloat16) {
        return bfloat16 ? memory.data_type.bf16 : memory.data_type.f32;
    }

    private static long[] dimensions(LongPointer vector) {
        long[] dimensions = new long[Math.toIntExact(vector.limit())];
        vector.get(dimensions);
        return dimensions;
    }

    private static boolean liesLike(INDArray x, long[] strides) {
        for (int d = 0; d < strides.length; d++) {
            if (x.size(d) != 1 && x.stride(d) != strides[d]) {
                return false;
            }
        }
        return true;
    }

    private static long[] channelsLastStrides(long[] shape) {
        long row = shape[3] * shape[1];
        return new long[] {shape[2] * row, 1, row, shape[1]};
    }

    private static long[] rowStrides(long[] shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int d = shape.length - 1; d >= 0; d--) {
            strides[d] = stride;
            stride *= shape[d];
        }
        return strides;
    }

    static List<Long> list(long[] numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }
}
