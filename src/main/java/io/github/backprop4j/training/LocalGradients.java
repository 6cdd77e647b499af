package io.github.backprop4j.training;

import io.github.backprop4j.data.Seeds;
import io.github.backprop4j.network.Loss;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Parameters;
import io.github.backprop4j.parallel.Slices;
import io.github.backprop4j.parallel.Workers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Gradients that threads of this process compute. */
public final class LocalGradients implements GradientSource {

    /** Slices for each thread whose gradients are in memory at once: enough that threads seldom wait for each other. */
    private static final int SLICES_OF_THREAD = 4;

    /**
     * The gradients of a slice, or of several. New ones for each would cost a slice as much as a layer.
     *
     * @param parts views of those that are trained
     */
    private record Gradients(Parameters all, List<INDArray> parts) {}

    /** The sum of neighbouring slices; see {@link SumTree.Node}. The row is good until the next call. */
    public record Node(int level, int index, INDArray sum) {}

    private record SliceLoss(double sum, int correct) {}

    private final Workers workers;
    private final Deque<Gradients> idle = new ArrayDeque<>();
    private final List<Gradients> lent = new ArrayList<>();
    private int trained = -1;

    /** @param workers whose threads compute */
    public LocalGradients(Workers workers) {
        this.workers = workers;
    }

    @Override
    public INDArray sum(Step step, SliceListener listener) {
        return sum(step, 0, step.slices().count(), listener);
    }

    /**
     * Passes some slices of a mini-batch and adds up all of their gradients.
     *
     * @param from the first
     * @param to the one behind the last
     * @return as {@link #sum(Step, SliceListener)} does
     */
    INDArray sum(Step step, int from, int to, SliceListener listener) {
        SumTree<Gradients> tree = pass(step, from, to, listener);
        add(tree.finish());
        return lend(tree).get(0).sum;
    }

    /**
     * Passes some slices of a mini-batch.
     *
     * @param from the first
     * @param to the one behind the last
     * @return their sums, in order, as far as the slices alone tell them
     */
    public List<Node> sums(Step step, int from, int to, SliceListener listener) {
        return lend(pass(step, from, to, listener));
    }

    private List<Node> lend(SumTree<Gradients> tree) {
        tree.nodes().forEach(node -> lent.add(node.sum()));
        return tree.nodes().stream().map(node -> new Node(node.level(), node.index(), node.sum().all.trained())).toList();
    }

    private SumTree<Gradients> pass(Step step, int from, int to, SliceListener listener) {
        takeBack(step.network());
        Slices slices = step.slices();
        SumTree<Gradients> tree = new SumTree<>();
        int most = workers.threads() * SLICES_OF_THREAD;
        for (int first = from; first < to; first += most) {
            pass(step, slices, first, Math.min(most, to - first), listener, tree);
        }
        return tree;
    }

    private void pass(Step step, Slices slices, int first, int count, SliceListener listener, SumTree<Gradients> tree) {
        List<Gradients> taken = IntStream.range(0, count).mapToObj(i -> take(step.network())).toList();
        SliceLoss[] losses = new SliceLoss[count];
        workers.run(count, i -> losses[i] = pass(step, slices, first + i, taken.get(i).all));
        List<SumTree.Addition<Gradients>> additions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            listener.passed(losses[i].sum, losses[i].correct, taken.get(i).all.statistics());
            additions.addAll(tree.add(new SumTree.Node<>(0, first + i, taken.get(i))));
        }
        add(additions);
    }

    private void add(List<SumTree.Addition<Gradients>> additions) {
        if (additions.isEmpty()) {
            return;
        }
        workers.run(additions.get(0).to().parts.size(), part -> additions.forEach(
                each -> each.to().parts.get(part).addi(each.added().parts.get(part))));
        additions.forEach(each -> idle.push(each.added()));
    }

    private static SliceLoss pass(Step step, Slices slices, int index, Parameters gradients) {
        Network network = step.network();
        TrainingSettings settings = step.settings();
        int from = slices.from(index);
        int to = slices.to(index);
        Network.Pass pass = network.forward(step.batch().images(from, to), Seeds.at(settings.seed(), step.step(), index));
        Loss loss = Loss.of(pass.logits(), step.batch().labels(from, to), step.batch().weights(from, to),
                settings.labelSmoothing());
        network.backward(loss.dLogits(), pass, gradients);
        return new SliceLoss(loss.sum(), loss.correct());
    }

    /** What was lent until now is free; of another network, or one of which more is frozen, nothing fits. */
    private void takeBack(Network network) {
        lent.forEach(idle::push);
        lent.clear();
        if (trained != network.parameters().trainedCount()) {
            idle.clear();
            trained = network.parameters().trainedCount();
        }
    }

    private Gradients take(Network network) {
        if (!idle.isEmpty()) {
            return idle.pop();
        }
        Parameters all = network.parameters().uninitializedLike();
        Parts cut = new Parts(all.trained().length());
        return new Gradients(all, IntStream.range(0, cut.count()).mapToObj(part -> cut.of(all.trained(), part)).toList());
    }
}
