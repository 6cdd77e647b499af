package io.github.backprop4j.parallel;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerPointer;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells which kernels OpenBLAS computes with on x86, where it has some for each family of processors. OpenBLAS chooses
 * them when it is loaded, unless the environment variable OPENBLAS_CORETYPE does. The one that our pom names knows today's
 * processors; that of 2021, which another build may bring, takes those of a processor of 2007 where it does not know one.
 */
public final class BlasKernels {

    private static final Logger LOG = LoggerFactory.getLogger(BlasKernels.class);

    /** Names of kernels without fused multiply-add, as OPENBLAS_CORETYPE takes them. */
    private static final List<String> WITHOUT_FMA = List.of("Prescott", "Core2", "Nehalem", "Barcelona", "Sandybridge");

    private static final List<String> WITH_FMA = List.of(
            "Haswell", "Zen", "SkylakeX", "Cooperlake", "SapphireRapids", "Bulldozer", "Piledriver", "Steamroller",
            "Excavator");

    /** ND4J's number for AVX2; that of AVX-512 is higher. */
    private static final int AVX2_LEVEL = 2;

    /** Whether this process has been checked: its kernels stay the same, so one warning is enough. */
    private static final AtomicBoolean CHECKED = new AtomicBoolean();

    private BlasKernels() {}

    /**
     * Returns the name of the kernels in use, as OPENBLAS_CORETYPE takes it.
     *
     * @return the name; empty if OpenBLAS has only one kind of kernels, as on ARM, or another BLAS is in its place
     */
    public static Optional<String> inUse() {
        Natives.load();
        // no Java binding has openblas_get_corename; it compares this pointer with those tables, too
        return Optional.ofNullable(Loader.addressof("gotoblas"))
                .map(variable -> new PointerPointer<>(variable).get(0))
                .flatMap(table -> Stream.concat(WITH_FMA.stream(), WITHOUT_FMA.stream())
                        .filter(name -> table.equals(Loader.addressof("gotoblas_" + name.toUpperCase(Locale.ROOT))))
                        .findFirst());
    }

    /**
     * Logs a warning with the remedy if the kernels in use are slower than this processor allows. Only the first call in
     * a process does anything.
     */
    static void warnOnceIfSlow() {
        if (CHECKED.getAndSet(true)) {
            return;
        }
        Optional<String> kernels = inUse();
        if (slow(kernels, processorHasAvx2())) {
            LOG.warn("OpenBLAS: found its {} kernels in use, expected those for AVX2, some twice as fast on this processor;"
                    + " unset OPENBLAS_CORETYPE, or put org.bytedeco:openblas-platform 0.3.31-1.5.13 on the class path",
                    kernels.get());
        }
    }

    static boolean slow(Optional<String> kernels, boolean avx2) {
        return avx2 && kernels.filter(WITHOUT_FMA::contains).isPresent();
    }

    static boolean processorHasAvx2() {
        Natives.load();
        return NativeOpsHolder.getInstance().getDeviceNativeOps().optimalLevel() >= AVX2_LEVEL;
    }
}
