package io.github.backprop4j.onnx;

import io.github.backprop4j.network.ConvLayer;
import io.github.backprop4j.network.DenseLayer;
import io.github.backprop4j.network.ReluLayer;
import io.github.backprop4j.network.ScaleLayer;
import io.github.backprop4j.onnx.Piece.Affine;
import io.github.backprop4j.onnx.Piece.Part;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Layers in a row, put together piece by piece. What is no layer of its own goes into its neighbours: arithmetic before
 * the first layer becomes the scaling of images, arithmetic behind weights goes into them, padding into the convolution
 * behind it. Padding before other layers becomes a convolution that passes its channels on.
 */
final class Sequence {

    /** Of padding without a convolution behind it: 64 MB of float32. */
    private static final long MAX_PADDED_CHANNELS = 4096;

    private final List<Part> parts = new ArrayList<>();
    private final boolean isNetwork;
    private Affine beginning = new Affine(Nd4j.ones(DataType.DOUBLE, 1, 1, 1), Nd4j.zeros(DataType.DOUBLE, 1, 1, 1));
    private Step padding;
    private Step end;

    private Sequence(boolean isNetwork) {
        this.isNetwork = isNetwork;
    }

    /** Begins with images, which arithmetic scales. */
    static Sequence ofNetwork() {
        return new Sequence(true);
    }

    /** Begins in the middle of a network. */
    static Sequence ofBranch() {
        return new Sequence(false);
    }

    /** Puts arithmetic on images before all that the sequence begins with. */
    void scaleFirst(INDArray factor, INDArray offset) {
        beginning = new Affine(beginning.factor().mul(factor), beginning.factor().mul(offset).add(beginning.offset()));
    }

    /** Returns what is done to images before the first layer, {@code factor · x + offset}, each (C|1, H|1, W|1). */
    Affine beginning() {
        return beginning;
    }

    /** Returns the layers. */
    List<Part> parts() {
        endPadding();
        return List.copyOf(parts);
    }

    private void endPadding() {
        if (padding != null) {
            parts.add(paddingAlone(padding, ((Piece.ZeroPadding) padding.piece()).pixels()));
            padding = null;
        }
    }

    /** A convolution whose filters are the identity. */
    private static Part paddingAlone(Step step, int pixels) {
        long channels = step.value().dims()[0];
        if (channels > MAX_PADDED_CHANNELS) {
            throw step.node().error("pads " + channels + " channels, expected at most " + MAX_PADDED_CHANNELS);
        }
        int filters = (int) channels;
        step.node().make(channels * channels);
        step.node().keep(channels * channels);
        INDArray identity = Nd4j.eye(filters).castTo(DataType.FLOAT).reshape(new long[] {filters, filters, 1, 1});
        return new Part(new ConvLayer(filters, 1, 1, pixels, true, false), List.of(identity));
    }

    /**
     * Adds what a step comes to.
     *
     * @throws IllegalArgumentException if it has no counterpart at this place
     */
    void add(Step step, Piece piece) {
        if (piece instanceof Piece.Same) {
            return;
        }
        if (end != null) {
            throw end.node().error("is not at the end, expected nothing behind it");
        }
        if (padding != null && !(piece instanceof Part part && part.layer() instanceof ConvLayer)) {
            endPadding();
        }
        try {
            addMeaning(step, piece);
        } catch (IllegalArgumentException e) {
            throw e.getMessage().startsWith(step.node().name()) ? e : step.node().error(e.getMessage());
        }
    }

    private void addMeaning(Step step, Piece piece) {
        if (piece instanceof Part part) {
            step.node().keep(part.arrays().stream().mapToLong(INDArray::length).sum());
            parts.add(padding == null ? part : padded(part));
            padding = null;
        } else if (piece instanceof Piece.Scaled scaled) {
            parts.add(new Part(scaled.layer()));
            scale(scaled.factor());
        } else if (piece instanceof Piece.PaddedPooling pooling) {
            if (!pooling.asZeros() && (parts.isEmpty() || !(last().layer() instanceof ReluLayer))) {
                throw step.node().error("has pads " + pooling.pixels()
                        + ", which has a counterpart here only behind a Relu");
            }
            parts.add(paddingAlone(step, pooling.pixels()));
            parts.add(new Part(pooling.layer()));
        } else if (piece instanceof Piece.ZeroPadding) {
            padding = step;
        } else if (piece instanceof Affine affine) {
            addArithmetic(step, affine);
        } else if (piece instanceof Piece.Probabilities && isNetwork) {
            end = step;
        } else if (piece instanceof Piece.Elementwise) {
            throw step.node().error("is known here only as a part of GELU, x·(1 + erf(x/√2))/2");
        } else {
            throw step.node().error("has no counterpart inside a residual block");
        }
    }

    private Part padded(Part part) {
        ConvLayer conv = (ConvLayer) part.layer();
        int pixels = ((Piece.ZeroPadding) padding.piece()).pixels();
        return new Part(new ConvLayer(conv.filters(), conv.kernelSize(), conv.stride(),
                Math.addExact(conv.padding(), pixels), conv.bias()), part.arrays());
    }

    private void addArithmetic(Step step, Affine affine) {
        if (isNetwork && parts.isEmpty()) {
            INDArray factor = asImage(affine.factor(), step.value());
            beginning = new Affine(beginning.factor().mul(factor),
                    beginning.offset().mul(factor).add(asImage(affine.offset(), step.value())));
            // each is float64
            step.node().make(2 * (beginning.factor().length() + beginning.offset().length()));
        } else if (affine.factor().length() == 1 && isZero(affine.offset())) {
            scale(affine.factor().getDouble(0));
        } else if (!parts.isEmpty() && OutputFolding.isPossible(last(), affine)) {
            step.node().make(last().arrays().get(0).length());
            parts.set(parts.size() - 1, OutputFolding.fold(last(), affine));
        } else {
            throw step.node().error("adds a constant, or multiplies channels by one each, behind "
                    + (parts.isEmpty() ? "the beginning of a branch" : last().layer())
                    + ", which has no counterpart here; that is possible before the first layer and behind conv and dense");
        }
    }

    private static INDArray asImage(INDArray array, Value value) {
        return array.length() == 1 ? array.reshape(new long[] {1, 1, 1})
                : array.rank() == 3 ? array : array.reshape('c', value.ours());
    }

    private void scale(double factor) {
        double all = factor;
        if (!parts.isEmpty() && last().layer() instanceof ScaleLayer before) {
            parts.remove(parts.size() - 1);
            all *= before.factor();
        }
        if (all != 1) {
            parts.add(new Part(new ScaleLayer(all)));
        }
    }

    /** Multiplies the last weights by a scale behind them, where that is the end of a network. */
    void foldLastScale() {
        int count = parts.size();
        if (count > 1 && last().layer() instanceof ScaleLayer scale && parts.get(count - 2).layer() instanceof DenseLayer) {
            parts.remove(count - 1);
            parts.set(count - 2, OutputFolding.fold(last(), new Affine(
                    Nd4j.scalar(DataType.DOUBLE, scale.factor()), Nd4j.scalar(DataType.DOUBLE, 0))));
        }
    }

    private Part last() {
        return parts.get(parts.size() - 1);
    }

    private static boolean isZero(INDArray array) {
        return array.maxNumber().doubleValue() == 0 && array.minNumber().doubleValue() == 0;
    }
}
