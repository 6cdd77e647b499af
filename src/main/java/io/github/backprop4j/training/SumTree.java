package io.github.backprop4j.training;

import java.util.ArrayList;
import java.util.List;

/**
 * In which order the gradients of slices are added: in pairs of neighbours, then the pairs' sums in pairs, and so on; what
 * has no partner passes up as it is. This depends on how many slices there are, alone, so that the sum is the same to the
 * bit whoever adds up which part of it.
 *
 * @param <B> where a sum lies
 */
public final class SumTree<B> {

    /**
     * The sum of neighbouring slices, from {@code index · 2^level} on, as many as {@code 2^level}.
     *
     * @param level 0 for a single slice
     */
    public record Node<B>(int level, int index, B sum) {

        private boolean isFollowedBy(Node<B> next) {
            return level == next.level && index % 2 == 0 && next.index == index + 1;
        }
    }

    /** An addition that is to be done. */
    public record Addition<B>(B to, B added) {}

    private final List<Node<B>> nodes = new ArrayList<>();

    /**
     * Adds what follows what was added so far.
     *
     * @return the additions that can be done with it, in their order
     */
    public List<Addition<B>> add(Node<B> node) {
        List<Addition<B>> additions = new ArrayList<>();
        Node<B> last = node;
        while (!nodes.isEmpty() && nodes.get(nodes.size() - 1).isFollowedBy(last)) {
            Node<B> left = nodes.remove(nodes.size() - 1);
            additions.add(new Addition<>(left.sum, last.sum));
            last = new Node<>(left.level + 1, left.index / 2, left.sum);
        }
        nodes.add(last);
        return additions;
    }

    /** Returns what was added, as far as it is not yet one sum, in its order. */
    public List<Node<B>> nodes() {
        return List.copyOf(nodes);
    }

    /**
     * Adds up what has no partner, as the last slice was added.
     *
     * @return the additions that are left, in their order; behind them, the first node has the sum of all
     */
    public List<Addition<B>> finish() {
        List<Addition<B>> additions = new ArrayList<>();
        while (nodes.size() > 1) {
            Node<B> right = nodes.remove(nodes.size() - 1);
            Node<B> left = nodes.remove(nodes.size() - 1);
            additions.add(new Addition<>(left.sum, right.sum));
            nodes.add(left);
        }
        return additions;
    }
}
