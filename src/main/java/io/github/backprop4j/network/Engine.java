package io.github.backprop4j.network;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.onednn.OneDnn;
import io.github.backprop4j.parallel.Natives;
import java.util.Locale;

/** What computes a network: whose {@link Functions} its layers call. */
public enum Engine {

    /** The functions of {@code layers}, by ND4J's im2col and operations and by OpenBLAS; available everywhere. */
    IM2COL {
        @Override
        public boolean isAvailable() {
            return true;
        }

        @Override
        Functions functionsIn(Precision precision) {
            return Functions.OF_LAYERS;
        }

        @Override
        boolean computesIn(Precision precision) {
            return precision == Precision.FLOAT32;
        }
    },

    /** oneDNN, if {@code org.bytedeco:dnnl-platform} is on the class path and has a build for this machine. */
    ONEDNN {
        @Override
        public boolean isAvailable() {
            Natives.load();
            return OneDnn.isAvailable();
        }

        @Override
        Functions functionsIn(Precision precision) {
            return new OneDnnFunctions(precision);
        }

        @Override
        boolean computesIn(Precision precision) {
            return precision == Precision.FLOAT32 || OneDnn.hasBfloat16();
        }
    };

    /** Returns the fastest that this process has. */
    public static Engine fastest() {
        return ONEDNN.isAvailable() ? ONEDNN : IM2COL;
    }

    /** Returns the precision in which it computes wide networks fastest on this processor. */
    public Precision fastestPrecision() {
        return computesIn(Precision.BF16) ? Precision.BF16 : Precision.FLOAT32;
    }

    /** Returns whether this process has what the engine needs. */
    public abstract boolean isAvailable();

    abstract Functions functionsIn(Precision precision);

    abstract boolean computesIn(Precision precision);

    /**
     * Returns its functions, for those who call them outside of a network.
     *
     * @throws InvalidInputException if the engine is not available here, or has no such precision
     */
    public Functions functions(Precision precision) {
        requireAvailable();
        requirePrecision(precision);
        return functionsIn(precision);
    }

    /**
     * Checks that the engine is available.
     *
     * @throws InvalidInputException if it is not; the message says what to do
     */
    public void requireAvailable() {
        if (!isAvailable()) {
            throw new InvalidInputException("engine: " + this + ", but oneDNN is not there: put"
                    + " org.bytedeco:dnnl-platform:3.11-1.5.13 on the class path, or use engine " + IM2COL);
        }
    }

    /**
     * Checks that the engine computes in a precision on this processor.
     *
     * @throws InvalidInputException if it does not; the message says what to do
     */
    public void requirePrecision(Precision precision) {
        if (!computesIn(precision)) {
            throw new InvalidInputException("precision: " + precision + ", but engine " + this + " computes in "
                    + Precision.FLOAT32 + " alone" + (this == ONEDNN ? " on this processor; use that" : "; use engine " + ONEDNN));
        }
    }

    /** Returns the engine's name in lower case, as the command line takes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
