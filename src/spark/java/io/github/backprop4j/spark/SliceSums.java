package io.github.backprop4j.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What comes back from a partition: of each slice its loss and statistics, and the gradients' sums. */
final class SliceSums implements Serializable {

    private static final long serialVersionUID = 1;

    /** The sum of neighbouring slices' gradients, as {@link io.github.backprop4j.training.LocalGradients.Node} has it. */
    record Node(int level, int index, byte[] row) implements Serializable {}

    /** What a slice gave beside gradients. */
    record Slice(double loss, int correct, byte[] statistics) implements Serializable {}

    private final ArrayList<Slice> slices = new ArrayList<>();
    private final ArrayList<Node> nodes = new ArrayList<>();
    private double seconds;

    void add(double loss, int correct, INDArray statistics) {
        slices.add(new Slice(loss, correct, statistics.isEmpty() ? new byte[0] : Rows.bytes(statistics)));
    }

    void add(int level, int index, byte[] row) {
        nodes.add(new Node(level, index, row));
    }

    void took(double time) {
        seconds = time;
    }

    List<Slice> slices() {
        return slices;
    }

    List<Node> nodes() {
        return nodes;
    }

    /** Returns how long passing them took, in seconds. */
    double seconds() {
        return seconds;
    }
}
