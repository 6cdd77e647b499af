package io.github.backprop4j.report;

import io.github.backprop4j.data.Images;
import io.github.backprop4j.inference.Evaluator.Prediction;
import java.util.List;

/**
 * Images that a network was asked about, and what it said.
 *
 * @param kind what they are for: test or validation
 * @param images all of them, in the order of the predictions
 * @param outcomes what was said
 */
record Judged(String kind, Images images, Outcomes outcomes) {

    List<String> classNames() {
        return images.classNames();
    }

    /** Returns the file of an image, or its number among them. */
    String name(int index) {
        return images.fileName(index).orElse(kind + " image " + index);
    }

    String className(int label) {
        return images.classNames().get(label);
    }

    /** Writes an image with what it is, what it was taken for, and its name. */
    void write(Html page, Prediction prediction) {
        String name = name(prediction.index());
        String probability = Figures.format(" %.1f\u00a0%%", 100 * prediction.probability());
        page.open("figure", "class", "image");
        Thumbnail.of(images, prediction.index()).write(page, name + ": " + className(prediction.actual()));
        page.open("figcaption").open("span", "class", "said").name(className(prediction.predicted())).text(probability)
                .close().text(" ").open("span", "class", "is").text("is ").name(className(prediction.actual())).close()
                .text(" ").open("span", "class", "name");
        writePath(page, name);
        page.close().close().closeLine();
    }

    /** Behind each folder a line may end. */
    private static void writePath(Html page, String name) {
        String[] parts = name.split("(?<=[/\\\\])");
        for (int i = 0; i < parts.length; i++) {
            (i == 0 ? page : page.open("wbr")).text(parts[i]);
        }
    }
}
