package io.github.backprop4j.report;

/** A diagram of how often the network is right, over the probability that it gives its answer. */
record ReliabilitySection(Judged judged) implements Section {

    private static final double LEFT = 54;
    private static final double TOP = 12;
    private static final double SIDE = 300;
    private static final double COUNTS_TOP = TOP + SIDE + 14;
    private static final double COUNTS_HEIGHT = 44;
    private static final double WIDTH = LEFT + SIDE + 24;
    private static final double HEIGHT = COUNTS_TOP + COUNTS_HEIGHT + 46;

    @Override
    public String heading() {
        return "Reliability";
    }

    @Override
    public void write(Html page) {
        Reliability bins = judged.outcomes().reliability();
        double excess = bins.confidence() - judged.outcomes().accuracy();
        page.element("p", Figures.format("Each bar is the share of right answers among those of about the same probability:"
                + " on the dashed line it would be that probability. Expected calibration error %.4f, in %d bins. The mean"
                + " probability, %s, is %.2f points %s than the accuracy, %s.", bins.expectedError(), Reliability.BINS,
                Figures.percent(bins.confidence()), 100 * Math.abs(excess), excess > 0 ? "higher" : "lower",
                Figures.percent(judged.outcomes().accuracy())), "class", "note");
        page.open("figure", "class", "chart reliability").element("figcaption", "Right answers");
        Axis axis = new Axis(0, 0.2, 6, SIDE);
        page.open("svg", "viewBox", Figures.format("0 0 %.0f %.0f", WIDTH, HEIGHT), "role", "img",
                "aria-label", description(bins));
        for (double tick : axis.ticks()) {
            double y = TOP + SIDE - axis.at(tick);
            page.open("line", "class", "grid", "x1", LEFT, "x2", LEFT + SIDE, "y1", rounded(y), "y2", rounded(y)).close();
            page.element("text", percent(tick), "class", "tick end", "x", LEFT - 8, "y", rounded(y + 4));
            page.element("text", percent(tick), "class", "tick middle", "x", rounded(LEFT + axis.at(tick)),
                    "y", COUNTS_TOP + COUNTS_HEIGHT + 18);
        }
        writeBins(page, bins, axis);
        page.open("line", "class", "diagonal", "x1", LEFT, "y1", TOP + SIDE, "x2", LEFT + SIDE, "y2", TOP).close();
        page.element("text", "images", "class", "tick end", "x", LEFT - 8, "y", COUNTS_TOP + COUNTS_HEIGHT - 2);
        page.element("text", "probability of the answer", "class", "tick middle", "x", LEFT + SIDE / 2, "y", HEIGHT - 8);
        page.closeLine().closeLine();
    }

    private static void writeBins(Html page, Reliability bins, Axis axis) {
        double width = SIDE / Reliability.BINS;
        int most = 1;
        for (int bin = 0; bin < Reliability.BINS; bin++) {
            most = Math.max(most, bins.count(bin));
        }
        for (int bin = 0; bin < Reliability.BINS; bin++) {
            if (bins.count(bin) == 0) {
                continue;
            }
            double left = LEFT + bin * width + 1;
            double height = axis.at(bins.accuracy(bin));
            double images = Math.max(1, COUNTS_HEIGHT * bins.count(bin) / most);
            writeBar(page, "bar training", left, TOP + SIDE - height, width - 2, height);
            writeBar(page, "bar counts", left, COUNTS_TOP + COUNTS_HEIGHT - images, width - 2, images);
        }
    }

    private static void writeBar(Html page, String kind, double x, double y, double width, double height) {
        page.open("rect", "class", kind, "x", rounded(x), "y", rounded(y), "width", rounded(width),
                "height", rounded(height)).close();
    }

    private static String description(Reliability bins) {
        StringBuilder text = new StringBuilder("Share of right answers by the probability of the answer.");
        for (int bin = 0; bin < Reliability.BINS; bin++) {
            if (bins.count(bin) > 0) {
                text.append(Figures.format(" At %.0f %%: %.0f %% of %,d images.", 100 * bins.confidence(bin),
                        100 * bins.accuracy(bin), bins.count(bin)));
            }
        }
        return text.toString();
    }

    private static String percent(double share) {
        return Figures.format("%.0f %%", 100 * share);
    }

    private static String rounded(double value) {
        return Figures.format("%.1f", value);
    }
}
