package io.github.backprop4j.spark;

import java.io.Serializable;

/**
 * The slices of a mini-batch that a partition passes.
 *
 * @param step steps done before
 * @param epoch from 1
 * @param batchOfEpoch the mini-batch's number in its epoch, from 0
 * @param from the first slice
 * @param to the one behind the last
 */
record StepTask(long step, int epoch, int batchOfEpoch, int from, int to) implements Serializable {}
