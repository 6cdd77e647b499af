package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidInputException;

/**
 * Images to train on, and others of the same size and classes to test with.
 *
 * @param name what the data is called, like {@code cifar10}
 * @param training at least one image
 * @param test at least one image, of the size and with the class names of those for training
 */
public record Dataset(String name, Images training, Images test) {

    /**
     * @throws InvalidInputException if there are no images to train on or to test with, or the two differ in size or class
     *     names
     */
    public Dataset {
        if (training.count() == 0 || test.count() == 0) {
            throw new InvalidInputException(name + ": " + training.count() + " images for training and "
                    + test.count() + " for testing, expected at least one of each");
        }
        if (!shape(training).equals(shape(test))) {
            throw new InvalidInputException(name + ": images for training are " + shape(training)
                    + ", but those for testing " + shape(test));
        }
        if (!training.classNames().equals(test.classNames())) {
            throw new InvalidInputException(name + ": classes for training are " + training.classNames()
                    + ", but those for testing " + test.classNames());
        }
    }

    /**
     * Returns a data set with the first of the training images alone, and all images to test with.
     *
     * @param count at least 1; all are kept if there are no more
     */
    Dataset first(int count) {
        return count >= training.count() ? this : new Dataset(name, training.range(0, count), test);
    }

    private static String shape(Images images) {
        return images.channels() + "x" + images.height() + "x" + images.width();
    }
}
