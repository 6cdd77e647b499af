package io.github.backprop4j.layers;

import static io.github.backprop4j.layers.Arguments.requireRank;
import static io.github.backprop4j.layers.Arguments.requireSameType;
import static io.github.backprop4j.layers.Arguments.requireShape;
import static io.github.backprop4j.layers.Arguments.rowMajor;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.api.ops.impl.transforms.comparison.CompareAndReplace;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Max;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.conditions.Conditions;

/**
 * Max pooling: each output is the largest value in its window, the first of them if there are several.
 *
 * <p>Windows may overlap and may reach into the padding, whose cells never win. NaN counts as larger than any number,
 * as for NumPy's {@code argmax}.
 *
 * <p>Both passes work on whole planes: the cells at one place (p, q) of all windows are a strided view (N, C, OH, OW)
 * of the images, and a window of k×k has k² of them. ND4J copies such a view at memory speed but computes on one
 * slowly, so planes are copied in and out and all arithmetic is on contiguous arrays. ND4J's {@code maxpool2d_bp},
 * which goes from window to window, takes three times as long as backward: 46 µs instead of 14 for 10 planes of 32×32.
 */
public final class MaxPooling {

    /**
     * What {@link #backward} needs.
     *
     * @param argmax the place in its window that each output came from, counted row by row from 0: (N, C, OH, OW),
     *     whole numbers in x's data type
     * @param height of x
     * @param width of x
     */
    public record Cache(INDArray argmax, long height, long width, int size, int stride, int padding) {}

    /** The output, (N, C, OH, OW), and what {@link #backward} needs. */
    public record Forward(INDArray out, Cache cache) {}

    private MaxPooling() {}

    /**
     * Returns the height or width of the output: {@code (inputSize + 2·padding - size) / stride + 1}.
     *
     * @param inputSize height or width of the images
     * @param size pixels on each side of a window, at least 1
     * @param stride pixels from one window to the next, at least 1
     * @param padding pixels by which windows reach over each side, at least 0 and less than size
     * @throws IllegalArgumentException if the windows do not tile the padded image exactly or padding is too large
     */
    public static int outputSize(long inputSize, int size, int stride, int padding) {
        return Windows.countWithPixels("max pooling", inputSize, size, stride, padding);
    }

    /**
     * {@code out[n,c,i,j] = max_p,q x[n,c,i·stride+p-padding,j·stride+q-padding]}, where p and q go from 0 to size - 1;
     * {@code OH = (H + 2·padding - size) / stride + 1}, OW likewise.
     *
     * @param x images, (N, C, H, W)
     * @param size pixels on each side of a window, at least 1
     * @param stride pixels from one window to the next, at least 1
     * @param padding pixels by which windows reach over each side, at least 0 and less than size
     * @throws IllegalArgumentException if x is no such array or the windows do not tile the padded image
     */
    public static Forward forward(INDArray x, int size, int stride, int padding) {
        requireRank("max pooling", "x", x, "N, C, H, W");
        long[] shape = {x.size(0), x.size(1), outputSize(x.size(2), size, stride, padding),
            outputSize(x.size(3), size, stride, padding)};
        INDArray images = rowMajor(x);
        INDArray padded = Windows.pad(images, padding, Double.NEGATIVE_INFINITY);

        INDArray out = Nd4j.createUninitialized(x.dataType(), shape, 'c');
        INDArray argmax = null;
        INDArray cell = Nd4j.createUninitialized(x.dataType(), shape, 'c');
        out.assign(Windows.plane(padded, shape, 0, 0, stride, stride));
        for (int place = 1; place < size * size; place++) {
            cell.assign(Windows.plane(padded, shape, place / size, place % size, stride, stride));
            INDArray larger = cell.sub(out);
            Nd4j.getExecutioner().exec(new Step(larger, larger, 0.0));
            if (place == 1) {
                argmax = larger;
            } else {
                Nd4j.exec(new Max(argmax, larger.muli(place), argmax));
            }
            Nd4j.exec(new Max(out, cell, out));
        }
        if (argmax == null) {
            argmax = Nd4j.create(x.dataType(), shape, 'c');
        }
        if (padding > 0) {
            // only where all of a window is -∞ does the padding tie with it, and come first
            Nd4j.exec(new Max(argmax, firstInside(argmax, size, stride, padding), argmax));
        }
        if (Finite.hasNan(images)) {
            letNanWin(images, out, argmax, size, stride, padding);
        }
        return new Forward(out, new Cache(argmax, x.size(2), x.size(3), size, stride, padding));
    }

