package io.github.backprop4j.data;

/**
 * Images to train on, and others of the same kind to test with.
 *
 * @param name what the data is called, like {@code cifar10}
 * @param training at least one
 * @param test at least one, of the size and the classes of those for training
 */
public record Dataset(String name, Images training, Images test) {

    /** @throws IllegalArgumentException if there are none to train on or to test with, or the two differ in kind */
    public Dataset {
        if (training.count() == 0 || test.count() == 0) {
            throw new IllegalArgumentException(name + ": " + training.count() + " images for training and "
                    + test.count() + " for testing, expected at least one of each");
        }
        if (!shape(training).equals(shape(test))) {
            throw new IllegalArgumentException(name + ": images for training are " + shape(training)
                    + ", but those for testing " + shape(test));
        }
        if (!training.classNames().equals(test.classNames())) {
            throw new IllegalArgumentException(name + ": classes for training are " + training.classNames()
                    + ", but those for testing " + test.classNames());
        }
    }

    private static String shape(Images images) {
        return images.channels() + "x" + images.height() + "x" + images.width();
    }
}
