package io.github.backprop4j.data;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A way to look at images: mirrored or not, left to right, and then moved over their border, which is reflected without
 * being repeated, so that the pixel beside the border is the one on its other side.
 *
 * @param mirrored whether they are mirrored
 * @param down pixels by which they are moved, up if negative; less than their height
 * @param right pixels by which they are moved, to the left if negative; less than their width
 */
public record View(boolean mirrored, int down, int right) {

    /** The images as they are. */
    public static final View PLAIN = new View(false, 0, 0);

    /**
     * Makes an array of what is seen of some images.
     *
     * @param images (N, C, H, W), row by row; left unchanged
     * @param from the first image, from 0
     * @param to the image behind the last
     * @return (to - from, C, H, W), float32
     * @throws IllegalArgumentException if they are moved by a whole side or more
     */
    public INDArray of(float[] images, int from, int to, int channels, int height, int width) {
        if (Math.abs(down) >= height || Math.abs(right) >= width) {
            throw new IllegalArgumentException("view: moved by " + down + " down and " + right + " right over images of "
                    + height + "x" + width + ", expected less than their height and width");
        }
        int size = channels * height * width;
        INDArray seen = Nd4j.createUninitialized(DataType.FLOAT, new long[] {to - from, channels, height, width}, 'c');
        boolean plain = equals(PLAIN);
        seen.data().asNioFloat().put(plain ? images : taken(images, from, to, channels, height, width),
                plain ? from * size : 0, (to - from) * size);
        return seen;
    }

    private float[] taken(float[] images, int from, int to, int channels, int height, int width) {
        int size = channels * height * width;
        float[] taken = new float[(to - from) * size];
        int[] rows = Picture.Border.REFLECTED.moved(down, height);
        // what is mirrored behind the move has to be moved the other way
        int[] columns = mirrored ? Picture.mirrored(Picture.Border.REFLECTED.moved(-right, width))
                : Picture.Border.REFLECTED.moved(right, width);
        for (int i = from; i < to; i++) {
            new Picture(taken, (i - from) * size, channels, height, width).take(rows, columns, images, i * size);
        }
        return taken;
    }
}
