package io.github.backprop4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;

import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;

/** oneDNN's operations on two arrays, element by element. */
final class Binary {

    private Binary() {}

    /**
     * Makes a call of arguments {@code SRC_0}, {@code SRC_1} and {@code DST}.
     *
     * @param first form of the first array and of the result
     * @param second form of the other, which may have 1 where the first has more
     * @param attributes what is done to the result
     */
    static Call call(algorithm operation, memory.desc first, memory.desc second, primitive_attr attributes) {
        return new Call(new binary(new binary.primitive_desc(
                Primitives.engine(), operation, first, second, first, attributes, false)))
                .argument(DNNL_ARG_SRC_0, first).argument(DNNL_ARG_SRC_1, second).argument(DNNL_ARG_DST, first);
    }

    /** Returns attributes that have operations done to the result, in turn. */
    static primitive_attr followedBy(post_ops operations) {
        primitive_attr attributes = new primitive_attr();
        attributes.set_post_ops(operations);
        return attributes;
    }
}
