package io.github.backprop4j.files;

/** Range checks of what users set; each returns the value that it was given, and names the setting in its error. */
public final class Ranges {

    private Ranges() {}

    /** @throws InvalidInputException if the value is below {@code least} */
    public static int requireAtLeast(int least, String name, int value) {
        if (value < least) {
            throw new InvalidInputException(name + ": " + value + ", expected at least " + least);
        }
        return value;
    }

    /** @throws InvalidInputException if the value is negative, infinite or NaN */
    public static double requireNotNegative(String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new InvalidInputException(name + ": " + value + ", expected a finite number of at least 0");
        }
        return value;
    }

    /** @throws InvalidInputException unless the value is at least 0 and below 1 */
    public static double requireBelowOne(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new InvalidInputException(name + ": " + value + ", expected at least 0 and below 1");
        }
        return value;
    }
}
