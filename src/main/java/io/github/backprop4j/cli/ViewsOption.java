package io.github.backprop4j.cli;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.inference.Views;
import io.github.backprop4j.network.Network;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** The views of an image that a network is asked about. */
final class ViewsOption {

    @Option(names = "--views", paramLabel = "N",
            description = "Views of each image whose mean is the answer, in as many times the time: 1 is the image; 2"
                    + " its mirror image, too; 6 these two and, with half their weight, both moved by a pixel along the"
                    + " diagonal, either way. Default: the views in the settings of the model's training, else 1.",
            showDefaultValue = Visibility.NEVER)
    private Integer views;

    /**
     * Returns what was asked for, or what suits a model.
     *
     * @throws InvalidInputException if it is no number of views
     */
    Views of(Network network) {
        if (views == null) {
            return Views.ofModel(network);
        }
        try {
            return new Views(views);
        } catch (InvalidInputException e) {
            throw new InvalidInputException("--" + e.getMessage(), e);
        }
    }
}
