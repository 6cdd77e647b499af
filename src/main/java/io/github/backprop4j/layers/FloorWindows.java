package io.github.backprop4j.layers;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How the windows of a convolution or pooling lie on an image that they need not tile: as many as fit, counted from the
 * top left, {@code floor((side + 2·padding - size) / stride) + 1} along each side, as in PyTorch. The rows and columns
 * that are left over, at the bottom and on the right, belong to no window.
 *
 * <p>The functions of {@code layers} demand windows that tile. So an image with something left over is padded and cropped
 * to what the windows cover before it is handed to them.
 *
 * @param size pixels on each side of a window
 * @param stride pixels from one window to the next
 * @param padding pixels around the image
 */
public record FloorWindows(int size, int stride, int padding) {

    /**
     * An image that the windows tile.
     *
     * @param padding what is still to be padded
     */
    public record Fitted(INDArray x, int padding) {}

    /** Returns a side that windows with the same padding tile, less the pixels left over. */
    public long covered(long side) {
        return side - leftOver(side);
    }

    /**
     * Makes images such that windows tile them; they stay as they are if windows do already.
     *
     * @param x images, (N, C, H, W)
     * @param value of what is padded
     */
    public Fitted fit(INDArray x, double value) {
        if (isTiled(x)) {
            return new Fitted(x, padding);
        }
        // padded on all sides first: what is left over may be more than the image
        INDArray padded = Padding.forward(x, padding, padding, padding, padding, value);
        return new Fitted(Padding.forward(padded, 0, -leftOver(x.size(2)), 0, -leftOver(x.size(3)), value), 0);
    }

    /**
     * Takes the gradient of what {@link #fit} gave back to the images.
     *
     * @param dFitted gradient of the fitted images
     * @param x images, (N, C, H, W)
     */
    public INDArray unfit(INDArray dFitted, INDArray x) {
        if (isTiled(x)) {
            return dFitted;
        }
        INDArray dPadded = Padding.backward(dFitted, 0, -leftOver(x.size(2)), 0, -leftOver(x.size(3)));
        return Padding.backward(dPadded, padding, padding, padding, padding);
    }

    private boolean isTiled(INDArray x) {
        return leftOver(x.size(2)) == 0 && leftOver(x.size(3)) == 0;
    }

    /** A window that is larger than the side leaves nothing over: {@code layers} refuses it, and says why. */
    private int leftOver(long side) {
        return (int) (Math.max(0, side + 2L * padding - size) % stride);
    }
}
