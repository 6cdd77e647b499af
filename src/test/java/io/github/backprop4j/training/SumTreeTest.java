package io.github.backprop4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SumTreeTest {

    @Test
    void pairsOfNeighboursAreAddedFirst() {
        assertEquals("(0+1)", sum(2));
        assertEquals("((0+1)+2)", sum(3));
        assertEquals("((0+1)+(2+3))", sum(4));
        assertEquals("(((0+1)+(2+3))+((4+5)+6))", sum(7));
        assertEquals("((((0+1)+(2+3))+((4+5)+(6+7)))+8)", sum(9));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 8, 13, 16, 31, 64, 100})
    void whoeverAddsUpWhichPartTheOrderIsTheSame(int slices) {
        SplittableRandom random = new SplittableRandom(slices);
        for (int i = 0; i < 50; i++) {
            SumTree<StringBuilder> all = new SumTree<>();
            int from = 0;
            while (from < slices) {
                int to = from + 1 + random.nextInt(slices - from);
                for (SumTree.Node<StringBuilder> part : parts(from, to).nodes()) {
                    add(all.add(part));
                }
                from = to;
            }
            add(all.finish());
            assertEquals(sum(slices), all.nodes().get(0).sum().toString());
        }
    }

    private static String sum(int slices) {
        SumTree<StringBuilder> tree = parts(0, slices);
        add(tree.finish());
        assertEquals(1, tree.nodes().size());
        return tree.nodes().get(0).sum().toString();
    }

    private static SumTree<StringBuilder> parts(int from, int to) {
        SumTree<StringBuilder> tree = new SumTree<>();
        for (int slice = from; slice < to; slice++) {
            add(tree.add(new SumTree.Node<>(0, slice, new StringBuilder().append(slice))));
        }
        return tree;
    }

    private static void add(List<SumTree.Addition<StringBuilder>> additions) {
        additions.forEach(each -> each.to().insert(0, '(').append('+').append(each.added()).append(')'));
    }

    @Test
    void gradientsOfSomeSlicesAddUpToThoseOfAll() {
        Images images = Fixtures.shapes(70).training();
        Network network = Fixtures.network("conv:4:3,batchnorm,relu,pool:2,dense:8,relu,dropout:0.5", images);
        TrainingSettings settings = TrainingSettings.builder().batchSize(70).ghostBatch(9).build();
        GradientSource.Step step = new GradientSource.Step(network,
                ImageBatches.shuffled(images, 70, Augmentation.NONE, 1).epoch(1).next(), settings, 0, 1, 0);
        try (Workers two = new Workers(2); Workers one = new Workers(1)) {
            List<String> listened = new ArrayList<>();
            String whole = Arrays.toString(new LocalGradients(two).sum(step, (loss, correct, statistics) ->
                    listened.add(loss + " " + correct + " " + statistics)).toFloatVector());
            List<String> inParts = new ArrayList<>();
            SumTree<float[]> tree = new SumTree<>();
            LocalGradients gradients = new LocalGradients(one);
            for (int from = 0; from < 8; from += 3) {
                gradients.sums(step, from, Math.min(8, from + 3), (loss, correct, statistics) ->
                        inParts.add(loss + " " + correct + " " + statistics)).forEach(node -> addFloats(tree.add(
                                new SumTree.Node<>(node.level(), node.index(), node.sum().toFloatVector()))));
            }
            addFloats(tree.finish());
            assertEquals(whole, Arrays.toString(tree.nodes().get(0).sum()));
            assertEquals(listened, inParts);
        }
    }

    private static void addFloats(List<SumTree.Addition<float[]>> additions) {
        for (SumTree.Addition<float[]> each : additions) {
            for (int i = 0; i < each.to().length; i++) {
                each.to()[i] += each.added()[i];
            }
        }
    }
}
