package io.github.backprop4j.benchmark;

import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.data.MiniBatch;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The images that all sides learn from: drawn shapes, as many as make whole batches.
 *
 * @param images their bytes
 * @param batch images to a step
 */
record Shapes(Images images, int batch) {

    /** About so many; they need not fit into a cache. */
    static final int COUNT = 2000;

    static Shapes inBatchesOf(int batch) {
        return new Shapes(DrawnShapes.training(COUNT / batch * batch), batch);
    }

    /** The batches of an epoch as float32, less the mean image and in units of the standard deviation. */
    List<MiniBatch> scaled() {
        // not by InputScaling, which would load ND4J into a process that is to show another library's memory
        float[] mean = images.meanImage();
        float factor = (float) (1 / images.standardDeviation());
        List<MiniBatch> batches = new ArrayList<>();
        for (Iterator<MiniBatch> raw = ImageBatches.inOrder(images, batch).epoch(1); raw.hasNext();) {
            MiniBatch one = raw.next();
            float[] numbers = new float[one.images().length];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (one.images()[i] - mean[i % mean.length]) * factor;
            }
            batches.add(new MiniBatch(numbers, one.labels(), one.size(), one.imageShape()));
        }
        return batches;
    }
}
