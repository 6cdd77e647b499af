package io.github.backprop4j.network;

import io.github.backprop4j.files.Ranges;
import io.github.backprop4j.layers.AveragePooling;
import io.github.backprop4j.layers.FloorWindows;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@link AveragePooling}: {@code avgpool:SIZE[:STRIDE]}. Windows that do not tile the image leave its last rows and columns out
 * ({@link FloorWindows}).
 *
 * @param size pixels on each side of a window, at least 1
 * @param stride pixels from one window to the next, at least 1; the size unless given
 */
public record AveragePoolLayer(int size, int stride) implements Layer {

    static final LayerType TYPE = new LayerType("avgpool", "avgpool:SIZE[:STRIDE]", arguments -> {
        int size = arguments.whole("SIZE");
        return new AveragePoolLayer(size, arguments.whole("STRIDE", size));
    });

    /** Windows that lie side by side. */
    public AveragePoolLayer(int size) {
        this(size, size);
    }

    /** @throws IllegalArgumentException if a setting is out of range */
    public AveragePoolLayer {
        Ranges.requireAtLeast(1, "size", size);
        Ranges.requireAtLeast(1, "stride", stride);
    }

    @Override
    public long[] outputShape(long[] input) {
        Shapes.requireImages(input);
        FloorWindows windows = new FloorWindows(size, stride, 0);
        return new long[] {input[0], AveragePooling.outputSize(windows.covered(input[1]), size, stride, 0),
            AveragePooling.outputSize(windows.covered(input[2]), size, stride, 0)};
    }

    @Override
    public Forward forward(
            INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
        return Forward.of(functions.averagePooling(x, size, stride));
    }

    @Override
    public String toString() {
        return TYPE.keyword() + ":" + size + ":" + stride;
    }
}
