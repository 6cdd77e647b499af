package io.github.backprop4j.training;

import io.github.backprop4j.Golden;
import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;
import java.util.ArrayList;
import java.util.List;

/** Small networks and data to train them with, and networks as values to compare. */
final class Fixtures {

    private Fixtures() {}

    static Network network(String layers, Images images) {
        Architecture architecture = Architecture.parse(
                layers, images.channels(), images.height(), images.width(), images.classNames());
        return Network.initialize(architecture, Training.scaling(images), 1);
    }

    /** Drawn shapes, as many to train with, and ten to test with. */
    static Dataset shapes(int count) {
        return new Dataset("shapes", DrawnShapes.training(count), DrawnShapes.test().range(0, 10));
    }

    /** Images of some of the classes only, under their names; the labels are counted anew. */
    static Images ofClasses(Images images, List<String> classNames) {
        List<Integer> chosen = new ArrayList<>();
        for (int i = 0; i < images.count(); i++) {
            if (classNames.contains(images.classNames().get(images.label(i)))) {
                chosen.add(i);
            }
        }
        byte[] labels = new byte[chosen.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (byte) classNames.indexOf(images.classNames().get(images.label(chosen.get(i))));
        }
        Images subset = images.subset(chosen.stream().mapToInt(Integer::intValue).toArray());
        return new Images(
                images.channels(), images.height(), images.width(), classNames, subset.pixels(), labels);
    }

    /** Returns all that a network learned and followed, name by name, to the bit. */
    static List<String> numbers(Network network) {
        return network.parameters().names().stream()
                .map(name -> name + List.of(boxed(Golden.numbers(network.parameters().get(name))))).toList();
    }

    private static Double[] boxed(double[] numbers) {
        Double[] boxed = new Double[numbers.length];
        for (int i = 0; i < boxed.length; i++) {
            boxed[i] = numbers[i];
        }
        return boxed;
    }
}
