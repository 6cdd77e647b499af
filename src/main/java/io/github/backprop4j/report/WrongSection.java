package io.github.backprop4j.report;

import io.github.backprop4j.inference.Evaluator.Prediction;
import java.util.List;

/** The images about which the network is wrong and surest: often the data is. */
record WrongSection(Judged judged) implements Section {

    @Override
    public String heading() {
        return "Confidently wrong";
    }

    @Override
    public void write(Html page) {
        List<Prediction> worst = judged.outcomes().mostConfidentlyWrong();
        if (worst.isEmpty()) {
            page.element("p", "No image was classified wrong.");
            return;
        }
        page.element("p", "The wrong answers given with the highest probability. Look at these first: some may be labelled"
                + " wrong." + (judged.images().fileNames().isEmpty()
                        ? " Images are numbered from 0 in the order of the " + judged.kind() + " data." : ""),
                "class", "note");
        page.open("div", "class", "images wrong");
        worst.forEach(prediction -> judged.write(page, prediction));
        page.closeLine();
    }
}
