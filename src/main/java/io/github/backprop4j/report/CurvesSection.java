package io.github.backprop4j.report;

import io.github.backprop4j.report.LineChart.Line;
import io.github.backprop4j.report.LineChart.Point;
import io.github.backprop4j.training.EpochMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * How a training went: loss, accuracy, learning rate and speed over its epochs.
 *
 * @param history of the epochs that are done
 * @param epochs that the training may have
 * @param stepsPerEpoch of the optimizer
 * @param schedule of the learning rate; drawn, with what is still to come, if the epochs had its rates
 * @param keptEpoch whose network is kept, from 1; 0 if that is not told by validation
 * @param labelSmoothing of the training's loss, 0 if there is none
 * @param isOver whether no more epochs come
 */
record CurvesSection(List<EpochMetrics> history, int epochs, int stepsPerEpoch, ISchedule schedule, int keptEpoch,
        double labelSmoothing, boolean isOver) implements Section {

    private static final String TRAINING = "training";
    private static final String VALIDATION = "validation";

    /** The epochs in the table of numbers. */
    private static final int MOST_ROWS = 200;

    /** The points of the schedule's line. */
    private static final int RATES = 240;

    @Override
    public String heading() {
        return "Training";
    }

    @Override
    public void write(Html page) {
        page.open("div", "class", "charts");
        chart("Loss", true, Figures::number, EpochMetrics::trainLoss, EpochMetrics::validationLoss).write(page);
        chart("Accuracy", false, Figures::percent, EpochMetrics::trainAccuracy, EpochMetrics::validationAccuracy)
                .write(page);
        new LineChart("Learning rate", lastEpoch(), true, Figures::number, false, rates()).write(page);
        new LineChart("Speed, images per second", lastEpoch(), true, Figures::count, false,
                List.of(line("last epoch", TRAINING, EpochMetrics::imagesPerSecond))).write(page);
        page.closeLine();
        if (keptEpoch > 0) {
            page.element("p", "The rings are at epoch " + keptEpoch + ", which has the lowest validation loss"
                    + (isOver ? ": its network was kept." : " so far."), "class", "note");
        }
        if (labelSmoothing > 0) {
            page.element("p", "The training loss is that of smoothed labels (" + labelSmoothing + "), which stays above 0"
                    + " however right the network is; probabilities are kept below 1 likewise.", "class", "note");
        }
        if (!history.isEmpty()) {
            writeTable(page);
        }
    }

    private int lastEpoch() {
        return isOver ? Math.max(1, history.size()) : epochs;
    }

    private LineChart chart(String title, boolean fromZero, DoubleFunction<String> value,
            ToDoubleFunction<EpochMetrics> training, ToDoubleFunction<EpochMetrics> validation) {
        return new LineChart(title, lastEpoch(), fromZero, value, !fromZero,
                List.of(line(TRAINING, TRAINING, training), line(VALIDATION, VALIDATION, validation)));
    }

    private Line line(String name, String kind, ToDoubleFunction<EpochMetrics> number) {
        List<Point> points = history.stream().map(each -> new Point(each.epoch(), number.applyAsDouble(each))).toList();
        return new Line(name, kind, points, true, kind.equals(VALIDATION) && keptEpoch > 0 ? keptEpoch : Double.NaN);
    }

    /** Trainers may have another schedule than their settings': then there are only the rates that the epochs ended with. */
    private List<Line> rates() {
        Line seen = line("", TRAINING, EpochMetrics::learningRate);
        boolean fits = history.stream().allMatch(each -> each.step() == (long) each.epoch() * stepsPerEpoch
                && Math.abs(schedule.valueAt((int) each.step() - 1, 0) - each.learningRate())
                        <= 1e-6 * Math.abs(each.learningRate()));
        if (!fits) {
            return List.of(seen);
        }
        double now = history.size();
        List<Line> lines = new ArrayList<>();
        lines.add(new Line(now < lastEpoch() ? "" : "at the end", TRAINING, schedule(0, now), false, Double.NaN));
        if (now < lastEpoch() && !isOver) {
            lines.add(new Line("to come", "planned", schedule(now, lastEpoch()), false, Double.NaN));
        }
        return lines;
    }

    private List<Point> schedule(double from, double to) {
        int points = to > from ? RATES : 0;
        return IntStream.range(0, points).mapToObj(i -> {
            long steps = Math.max(1, Math.round((from + (to - from) * i / (points - 1)) * stepsPerEpoch));
            return new Point((double) steps / stepsPerEpoch, schedule.valueAt((int) steps - 1, 0));
        }).toList();
    }

    private void writeTable(Html page) {
        page.open("details").element("summary", "Numbers of the epochs");
        page.open("div", "class", "scroll", "tabindex", 0, "role", "region", "aria-label", "numbers of the epochs");
        page.open("table").open("thead").open("tr");
        for (String name : List.of("epoch", "step", "learning rate", "training loss", "accuracy", "validation loss",
                "accuracy", "seconds", "images/s")) {
            page.element("th", name, "scope", "col");
        }
        page.close().close().open("tbody");
        for (EpochMetrics each : history.subList(Math.max(0, history.size() - MOST_ROWS), history.size())) {
            page.open("tr").element("th", Integer.toString(each.epoch()), "scope", "row");
            for (String number : List.of(Figures.count(each.step()), Figures.number(each.learningRate()),
                    Figures.number(each.trainLoss()), Figures.percent(each.trainAccuracy()),
                    Figures.number(each.validationLoss()), Figures.percent(each.validationAccuracy()),
                    Figures.format("%.1f", each.seconds()), Figures.count(each.imagesPerSecond()))) {
                page.element("td", number);
            }
            page.closeLine();
        }
        page.close().close().close().closeLine();
    }
}
