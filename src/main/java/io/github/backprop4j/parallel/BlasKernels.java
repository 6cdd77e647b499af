package io.github.backprop4j.parallel;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernels, for one family of processors or another, that OpenBLAS computes with on x86. It chooses them when it is
 * loaded; the OpenBLAS that ND4J brings, of 2021, takes those of a processor of 2007 on one that it does not know.
 */
public final class BlasKernels {

    private static final Logger LOG = LoggerFactory.getLogger(BlasKernels.class);

    /** By the names that OPENBLAS_CORETYPE takes. */
    private static final List<String> WITHOUT_FMA = List.of("Prescott", "Core2", "Nehalem", "Barcelona", "Sandybridge");

    private static final List<String> WITH_FMA = List.of(
            "Haswell", "Zen", "SkylakeX", "Cooperlake", "Bulldozer", "Piledriver", "Steamroller", "Excavator");

    /** ND4J's number for AVX2; AVX-512 is above it. */
    private static final int AVX2_LEVEL = 2;

    /** The kernels are the process's, and one warning is enough for it. */
    private static final AtomicBoolean CHECKED = new AtomicBoolean();

    private BlasKernels() {}

    /**
     * The name of the kernels in use, as OPENBLAS_CORETYPE takes it.
     *
     * @return empty if OpenBLAS has but one kind of them, as on ARM, or another BLAS is in its place
     */
    public static Optional<String> inUse() {
        Nd4j.getBackend();
        // no Java binding has openblas_get_corename; it compares this pointer with those tables, too
        Pointer chosen = Loader.addressof("gotoblas");
        if (chosen == null) {
            return Optional.empty();
        }
        Pointer table = new PointerPointer<>(chosen).get(0);
        return Stream.concat(WITH_FMA.stream(), WITHOUT_FMA.stream())
                .filter(name -> table.equals(Loader.addressof("gotoblas_" + name.toUpperCase(Locale.ROOT))))
                .findFirst();
    }

    /** Logs a warning with the remedy, the first time in this process, if the kernels in use waste this processor. */
    static void warnOnceIfSlow() {
        if (CHECKED.getAndSet(true)) {
            return;
        }
        Optional<String> kernels = inUse();
        if (slow(kernels, processorHasAvx2())) {
            LOG.warn("OpenBLAS: found its {} kernels in use, expected those for AVX2, some twice as fast on this processor;"
                    + " set the environment variable OPENBLAS_CORETYPE=Haswell before Java starts", kernels.get());
        }
    }

    static boolean slow(Optional<String> kernels, boolean avx2) {
        return avx2 && kernels.filter(WITHOUT_FMA::contains).isPresent();
    }

    static boolean processorHasAvx2() {
        Nd4j.getBackend();
        return NativeOpsHolder.getInstance().getDeviceNativeOps().optimalLevel() >= AVX2_LEVEL;
    }
}
