package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidInputException;
import java.util.Arrays;
import java.util.Iterator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Takes mini-batches from any ND4J {@link DataSetIterator}, in its size, order and scaling. */
public final class IteratorBatches implements Batches {

    private final DataSetIterator source;
    private int resets;

    /**
     * Takes mini-batches from an iterator. One that shuffles anew with each reset gives the same mini-batches to a training
     * that is resumed only from an object of its own.
     *
     * <p>What it gives is checked, as {@link MiniBatch} and {@link MiniBatch#requireFiniteImages} say; {@code next} of an
     * epoch throws InvalidInputException for what is refused.
     *
     * @param source features (N, C, H, W) or (N, C·H·W), labels (N, K), and if images weigh more or less than 1 their
     *     weights as labels mask, (N) or (N, 1); other masks are refused; used by one training at a time
     * @throws InvalidInputException if it cannot be reset, which every epoch needs
     */
    public IteratorBatches(DataSetIterator source) {
        if (!source.resetSupported()) {
            throw new InvalidInputException("data: an iterator that cannot be reset serves only one epoch");
        }
        this.source = source;
    }

    @Override
    public Iterator<MiniBatch> epoch(int epoch) {
        // once for each epoch, those before a training was resumed included: some shuffle anew what they shuffled before
        do {
            source.reset();
            resets++;
        } while (resets < epoch);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return source.hasNext();
            }

            @Override
            public MiniBatch next() {
                DataSet data = source.next();
                long[] shape = data.getFeatures().shape();
                if (data.getLabels().size(0) != shape[0]) {
                    throw new InvalidInputException("data: images have the shape " + Arrays.toString(shape)
                            + " but labels the shape " + Arrays.toString(data.getLabels().shape())
                            + ", expected a row of labels for each image");
                }
                int size = Math.toIntExact(shape[0]);
                return new MiniBatch(floats(data.getFeatures()), floats(data.getLabels()), weights(data, size), size,
                        Arrays.copyOfRange(shape, 1, shape.length)).requireFiniteImages();
            }
        };
    }

    private static float[] weights(DataSet data, int size) {
        if (data.getFeaturesMaskArray() != null) {
            throw new InvalidInputException("data: has a features mask of the shape "
                    + Arrays.toString(data.getFeaturesMaskArray().shape())
                    + ", expected none; images have no parts to mask");
        }
        INDArray mask = data.getLabelsMaskArray();
        if (mask == null) {
            return MiniBatch.ones(size);
        }
        if (mask.rank() > 2 || mask.size(0) != size || mask.length() != size) {
            throw new InvalidInputException("data: has a labels mask of the shape " + Arrays.toString(mask.shape())
                    + ", expected [" + size + "] or [" + size + ", 1], the weight of each image");
        }
        return floats(mask);
    }

    /** Returns the numbers row by row, whatever the strides. */
    private static float[] floats(INDArray array) {
        return array.castTo(DataType.FLOAT).dup('c').data().asFloat();
    }
}
