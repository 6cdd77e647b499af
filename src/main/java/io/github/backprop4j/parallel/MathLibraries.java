package io.github.backprop4j.parallel;

import java.io.IOException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Tells which builds of ND4J and OpenBLAS compute in this process: another one may round in another order. */
public final class MathLibraries {

    private MathLibraries() {}

    /** Returns ND4J's version with the instructions that its natives were built for, as {@code 1.0.0-M2.1 level 0}. */
    public static String nd4j() {
        Natives.load();
        return version("org.nd4j", "nd4j-native", Nd4j.getBackend().getClass())
                + " level " + NativeOpsHolder.getInstance().getDeviceNativeOps().binaryLevel();
    }

    /** Returns OpenBLAS's version, with that of its binding, and {@link BlasKernels}, as {@code 0.3.31-1.5.13 Haswell}. */
    public static String openBlas() {
        return version("org.bytedeco", "openblas", openblas.class) + BlasKernels.inUse().map(name -> " " + name).orElse("");
    }

    /** Returns operating system and processor architecture, as {@code linux-x86_64}. */
    public static String system() {
        return Loader.getPlatform();
    }

    /** Returns what the library's jar says; "unknown" if it was packed anew without its description. */
    private static String version(String group, String artifact, Class<?> ofIt) {
        try {
            return Loader.getVersion(group, artifact, ofIt);
        } catch (IOException e) {
            return "unknown";
        }
    }
}
