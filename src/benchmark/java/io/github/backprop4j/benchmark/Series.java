package io.github.backprop4j.benchmark;

import io.github.backprop4j.benchmark.History.Entry;
import io.github.backprop4j.benchmark.History.Host;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One measurement over the commits, cut into stretches of one level. Each machine's values are a series of their own: what
 * another machine measures is another level and no change.
 *
 * @param points in the order of the commits
 * @param stretches in the order of their machines, those of one machine in the order of the commits
 */
record Series(Key key, List<Point> points, List<Stretch> stretches) {

    /** A smaller change of level is not told, as a ratio's distance from 1. */
    static final double LEAST_EFFECT = 0.02;

    /** Above this share of the processors, other work may have slowed the measurement. */
    private static final double BUSY = 0.15;

    /** So many times its usual spread away, a value is said to be unusual. */
    private static final double UNUSUAL = 3;

    /** A measurement is known by both: what changes its unit is another one. */
    record Key(String name, Measurement.Unit unit) {

        static Key of(Measurement measurement) {
            return new Key(measurement.name(), measurement.unit());
        }
    }

    /**
     * One commit's.
     *
     * @param index of the entry
     * @param value the median of its rounds, more than 0
     * @param wasBusy whether other work went on meanwhile
     */
    record Point(int index, Entry entry, double value, boolean wasBusy) {}

    /**
     * Neighbouring values of one machine between which no change was found.
     *
     * @param points at least one
     * @param level their median
     */
    record Stretch(Host host, List<Point> points, double level) {

        private static Stretch of(Host host, List<Point> points) {
            double[] logs = logs(points);
            return new Stretch(host, points, Math.exp(ChangePoints.level(logs, 0, logs.length)));
        }

        Point first() {
            return points.get(0);
        }

        Point last() {
            return points.get(points.size() - 1);
        }
    }

    /** A change of level on one machine, between the last commit of a stretch and the first of the next. */
    record Change(Key key, Stretch before, Stretch after) {

        /** How many times as fast it became. */
        double speedup() {
            return key.unit().higherIsBetter() ? after.level / before.level : before.level / after.level;
        }
    }

    /**
     * The newest value beside what was usual before it.
     *
     * @param usual the median of its stretch's other values; NaN if it is the first
     * @param others how many these are
     * @param speedup how many times as fast as usual; NaN if it is the first
     * @param unusual whether it is further from usual than the spread of this machine's values explains
     */
    record Newest(Point point, double usual, int others, double speedup, boolean unusual) {}

    static Series of(History history, Key key) {
        List<Point> points = new ArrayList<>();
        Map<Host, List<Point>> ofHosts = new LinkedHashMap<>();
        for (int i = 0; i < history.entries().size(); i++) {
            Entry entry = history.entries().get(i);
            for (Measurement measurement : entry.report().measurements()) {
                // a value of 0 has no logarithm, and is none of a thing that works
                if (Key.of(measurement).equals(key) && measurement.median() > 0) {
                    double load = measurement.details().getOrDefault(Measurement.OTHER_LOAD, 0.0);
                    Point point = new Point(i, entry, measurement.median(), load > BUSY);
                    points.add(point);
                    ofHosts.computeIfAbsent(entry.host(), host -> new ArrayList<>()).add(point);
                }
            }
        }
        List<Stretch> stretches = new ArrayList<>();
        ofHosts.forEach((host, its) -> {
            int from = 0;
            for (int change : ChangePoints.of(logs(its), Math.log(1 + LEAST_EFFECT))) {
                stretches.add(Stretch.of(host, List.copyOf(its.subList(from, change))));
                from = change;
            }
            stretches.add(Stretch.of(host, List.copyOf(its.subList(from, its.size()))));
        });
        return new Series(key, List.copyOf(points), List.copyOf(stretches));
    }

    private static double[] logs(List<Point> points) {
        return points.stream().mapToDouble(point -> Math.log(point.value)).toArray();
    }

    /** Returns the changes, the newest first. */
    List<Change> changes() {
        List<Change> changes = new ArrayList<>();
        for (int i = 1; i < stretches.size(); i++) {
            if (stretches.get(i).host.equals(stretches.get(i - 1).host)) {
                changes.add(new Change(key, stretches.get(i - 1), stretches.get(i)));
            }
        }
        changes.sort(Comparator.comparingInt((Change change) -> change.after.first().index).reversed());
        return changes;
    }

    /** Returns the newest value, if there is any. */
    Optional<Newest> newest() {
        if (points.isEmpty()) {
            return Optional.empty();
        }
        Point point = points.get(points.size() - 1);
        Stretch its = stretches.stream().filter(stretch -> stretch.last() == point).findFirst().orElseThrow();
        int others = its.points.size() - 1;
        if (others == 0) {
            return Optional.of(new Newest(point, Double.NaN, 0, Double.NaN, false));
        }
        double[] before = logs(its.points.subList(0, others));
        double usual = Math.exp(ChangePoints.level(before, 0, others));
        double ratio = key.unit().higherIsBetter() ? point.value / usual : usual / point.value;
        // of fewer values the spread is not known
        boolean unusual = others >= ChangePoints.FEWEST
                && Math.abs(Math.log(ratio)) > UNUSUAL * ChangePoints.spread(before);
        return Optional.of(new Newest(point, usual, others, ratio, unusual));
    }
}