    /**
     * Each {@code dOut[n,c,i,j]} goes to the cell of its window that won in forward; a cell that won in several windows
     * gets the sum, one that won in none gets 0.
     *
     * @param dOut gradient of the output, (N, C, OH, OW)
     * @param cache from the forward of the same batch
     * @return dx, (N, C, H, W)
     * @throws IllegalArgumentException if dOut has not the output's shape and data type
     */
    public static INDArray backward(INDArray dOut, Cache cache) {
        INDArray argmax = cache.argmax;
        requireShape("max pooling", "dOut", dOut, argmax.shape());
        requireSameType("max pooling", "dOut", dOut, argmax);
        INDArray error = rowMajor(dOut);
        int size = cache.size;
        int padding = cache.padding;

        INDArray padded = Nd4j.createUninitialized(dOut.dataType(), new long[] {dOut.size(0), dOut.size(1),
            cache.height + 2L * padding, cache.width + 2L * padding}, 'c');
        if (cache.stride != size) {
            // otherwise the windows lie side by side, and each pixel is written once
            padded.assign(0);
        }
        boolean finite = Finite.allFinite(error);
        INDArray fromHere = Nd4j.createUninitialized(dOut.dataType(), argmax.shape(), 'c');
        INDArray fromNext = Nd4j.createUninitialized(dOut.dataType(), argmax.shape(), 'c');
        INDArray buffer = Nd4j.createUninitialized(dOut.dataType(), argmax.shape(), 'c');
        int last = size * size - 1;
        for (int place = last; place >= 0; place--) {
            // (argmax ≥ place) - (argmax ≥ place + 1), each 1 or 0, is 1 where this place won
            Nd4j.getExecutioner().exec(new Step(argmax, fromHere, place - 0.5));
            INDArray won = place == last ? fromNext.assign(fromHere) : fromNext.rsubi(fromHere);
            if (finite) {
                won.muli(error);
            } else {
                // no product: ∞·0 would put NaN into the cells that did not win
                Nd4j.getExecutioner().exec(new CompareAndReplace(won, error, won, Conditions.greaterThan(0)));
            }
            INDArray plane = Windows.plane(
                    padded, argmax.shape(), place / size, place % size, cache.stride, cache.stride);
            if (cache.stride < size) {
                Windows.add(plane, won, buffer);
            } else {
                plane.assign(won);
            }
            fromNext = fromHere;
            fromHere = won;
        }
        return Windows.crop(padded, padding);
    }

    /** Returns the first place of each window that is inside the image, (1, 1, OH, OW). */
    private static INDArray firstInside(INDArray argmax, int size, int stride, int padding) {
        INDArray rows = outside(argmax.size(2), stride, padding).castTo(argmax.dataType()).muli(size);
        INDArray columns = outside(argmax.size(3), stride, padding).castTo(argmax.dataType());
        return rows.reshape(1, 1, rows.length(), 1).add(columns.reshape(1, 1, 1, columns.length()));
    }

    /** Returns how many cells of each window along a side lie before the image. */
    private static INDArray outside(long windows, int stride, int padding) {
        double[] cells = new double[(int) windows];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = Math.max(0, padding - i * stride);
        }
        return Nd4j.createFromArray(cells);
    }

    /**
     * Corrects the windows that hold a NaN, which the comparisons in forward pass over: their output becomes NaN, and
     * argmax the place of their first NaN.
     *
     * <p>Where those windows are, max pooling itself tells: of an array that is 1 where x is NaN and 0 elsewhere, the
     * maximum is 1 in just these windows, and its first place is that of the first NaN.
     */
    private static void letNanWin(INDArray x, INDArray out, INDArray argmax, int size, int stride, int padding) {
        Forward nans = forward(x.isNaN().castTo(x.dataType()), size, stride, padding);
        INDArray hasNan = nans.out;
        INDArray firstNan = nans.cache.argmax;
        // argmax + (firstNan - argmax) · 1 is firstNan
        argmax.addi(firstNan.sub(argmax).muli(hasNan));
        // out · 1/1 is out, and out · 0/0 is NaN
        INDArray noNan = hasNan.rsub(1);
        out.muli(noNan.div(noNan));
    }
}
