package io.github.backprop4j.layers;

import static io.github.backprop4j.layers.Arguments.rowMajor;

import io.github.backprop4j.layers.Gemm.Matrix;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How the columns of a convolution over images (C, H, W) lie in memory.
 *
 * <p>Column (i, j) of im2col holds the pixels under the window of output (i, j), so that a convolution is
 * {@code weights·columns}. With stride 1 the pixels under one kernel row are those under the row above it, one window
 * lower. So the columns are made for a single kernel row only, over all H + 2·padding rows of the padded image, and
 * those of kernel row q begin {@code q·OW} elements further on. The columns are KH times smaller for it, and there is
 * one product for each kernel row, which is called a <em>band</em> here (Cho and Brand, MEC: Memory-efficient
 * Convolution for Deep Neural Network, ICML 2017).
 *
 * <p>ND4J's im2col goes from pixel to pixel, which is slow. With stride 1 it is therefore called for windows of one
 * pixel, where it only pads; the KW pixels of a kernel row are then a view of the padded images, with windows that
 * overlap, and ND4J copies that view row by row. With other strides there is one band, the whole kernel, straight from
 * im2col.
 */
record Lowering(
        int channels, int height, int width, int kernelHeight, int kernelWidth, int stride, int padding, int outHeight,
        int outWidth) {

    /**
     * Returns the lowering of {@code x} (N, C, H, W) for {@code weights} (F, C, KH, KW).
     *
     * @throws IllegalArgumentException if the windows do not tile the padded image
     */
    static Lowering of(INDArray x, INDArray weights, int stride, int padding) {
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

    /**
     * Returns memory for the columns of so many images: (N, C, KH, KW, OH, OW), where KH and OH are those of a band.
     */
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
        // any strides would do for the two sides of length 1, but im2col takes four times as long if two are equal
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

    /**
     * Adds up at each pixel the elements of the columns that im2col would copy from it.
     *
     * @param images overwritten with the sums
     */
    void col2im(INDArray columns, INDArray images) {
        org.nd4j.linalg.convolution.Convolution.col2im(
                columns, images, stride, stride, padding, padding, height, width, 1, 1);
    }

    /** Returns the columns of an image, given those of the first. */
    Matrix columnsOfImage(Matrix first, long image) {
        return first.shifted(image * columnsPerImage());
    }

    /** Returns the columns of an image as a band sees them, given those of band 0. */
    Matrix columnsOfBand(Matrix ofImage, int band) {
        return ofImage.shifted((long) band * outWidth);
    }

    /** Returns the columns of the first image as band 0 sees them: (C·KH·KW) × (OH·OW), where KH is that of a band. */
    Matrix firstColumns(INDArray columns) {
        return Matrix.at(columns, 0, rows(), outSize(), (long) columnHeight() * outWidth);
    }

    /** Returns the weights band by band, each a matrix F × (C·KH·KW): (bands, F, C, KH·KW). */
    INDArray toBands(INDArray weights) {
        return rowMajor(weights)
                .reshape('c', weights.size(0), channels, bands(), (long) bandHeight() * kernelWidth)
                .permute(2, 0, 1, 3)
                .dup('c');
    }

    Matrix firstBand(INDArray bands) {
        return Matrix.of(bands, bands.size(1), rows());
    }

    /** Returns zeros for the gradient of the weights, for each band a matrix (C·KH·KW) × F: (bands, C, KH·KW, F). */
    INDArray allocateTransposedBands(DataType type, long filters) {
        return Nd4j.create(type,
                new long[] {bands(), channels, (long) bandHeight() * kernelWidth, filters}, 'c');
    }

    Matrix firstTransposedBand(INDArray transposedBands) {
        return Matrix.of(transposedBands, rows(), transposedBands.size(3));
    }

    /** Returns transposed bands as an array of the weights' shape, (F, C, KH, KW). */
    INDArray fromTransposedBands(INDArray transposedBands) {
        return transposedBands.permute(3, 1, 0, 2).dup('c')
                .reshape('c', transposedBands.size(3), channels, kernelHeight, kernelWidth);
    }
}
