package io.github.backprop4j.layers;

import io.github.backprop4j.layers.Gemm.Matrix;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The columns of a batch of images, and the products that a {@link Convolution} makes of them.
 *
 * <p>The columns of all images together would be KH·KW times as large as the images, or KW times with the bands of
 * {@link Lowering}. So of a large batch only a slice is in memory at any time: columns are made when a product asks for
 * them, and each slice overwrites the one before it.
 */
final class Columns {

    /**
     * How many images have their columns in memory at once. So many still fit into the processor's cache; more of them
     * would have to be fetched from memory for each product.
     */
    static final int LOWERED_AT_ONCE = 32;

    /** Computes the columns of the images that a slice has room for, beginning with image {@code from} of the batch. */
    @FunctionalInterface
    private interface Maker {
        void make(long from, INDArray slice);
    }

    /** Computes with the columns of some images, the first of which is image {@code from} of the batch. */
    @FunctionalInterface
    private interface SliceTask {
        void run(long from, INDArray slice);
    }

    /** Computes with the columns of one image, seen as those of its first band. */
    @FunctionalInterface
    private interface ImageTask {
        void run(long image, Matrix columns);
    }

    private final Lowering lowering;
    private final long images;
    private final INDArray memory;
    private final Maker maker;

    private Columns(Lowering lowering, long images, INDArray memory, Maker maker) {
        this.lowering = lowering;
        this.images = images;
        this.memory = memory;
        this.maker = maker;
    }

    private static Columns madeOnDemand(Lowering lowering, long images, DataType type, Maker maker) {
        INDArray memory = lowering.allocateColumns(type, Math.min(images, LOWERED_AT_ONCE));
        return new Columns(lowering, images, memory, maker);
    }

    /** The columns that {@link #kept} has returned. */
    static Columns of(Lowering lowering, INDArray kept) {
        return new Columns(lowering, kept.size(0), kept, (from, slice) -> {});
    }

    /**
     * The pixels under each window of each image.
     *
     * @param x images, (N, C, H, W), row by row without gaps
     */
    static Columns im2col(Lowering lowering, INDArray x) {
        Columns columns = madeOnDemand(lowering, x.size(0), x.dataType(),
                (from, slice) -> lowering.im2col(slice(x, from, slice.size(0)), slice));
        if (columns.kept() == null) {
            return columns;
        }
        columns.maker.make(0, columns.memory);
        return of(lowering, columns.memory);
    }

    /** The columns of all images, or null if the batch is too large to have them in memory at once. */
    INDArray kept() {
        return images > LOWERED_AT_ONCE ? null : memory;
    }

    /**
     * {@code weights · columns}.
     *
     * @param weights (F, C, KH, KW), seen as a matrix F × (C·KH·KW)
     * @return (N, F, OH, OW), for each image a matrix F × (OH·OW)
     */
    static INDArray multiply(INDArray weights, Columns columns) {
        Lowering lowering = columns.lowering;
        long filters = weights.size(0);
        INDArray product = Nd4j.createUninitialized(weights.dataType(),
                new long[] {columns.images, filters, lowering.outHeight(), lowering.outWidth()}, 'c');
        Matrix kernel = lowering.firstBand(lowering.toBands(weights));
        Matrix first = Matrix.of(product, filters, lowering.outSize());
        columns.forEachImage((image, column) -> {
            Matrix out = nth(first, image);
            Gemm.multiply(kernel, column, out);
            for (int band = 1; band < lowering.bands(); band++) {
                Gemm.addMultiply(nth(kernel, band), lowering.columnsOfBand(column, band), out);
            }
        });
        return product;
    }

    /**
     * {@code dOut · columnsᵀ}, added up over the images.
     *
     * @param dOut (N, F, OH, OW), row by row without gaps, for each image a matrix F × (OH·OW)
     * @return (F, C, KH, KW), a matrix F × (C·KH·KW)
     */
    static INDArray multiplyByTransposed(INDArray dOut, Columns columns) {
        Lowering lowering = columns.lowering;
        long filters = dOut.size(1);
        // as the transposed product, columns·dOutᵀ: OpenBLAS takes a fifth less time or better with the longer side
        // first
        INDArray transposed = lowering.allocateTransposedBands(dOut.dataType(), filters);
        Matrix dKernel = lowering.firstTransposedBand(transposed);
        Matrix first = Matrix.of(dOut, filters, lowering.outSize());
        columns.forEachImage((image, column) -> {
            Matrix error = nth(first, image);
            for (int band = 0; band < lowering.bands(); band++) {
                Gemm.addMultiplyTransposed(lowering.columnsOfBand(column, band), error, nth(dKernel, band));
            }
        });
        return lowering.fromTransposedBands(transposed);
    }

    /**
     * {@code weightsᵀ · dOut}: columns again, made on demand for {@link #col2im}.
     *
     * @param weights (F, C, KH, KW), seen as a matrix F × (C·KH·KW)
     * @param dOut (N, F, OH, OW), row by row without gaps, for each image a matrix F × (OH·OW)
     */
    static Columns multiplyTransposed(Lowering lowering, INDArray weights, INDArray dOut) {
        Matrix kernel = lowering.firstBand(lowering.toBands(weights));
        Matrix first = Matrix.of(dOut, dOut.size(1), lowering.outSize());
        return madeOnDemand(lowering, dOut.size(0), dOut.dataType(), (from, slice) -> {
            slice.assign(0);
            forEachImage(lowering, from, slice, (image, column) -> {
                Matrix error = nth(first, image);
                for (int band = 0; band < lowering.bands(); band++) {
                    Gemm.addTransposedMultiply(nth(kernel, band), error, lowering.columnsOfBand(column, band));
                }
            });
        });
    }

    /**
     * The adjoint of {@link #im2col}: each pixel is the sum of the elements that im2col would copy from it.
     *
     * @return images, (N, C, H, W)
     */
    static INDArray col2im(Columns columns) {
        Lowering lowering = columns.lowering;
        INDArray x = Nd4j.createUninitialized(columns.memory.dataType(),
                new long[] {columns.images, lowering.channels(), lowering.height(), lowering.width()}, 'c');
        columns.forEachSlice((from, slice) -> lowering.col2im(slice, slice(x, from, slice.size(0))));
        return x;
    }

    private void forEachImage(ImageTask task) {
        forEachSlice((from, slice) -> forEachImage(lowering, from, slice, task));
    }

    private void forEachSlice(SliceTask task) {
        for (long from = 0; from < images; from += LOWERED_AT_ONCE) {
            INDArray slice = slice(memory, 0, Math.min(LOWERED_AT_ONCE, images - from));
            maker.make(from, slice);
            task.run(from, slice);
        }
    }

    private static void forEachImage(Lowering lowering, long from, INDArray slice, ImageTask task) {
        Matrix first = lowering.firstColumns(slice);
        for (long i = 0; i < slice.size(0); i++) {
            task.run(from + i, lowering.columnsOfImage(first, i));
        }
    }

    private static INDArray slice(INDArray batch, long from, long count) {
        return count == batch.size(0) ? batch : batch.get(NDArrayIndex.interval(from, from + count));
    }

    /** One of several matrices that lie one after the other. */
    private static Matrix nth(Matrix first, long n) {
        return first.shifted(n * first.rows() * first.columns());
    }
}
