package io.github.backprop4j.onnx;

/**
 * So many numbers and no more. Nodes may use the same array again and again, so that a small file could ask for any amount
 * of memory and time.
 */
final class Allowance {

    private long left;

    Allowance(long numbers) {
        left = numbers;
    }

    /** Takes some numbers, and returns whether there were so many. */
    boolean take(long numbers) {
        left -= numbers;
        return left >= 0;
    }
}
