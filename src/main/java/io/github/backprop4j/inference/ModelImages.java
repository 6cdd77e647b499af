package io.github.backprop4j.inference;

import io.github.backprop4j.data.Fit;
import io.github.backprop4j.data.ImageReading;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;

/** How images are read for a trained network: as they were for its training. */
public final class ModelImages {

    private ModelImages() {}

    /**
     * Returns the size and the colours that a network takes, and the fit that its training had; {@code crop} if the network
     * does not carry its settings with it.
     *
     * @throws InvalidInputException if it takes images that no file has, those of neither 1 nor 3 channels
     */
    public static ImageReading reading(Network network) {
        Architecture architecture = network.architecture();
        boolean stretched = network.card()
                .map(card -> card.settings().path("fit").asText().equals(Fit.STRETCH.toString())).orElse(false);
        return ImageReading.of(architecture.channels(), architecture.height(), architecture.width(),
                stretched ? Fit.STRETCH : Fit.CROP);
    }
}
