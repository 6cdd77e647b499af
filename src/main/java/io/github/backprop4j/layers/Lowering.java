package io.github.backprop4j.layers;

import static io.github.backprop4j.layers.Arguments.error;
import static io.github.backprop4j.layers.Arguments.requireRank;
import static io.github.backprop4j.layers.Arguments.requireSameType;
import static io.github.backprop4j.layers.Arguments.rowMajor;
import static io.github.backprop4j.layers.Arguments.shape;

import io.github.backprop4j.layers.Gemm.Matrix;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How a convolution over (C, H, W) images becomes products of matrices: its columns and where they lie.
 *
 * <p>Column (i, j) of im2col holds the pixels under the window of output (i, j), so that a convolution is
 * {@code weights·columns}. With stride 1 the pixels under one kernel row are those under the row above it, one window
 * lower. So the columns are made for a single kernel row, over all H + 2·padding rows of the padded image, and
 * kernel row q finds its own {@code q·OW} elements further on: one product for each kernel row (a <em>band</em>), on
 * columns KH times smaller (Cho and Brand, MEC: Memory-efficient Convolution for Deep Neural Network, ICML 2017).
 * im2col goes from pixel to pixel; so it lowers for a window of one pixel, which pads, and the KW pixels of the kernel
 * row are a view of that whose windows overlap, which ND4J copies row by row. Other strides have one band, the whole
 * kernel, straight from im2col.
 */
record Lowering(
        int channels, int height, int width, int kernelHeight, int kernelWidth, int stride, int padding, int outHeight,
        int outWidth) {

    /**
     * The lowering of {@code x} (N, C, H, W) for {@code weights} (F, C, KH, KW).
     *
     * @throws IllegalArgumentException if they do not fit together or the windows do not tile the padded image
     */
    static Lowering of(INDArray x, INDArray weights, int stride, int padding) {
        requireRank("convolution", "x", x, "N, C, H, W");
        requireRank("convolution", "weights", weights, "F, C, KH, KW");
        requireSameType("convolution", "weights", weights, x);
        if (x.size(1) != weights.size(1)) {
            throw error("convolution", "x %s has %d channels but weights %s expect %d", shape(x), x.size(1),
                    shape(weights), weights.size(1));
        }
        return new Lowering((int) x.size(1), (int) x.size(2), (int) x.size(3), (int) weights.size(2),
                (int) weights.size(3), stride, padding,
                Convolution.outputSize(x.size(2), (int) weights.size(2), stride, padding),
                Convolution.outputSize(x.size(3), (int) weights.size(3), stride, padding));
    }

    int outSize() {
        return outHeight * outWidth;
    }

    int bands() {
        return stride == 1 ? kernelHeight : 1;
    }

    private int bandHeight() {
        return kernelHeight / bands();
    }

    private int columnHeight() {
        return stride == 1 ? height + 2 * padding : outHeight;
    }

    private int rows() {
        return channels * bandHeight() * kernelWidth;
    }

    private long columnsPerImage() {
        return (long) rows() * columnHeight() * outWidth;
    }

    /** Room for the columns of so many images: (N, C, KH, KW, OH, OW), KH and OH as the bands have it. */
    INDArray allocateColumns(DataType type, long images) {
        return Nd4j.createUninitialized(type,
                new long[] {images, channels, bandHeight(), kernelWidth, columnHeight(), outWidth}, 'c');
    }

    void im2col(INDArray images, INDArray columns) {
        if (stride > 1) {
            im2col(images, bandHeight(), kernelWidth, columns);
            return;
        }
        long n = images.size(0);
        long h = columnHeight();
        long w = width + 2L * padding;
        INDArray padded = Nd4j.createUninitialized(images.dataType(), new long[] {n * channels, h, w}, 'c');
        // the strides of the two sides of length 1 only have to fall: im2col is three times slower if two are equal
        im2col(images, 1, 1, strided(padded, new long[] {n, channels, 1, 1, h, w},
                channels * h * w, h * w, h * w - 1, h * w - 2, w, 1));
        INDArray windows = strided(padded, new long[] {n * channels, kernelWidth, h, outWidth}, h * w, 1, w, 1);
        columns.reshape('c', windows.shape()).assign(windows);
    }

    private void im2col(INDArray images, int windowHeight, int windowWidth, INDArray columns) {
        org.nd4j.linalg.convolution.Convolution.im2col(
                images, windowHeight, windowWidth, stride, stride, padding, padding, false, columns);
    }

    private static INDArray strided(INDArray array, long[] shape, long... strides) {
        return Nd4j.create(array.data(), shape, strides, array.offset(), 'c');
    }

    /** Adds each element of the columns onto the pixel that im2col would take it from; {@code images} is overwritten. */
    void col2im(INDArray columns, INDArray images) {
        org.nd4j.linalg.convolution.Convolution.col2im(
                columns, images, stride, stride, padding, padding, height, width, 1, 1);
    }

    /** The columns of another image, given those of the first. */
    Matrix columnsOfImage(Matrix first, long image) {
        return first.shifted(image * columnsPerImage());
    }

    /** The columns of an image as another band sees them, given those of band 0. */
    Matrix columnsOfBand(Matrix ofImage, int band) {
        return ofImage.shifted((long) band * outWidth);
    }

    /** The columns of the first image as band 0 sees them: (C·KH·KW) × (OH·OW), KH as the bands have it. */
    Matrix firstColumns(INDArray columns) {
        return Matrix.at(columns, 0, rows(), outSize(), (long) columnHeight() * outWidth);
    }

    /** The weights with the bands outermost, each a matrix F × (C·KH·KW): (bands, F, C, KH·KW). */
    INDArray toBands(INDArray weights) {
        return rowMajor(weights)
                .reshape('c', weights.size(0), channels, bands(), (long) bandHeight() * kernelWidth)
                .permute(2, 0, 1, 3)
                .dup('c');
    }

    Matrix firstBand(INDArray bands) {
        return Matrix.of(bands, bands.size(1), rows());
    }

    /** Room for the gradient of the weights, each band a matrix (C·KH·KW) × F, of zeros: (bands, C, KH·KW, F). */
    INDArray allocateTransposedBands(DataType type, long filters) {
        return Nd4j.create(type,
                new long[] {bands(), channels, (long) bandHeight() * kernelWidth, filters}, 'c');
    }

    Matrix firstTransposedBand(INDArray transposedBands) {
        return Matrix.of(transposedBands, rows(), transposedBands.size(3));
    }

    /** From transposed bands to (F, C, KH, KW). */
    INDArray fromTransposedBands(INDArray transposedBands) {
        return transposedBands.permute(3, 1, 0, 2).dup('c')
                .reshape('c', transposedBands.size(3), channels, kernelHeight, kernelWidth);
    }
}
