package io.github.backprop4j.benchmark;

import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.Pictures;
import io.github.backprop4j.training.MiniBatch;
import io.github.backprop4j.training.PictureBatches;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The pictures that all sides learn from: drawn shapes, as many as make whole batches.
 *
 * @param pictures their bytes
 * @param batch pictures to a step
 */
record Shapes(Pictures pictures, int batch) {

    /** About so many; they need not fit into a cache. */
    static final int COUNT = 2000;

    static Shapes inBatchesOf(int batch) {
        return new Shapes(DrawnShapes.training(COUNT / batch * batch), batch);
    }

    /** The batches of an epoch as float32, less the mean picture and in units of the standard deviation. */
    List<MiniBatch> scaled() {
        // not by InputScaling, which would load ND4J into a process that is to show another library's memory
        float[] mean = pictures.meanPicture();
        float factor = (float) (1 / pictures.standardDeviation());
        List<MiniBatch> batches = new ArrayList<>();
        for (Iterator<MiniBatch> raw = PictureBatches.inOrder(pictures, batch).epoch(1); raw.hasNext();) {
            MiniBatch one = raw.next();
            float[] numbers = new float[one.pictures().length];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (one.pictures()[i] - mean[i % mean.length]) * factor;
            }
            batches.add(new MiniBatch(numbers, one.labels(), one.size()));
        }
        return batches;
    }
}
