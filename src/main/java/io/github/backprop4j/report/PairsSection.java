package io.github.backprop4j.report;

import java.util.List;

/** The classes that are most often taken for another, with some of their images. */
record PairsSection(Judged judged) implements Section {

    /** The most pairs that are listed. */
    static final int MOST = 10;

    @Override
    public String heading() {
        return "Most confused";
    }

    @Override
    public void write(Html page) {
        List<Outcomes.Pair> pairs = judged.outcomes().mostConfused(MOST);
        if (pairs.isEmpty()) {
            page.element("p", "No image was taken for another class than its own.");
            return;
        }
        page.open("ol", "class", "pairs");
        for (Outcomes.Pair pair : pairs) {
            int all = judged.outcomes().actual(pair.actual());
            page.open("li").open("p").open("strong").name(judged.className(pair.actual())).close().text(" taken for ")
                    .open("strong").name(judged.className(pair.predicted())).close()
                    .text(": " + pair.count() + " of " + Figures.count(all, "image", "images") + ", "
                            + Figures.percent((double) pair.count() / all)).close();
            page.open("div", "class", "images");
            pair.examples().forEach(example -> judged.write(page, example));
            page.close().closeLine();
        }
        page.closeLine();
    }
}
