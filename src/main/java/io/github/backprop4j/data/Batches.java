package io.github.backprop4j.data;

import java.util.Iterator;

/** A source of mini-batches. */
public interface Batches {

    /**
     * The mini-batches of one pass over the data.
     *
     * @param epoch from 1; a source that shuffles does so differently in each, and always the same in the same
     */
    Iterator<MiniBatch> epoch(int epoch);
}
