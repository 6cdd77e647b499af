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
     * @param source features (N, C, H, W) or (N, C·H·W), labels (N, K); used by one training at a time
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
                requireNoMask("features", data.getFeaturesMaskArray());
                requireNoMask("labels", data.getLabelsMaskArray());
                long[] shape = data.getFeatures().shape();
                if (data.getLabels().size(0) != shape[0]) {
                    throw new InvalidInputException("data: images have the shape " + Arrays.toString(shape)
                            + " but labels the shape " + Arrays.toString(data.getLabels().shape())
                            + ", expected a row of labels for each image");
                }
                return new MiniBatch(floats(data.getFeatures()), floats(data.getLabels()), Math.toIntExact(shape[0]),
                        Arrays.copyOfRange(shape, 1, shape.length));
            }
        };
    }

    private static void requireNoMask(String what, INDArray mask) {
        if (mask != null) {
            throw new InvalidInputException("data: the iterator's " + what + " have a mask of shape "
                    + Arrays.toString(mask.shape()) + ", expected none: leave out the images that it masks");
        }
    }

    /** Returns the numbers row by row, whatever the strides. */
    private static float[] floats(INDArray array) {
        return array.castTo(DataType.FLOAT).dup('c').data().asFloat();
    }
}
