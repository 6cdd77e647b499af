package io.github.backprop4j.report;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Precision and recall of each class, or of those that are recognised worst if there are many. */
record ClassesSection(Judged judged) implements Section {

    /** The most classes of which all are listed. */
    static final int ALL = 100;

    /** How many are listed of more. */
    static final int WORST = 50;

    @Override
    public String heading() {
        return "Classes";
    }

    @Override
    public void write(Html page) {
        Outcomes outcomes = judged.outcomes();
        page.element("p", "Precision: of the images taken for the class, the share that are of it. Recall: of the images of"
                + " the class, the share taken for it." + (outcomes.classes() <= ALL ? ""
                        : " Of " + Figures.count(outcomes.classes()) + " classes, the " + WORST
                                + " with the lowest recall."),
                "class", "note");
        page.open("div", "class", "scroll", "tabindex", 0, "role", "region", "aria-label", "precision and recall");
        page.open("table", "class", "classes").open("thead").open("tr");
        List.of("class", "images", "precision", "recall").forEach(name -> page.element("th", name, "scope", "col"));
        page.close().close().open("tbody");
        for (int label : listed()) {
            page.open("tr").element("th", judged.className(label), "scope", "row");
            page.element("td", Figures.count(outcomes.actual(label)));
            page.element("td", Figures.percent(outcomes.precision(label)));
            page.element("td", Figures.percent(outcomes.recall(label))).closeLine();
        }
        page.close().close().closeLine();
    }

    private List<Integer> listed() {
        Outcomes outcomes = judged.outcomes();
        List<Integer> all = IntStream.range(0, outcomes.classes()).boxed().toList();
        return all.size() <= ALL ? all : all.stream().filter(label -> outcomes.actual(label) > 0)
                .sorted(Comparator.comparing(label -> outcomes.recall(label).orElseThrow())).limit(WORST).toList();
    }
}
