package io.github.backprop4j.report;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;

/** Which classes are taken for which: a table if they are few, a picture if they are more, nothing if they are many. */
record ConfusionSection(Judged judged) implements Section {

    /** The most classes of a table. */
    static final int TABLE = 20;

    /** The most classes of a picture, which has a pixel for each pair. */
    static final int PICTURE = 500;

    private static final int PICTURE_SIDE = 640;
    private static final int SHADES = 10;
    private static final int RIGHT = 0x0072B2;
    private static final int WRONG = 0xD55E00;

    @Override
    public String heading() {
        return "Confusion matrix";
    }

    @Override
    public void write(Html page) {
        int classes = judged.outcomes().classes();
        if (classes > PICTURE) {
            page.element("p", classes + " classes are too many for a matrix; those most confused are listed below.",
                    "class", "note");
            return;
        }
        double largest = largestError();
        String shades = "Blue: the share of the class's images that were recognised" + (largest == 0
                ? "; none were taken for another class."
                : ". Orange: the share that were taken for another class, strongest for the largest of these, "
                        + Figures.percent(largest) + ".");
        if (classes <= TABLE) {
            page.element("p", "A row has the " + judged.kind() + " images of a class, by what they were taken for. "
                    + shades, "class", "note");
            writeTable(page, largest);
        } else {
            page.element("p", "A row of squares for each class, from the top in the order of the class names, a"
                    + " column for what its " + judged.kind() + " images were taken for. " + shades, "class", "note");
            page.open("div", "class", "pixels matrix");
            picture(largest).write(page, "Confusion matrix of " + classes
                    + " classes; those most confused are listed below");
            page.closeLine();
        }
    }

    private double share(int actual, int predicted) {
        int all = judged.outcomes().actual(actual);
        return all == 0 ? 0 : (double) judged.outcomes().count(actual, predicted) / all;
    }

    private double largestError() {
        return judged.outcomes().mostConfused(Integer.MAX_VALUE).stream()
                .mapToDouble(pair -> share(pair.actual(), pair.predicted())).max().orElse(0);
    }

    private double shade(int actual, int predicted, double largest) {
        double share = share(actual, predicted);
        return actual == predicted || share == 0 ? share : share / largest;
    }

    private void writeTable(Html page, double largest) {
        List<String> names = judged.classNames();
        page.open("div", "class", "scroll", "tabindex", 0, "role", "region", "aria-label", "confusion matrix");
        page.open("table", "class", "confusion").open("thead").open("tr").element("td", "");
        page.element("th", "taken for", "scope", "colgroup", "colspan", names.size()).closeLine();
        page.open("tr").element("th", "is", "scope", "col");
        for (String name : names) {
            page.open("th", "scope", "col", "title", name).open("span").text(name).close().close();
        }
        page.close().close().open("tbody");
        for (int actual = 0; actual < names.size(); actual++) {
            String name = names.get(actual);
            page.open("tr").open("th", "scope", "row", "title", name).open("span").text(name).close().close();
            for (int predicted = 0; predicted < names.size(); predicted++) {
                int count = judged.outcomes().count(actual, predicted);
                long shade = (long) Math.ceil(SHADES * shade(actual, predicted, largest));
                page.open("td", "class", (actual == predicted ? "r" : "w") + shade)
                        .text(count == 0 ? "" : Integer.toString(count)).close();
            }
            page.closeLine();
        }
        page.close().close().closeLine();
    }

    /** Transparent where there is nothing, so that the page's own colour is seen. */
    private Thumbnail picture(double largest) {
        int classes = judged.outcomes().classes();
        BufferedImage image = new BufferedImage(classes, classes, BufferedImage.TYPE_INT_ARGB);
        IntStream.range(0, classes).forEach(each -> image.setRGB(each, each, argb(share(each, each), RIGHT)));
        judged.outcomes().mostConfused(Integer.MAX_VALUE).forEach(pair -> image.setRGB(pair.predicted(), pair.actual(),
                argb(Math.max(0.1, shade(pair.actual(), pair.predicted(), largest)), WRONG)));
        return Thumbnail.of(image, PICTURE_SIDE);
    }

    private static int argb(double share, int rgb) {
        return (int) Math.round(255 * share) << 24 | rgb;
    }
}
