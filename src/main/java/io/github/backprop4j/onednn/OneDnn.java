package io.github.backprop4j.onednn;

import java.util.Locale;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What oneDNN can do here. */
public final class OneDnn {

    private OneDnn() {}

    /** Returns whether oneDNN is on the class path, with a build for this machine. */
    public static boolean isAvailable() {
        return Found.FLOAT32;
    }

    /** Returns whether it computes with bfloat16 on this processor, too. */
    public static boolean hasBfloat16() {
        return Found.BFLOAT16;
    }

    /**
     * Returns the version of oneDNN, which must be available, with the most that it uses of this processor's instructions,
     * as {@code 3.11.0 avx512_core_amx}.
     */
    public static String version() {
        dnnl_version_t version = dnnl.dnnl_version();
        return version.major() + "." + version.minor() + "." + version.patch() + " "
                + dnnl.get_effective_cpu_isa().toString().toLowerCase(Locale.ROOT);
    }

    /** Found out when first asked, as it loads oneDNN. */
    private static final class Found {
        private static final boolean FLOAT32 = convolves(false);
        private static final boolean BFLOAT16 = FLOAT32 && convolves(true);

        private static boolean convolves(boolean bfloat16) {
            try {
                INDArray one = Nd4j.ones(DataType.FLOAT, 1, 1, 1, 1);
                OneDnnConvolution.forward(one, one, Nd4j.ones(DataType.FLOAT, 1), 1, 0, bfloat16);
                return true;
            } catch (LinkageError | RuntimeException e) {
                // no such class on the class path, no native library for this machine, or nothing for this processor in it
                return false;
            }
        }
    }
}
