package io.github.backprop4j.benchmark;

import java.util.Locale;

/** Whose steps are measured, with all sides; every process gets its name. */
enum BenchmarkNetwork {

    /** The notebook's: small convolutions, beside which all else tells. 11.5 MFLOP an image forward and backward. */
    NOTEBOOK("conv:10:5,relu,pool:2,conv:20:5,relu,pool:2,dense:100,relu"),

    /**
     * Three stages of 64, 128 and 256 filters of 3×3 with batch normalization, where arithmetic dominates: 233 MFLOP an
     * image forward and backward.
     */
    WIDE("conv:64:3,batchnorm,relu,pool:2,conv:128:3,batchnorm,relu,pool:2,conv:256:3,batchnorm,relu,pool:2");

    private final String layers;

    BenchmarkNetwork(String layers) {
        this.layers = layers;
    }

    /** Returns its layers before the output, as {@code --layers} takes them. */
    String layers() {
        return layers;
    }

    /** Returns the name in lower case, as options and processes take it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
