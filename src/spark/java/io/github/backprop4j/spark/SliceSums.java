package io.github.backprop4j.spark;

import io.github.backprop4j.parallel.SingleThreadedMath;
import io.github.backprop4j.training.SumTree;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What comes of slices that stand side by side.
 *
 * @param slices in their order
 * @param nodes the sums of their gradients, in their order, as far as they are added up
 * @param seconds that passing the slices took
 * @param moved bytes of gradients that were sent for these sums, to the driver or to other executors
 * @param problem why they were not passed; empty if they were
 */
record SliceSums(ArrayList<Slice> slices, ArrayList<Node> nodes, double seconds, long moved, String problem)
        implements Serializable {

    /**
     * What a slice gave beside gradients.
     *
     * @param loss summed over its images
     * @param correct images that were classified right
     * @param statistics those of batch normalization, as bytes
     */
    record Slice(double loss, int correct, byte[] statistics) implements Serializable {}

    /**
     * The gradients of neighbouring slices, added up, or a range of their numbers.
     *
     * @param level as {@link SumTree.Node} has it, like the index
     * @param row numbers as bytes
     */
    record Node(int level, int index, byte[] row) implements Serializable {

        private long firstSlice() {
            return (long) index << level;
        }

        private Node range(int number, int ranges) {
            int numbers = row.length / Float.BYTES;
            int from = (int) ((long) numbers * number / ranges);
            int to = (int) ((long) numbers * (number + 1) / ranges);
            byte[] range = new byte[Float.BYTES * (to - from)];
            System.arraycopy(row, Float.BYTES * from, range, 0, range.length);
            return new Node(level, index, range);
        }
    }

    static SliceSums failed(String problem) {
        return new SliceSums(new ArrayList<>(), new ArrayList<>(), 0, 0, problem);
    }

    Optional<String> failure() {
        return problem.isEmpty() ? Optional.empty() : Optional.of(problem);
    }

    /** Cuts the numbers of all nodes into ranges; the first has what there is beside them. */
    List<SliceSums> cut(int ranges) {
        return IntStream.range(0, ranges).mapToObj(range -> {
            ArrayList<Node> parts = new ArrayList<>();
            nodes.forEach(node -> parts.add(node.range(range, ranges)));
            return range == 0 ? new SliceSums(slices, parts, seconds, moved, problem)
                    : new SliceSums(new ArrayList<>(), parts, 0, 0, problem);
        }).toList();
    }

    /**
     * Adds up the gradients of all slices of a mini-batch, or a range of their numbers, in the order of {@link SumTree}.
     *
     * @param all in any order
     * @return has one node, if nothing failed
     */
    static SliceSums add(Iterable<SliceSums> all) {
        List<SliceSums> ordered = new ArrayList<>();
        all.forEach(ordered::add);
        Optional<SliceSums> failed = ordered.stream().filter(each -> each.failure().isPresent()).findFirst();
        if (failed.isPresent()) {
            return failed.get();
        }
        ordered.sort(Comparator.comparingLong(each -> each.nodes.get(0).firstSlice()));
        ArrayList<Slice> slices = new ArrayList<>();
        SumTree<INDArray> tree = new SumTree<>();
        long bytes = 0;
        try (SingleThreadedMath held = SingleThreadedMath.hold()) {
            for (SliceSums each : ordered) {
                slices.addAll(each.slices);
                for (Node node : each.nodes) {
                    bytes += node.row.length;
                    add(tree.add(new SumTree.Node<>(node.level, node.index, Rows.row(node.row))));
                }
            }
            add(tree.finish());
        }
        SumTree.Node<INDArray> sum = tree.nodes().get(0);
        ArrayList<Node> nodes = new ArrayList<>(List.of(new Node(sum.level(), sum.index(), Rows.bytes(sum.sum()))));
        free(sum.sum());
        return new SliceSums(slices, nodes, ordered.stream().mapToDouble(SliceSums::seconds).max().orElse(0), bytes, "");
    }

    /** With the operation that adds gradients at home. */
    private static void add(List<SumTree.Addition<INDArray>> additions) {
        for (SumTree.Addition<INDArray> addition : additions) {
            if (!addition.to().isEmpty()) {
                addition.to().addi(addition.added());
                free(addition.added());
            }
        }
    }

    private static void free(INDArray row) {
        if (row.closeable()) {
            row.close();
        }
    }
}
