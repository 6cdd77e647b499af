package io.github.backprop4j.training;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * How rows of numbers are cut into parts, which threads work on: what is done to one number at a time gives the same in
 * parts as in one go, and the cut does not depend on the threads.
 *
 * @param length numbers that are cut, the last so many of each row: what was frozen in the course of a training stands first
 */
record Parts(long length) {

    /** Numbers in a part: enough that to hand it to a thread costs little. */
    private static final long LARGEST = 1 << 15;

    /** Returns how many parts there are. */
    int count() {
        return Math.toIntExact((length + LARGEST - 1) / LARGEST);
    }

    /**
     * Returns a part of a row, not a copy.
     *
     * @param row (1, at least the length)
     * @param index of the part, from 0
     */
    INDArray of(INDArray row, int index) {
        long from = row.length() - length + index * LARGEST;
        return row.get(NDArrayIndex.all(), NDArrayIndex.interval(from, Math.min(from + LARGEST, row.length())));
    }
}
