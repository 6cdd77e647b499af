package io.github.backprop4j.report;

import io.github.backprop4j.data.MiniBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * Images as the training sees them.
 *
 * @param images of the first mini-batch of the first epoch
 * @param names of their classes
 * @param changes how the images are changed at random, as the settings have it
 */
record AugmentedSection(List<Thumbnail> images, List<String> names, String changes) implements Section {

    /** The most images of the mini-batch that are shown. */
    static final int MOST = 32;

    /**
     * Returns the images of a mini-batch.
     *
     * @param classNames of its labels
     */
    static AugmentedSection of(MiniBatch batch, List<String> classNames, String changes) {
        long[] shape = batch.imageShape();
        int size = batch.images().length / batch.size();
        List<Thumbnail> images = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < Math.min(MOST, batch.size()); i++) {
            images.add(Thumbnail.of(batch.images(), i * size, (int) shape[0], (int) shape[1], (int) shape[2]));
            names.add(classNames.get(label(batch, i)));
        }
        return new AugmentedSection(images, names, changes);
    }

    private static int label(MiniBatch batch, int image) {
        int classes = batch.labels().length / batch.size();
        int largest = 0;
        for (int i = 1; i < classes; i++) {
            largest = batch.labels()[image * classes + i] > batch.labels()[image * classes + largest] ? i : largest;
        }
        return largest;
    }

    @Override
    public String heading() {
        return "Training images";
    }

    @Override
    public void write(Html page) {
        page.element("p", "The first " + Figures.count(images.size(), "image", "images") + " of the first epoch, as the"
                + " training saw them (" + (changes.equals("none") ? "unchanged" : "changed at random by " + changes) + ").",
                "class", "note");
        page.open("div", "class", "images");
        for (int i = 0; i < images.size(); i++) {
            page.open("figure", "class", "image");
            images.get(i).write(page, "Training image of the class " + names.get(i));
            page.open("figcaption").open("span", "class", "name").text(names.get(i)).close().close().closeLine();
        }
        page.closeLine();
    }
}
