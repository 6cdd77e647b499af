package io.github.backprop4j.inference;

import io.github.backprop4j.data.View;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonValue;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * How many views of an image a network is asked about; its answer is the weighted mean of the logits, the outputs before
 * softmax. A network that learned from mirrored and moved images is right more often so, and takes as many passes as there
 * are views (test-time augmentation, as in Jordan, 94% on CIFAR-10 in 3.29 Seconds on a Single GPU, arXiv 2404.00498, 2024).
 *
 * <ul>
 *   <li>1: the image
 *   <li>2: the image and its mirror image, left to right, with a weight of 1/2 each
 *   <li>6: the image and its mirror image, with a weight of 1/4 each, and both of them moved by one pixel up and to the
 *       left, and by one down and to the right, 1/8 each; the gap is filled by reflecting the image at its border
 * </ul>
 *
 * <p>The answers of 2 and 6 views are the same for an image and its mirror image, to the bit.
 *
 * @param count 1, 2 or 6
 */
public record Views(int count) {

    /** The image alone. */
    public static final Views ONE = new Views(1);

    /** @throws InvalidInputException if the count is another */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Views {
        if (count != 1 && count != 2 && count != 6) {
            throw new InvalidInputException("views: " + count + ", expected 1, 2 or 6");
        }
    }

    /** Returns how many there are, which is their form in JSON. */
    @JsonValue
    @Override
    public int count() {
        return count;
    }

    /**
     * Returns the views that a network was trained to be asked with: what the settings on its card say of {@code views},
     * else 1.
     *
     * @throws InvalidInputException if they say what is no number of views
     */
    public static Views ofModel(Network network) {
        JsonNode views = network.card().<JsonNode>map(card -> card.settings().path("views"))
                .filter(node -> !node.isMissingNode() && !node.isNull()).orElse(null);
        if (views == null) {
            return ONE;
        }
        if (!views.isInt()) {
            throw new InvalidInputException("views: the model's settings have " + views + ", expected 1, 2 or 6");
        }
        return new Views(views.asInt());
    }

    /**
     * Checks that the images can be moved as the views need.
     *
     * @return this
     * @throws InvalidInputException if they have a side of one pixel, and the views are 6
     */
    public Views requireFits(Architecture architecture) {
        if (count == 6 && Math.min(architecture.height(), architecture.width()) < 2) {
            throw new InvalidInputException("views: 6 with images of " + architecture.height() + "x" + architecture.width()
                    + ", which cannot be moved over their reflected border; expected 1 or 2");
        }
        return this;
    }

    /**
     * Computes the mean of the network's outputs before softmax, on the calling thread; see {@link Network#predictLogits}.
     *
     * @param images of the network's size, row by row
     * @param from the first image, from 0
     * @param to the image behind the last
     * @return (to - from, K), in the data type of the network
     */
    INDArray logits(Network network, float[] images, int from, int to) {
        Asked asked = new Asked(network, images, from, to);
        return switch (count) {
            case 1 -> asked.logits(View.PLAIN);
            case 2 -> asked.bothSides(0, 0).muli(0.5);      // in place on fresh arrays, here and below
            default -> asked.bothSides(0, 0).muli(0.25)
                    .addi(asked.bothSides(-1, -1).muli(0.125)).addi(asked.bothSides(1, 1).muli(0.125));
        };
    }

    /** Computes the probability of each class, softmax of {@link #logits}, (to - from, K). */
    INDArray probabilities(Network network, float[] images, int from, int to) {
        return count == 1 ? network.predictProbabilities(new Asked(network, images, from, to).seen(View.PLAIN))
                : Nd4j.nn().softmax(logits(network, images, from, to), 1);
    }

    /** Some images and the network that is asked about them. */
    private record Asked(Network network, float[] images, int from, int to) {

        INDArray seen(View view) {
            Architecture input = network.architecture();
            return view.of(images, from, to, input.channels(), input.height(), input.width())
                    .castTo(network.parameters().dataType());
        }

        INDArray logits(View view) {
            return network.predictLogits(seen(view));
        }

        /** Adds up the logits of moved images and of moved mirror images. */
        INDArray bothSides(int down, int right) {
            return logits(new View(false, down, right)).addi(logits(new View(true, down, right)));
        }
    }
}
