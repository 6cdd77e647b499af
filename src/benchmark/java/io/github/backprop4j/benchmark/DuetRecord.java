package io.github.backprop4j.benchmark;

import io.github.backprop4j.benchmark.Measurement.Group;
import io.github.backprop4j.benchmark.Measurement.Unit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/** Rounds in which two versions were measured at once, benchmark by benchmark; as files, a {@link Report} of each side. */
final class DuetRecord {

    /** Of a measurement: seconds of wall-clock time that a round took in the middle, with the start of its processes. */
    static final String ROUND_SECONDS = "roundSeconds";

    private final Map<String, Group> groups = new LinkedHashMap<>();
    private final Map<String, List<Duet.Seconds>> rounds = new LinkedHashMap<>();
    private final List<Double> lengths = new ArrayList<>();

    /**
     * Reads back what {@link #report} made of both sides.
     *
     * @throws IllegalArgumentException if they have no benchmark in common or not equally many rounds of each
     */
    static DuetRecord of(Report base, Report head) {
        DuetRecord record = new DuetRecord();
        for (Measurement after : head.measurements()) {
            base.measurements().stream().filter(before -> before.name().equals(after.name())).findFirst()
                    .ifPresent(before -> record.put(before, after));
        }
        if (record.rounds.values().stream().map(List::size).distinct().count() != 1) {
            throw new IllegalArgumentException("reports of base and head: rounds of their common benchmarks: "
                    + record.rounds.values().stream().map(List::size).toList()
                    + ", expected the same number of each, and one benchmark at least; they must be of one comparison");
        }
        return record;
    }

    /**
     * Reads back what was being written: of each benchmark as many rounds as both sides have.
     *
     * @throws IllegalArgumentException as {@link #of}
     */
    static DuetRecord ofShorter(Report base, Report head) {
        int rounds = Stream.of(base, head).flatMap(side -> side.measurements().stream())
                .mapToInt(each -> each.values().size()).min().orElse(0);
        return of(first(base, rounds), first(head, rounds));
    }

    private static Report first(Report report, int rounds) {
        return new Report(report.date(), report.machine(), report.measurements().stream().map(each -> new Measurement(
                each.name(), each.group(), each.unit(), each.values().subList(0, rounds), each.details())).toList());
    }

    private void put(Measurement before, Measurement after) {
        int count = after.values().size();
        if (before.values().size() != count || before.unit() != Unit.SECONDS || after.unit() != Unit.SECONDS) {
            throw new IllegalArgumentException("reports of base and head: " + after.name() + ": " + before.values().size()
                    + " rounds in " + before.unit() + " and " + count + " in " + after.unit()
                    + ", expected as many in s; they must be of one comparison");
        }
        groups.put(after.name(), after.group());
        rounds.put(after.name(), new ArrayList<>(IntStream.range(0, after.values().size())
                .mapToObj(i -> new Duet.Seconds(before.values().get(i), after.values().get(i))).toList()));
        if (lengths.isEmpty()) {
            double length = after.details().getOrDefault(ROUND_SECONDS, 0.0);
            lengths.addAll(Collections.nCopies(after.values().size(), length));
        }
    }

    /**
     * Adds a round.
     *
     * @throws IllegalArgumentException if its benchmarks are not those of the first one
     */
    void add(DuetRounds.Round round) {
        if (!rounds.isEmpty() && !rounds.keySet().equals(round.seconds().keySet())) {
            throw new IllegalArgumentException("record of rounds: a round has the benchmarks " + round.seconds().keySet()
                    + ", expected those before it, " + rounds.keySet() + "; begin a new record");
        }
        groups.putAll(round.groups());
        round.seconds().forEach((name, seconds) -> rounds.computeIfAbsent(name, key -> new ArrayList<>()).add(seconds));
        lengths.add(round.length());
    }

    /** Returns one of its first rounds alone. */
    DuetRecord first(int count) {
        DuetRecord first = new DuetRecord();
        if (count > 0) {
            first.groups.putAll(groups);
            rounds.forEach((name, seconds) -> first.rounds.put(name, new ArrayList<>(seconds.subList(0, count))));
            first.lengths.addAll(lengths.subList(0, count));
        }
        return first;
    }

    /** How many rounds it has. */
    int count() {
        return lengths.size();
    }

    /** Seconds of wall-clock time that a round took, in the middle; 0 if unknown. */
    double roundSeconds() {
        return new Median().evaluate(lengths.stream().mapToDouble(each -> each).toArray());
    }

    /** Of each benchmark the logarithms of head/base, one a round. */
    Map<String, double[]> logRatios() {
        Map<String, double[]> ratios = new LinkedHashMap<>();
        rounds.forEach((name, seconds) -> ratios.put(
                name, seconds.stream().mapToDouble(each -> Math.log(each.head() / each.base())).toArray()));
        return ratios;
    }

    /** Seconds of a side in the middle of all rounds. */
    double median(String benchmark, Duet.Side side) {
        return new Median().evaluate(values(benchmark, side).stream().mapToDouble(each -> each).toArray());
    }

    /** One side, with a value for each round. */
    Report report(Duet.Side side, String date, Machine machine) {
        Map<String, Double> details = Map.of(Measurement.THREADS, 1.0, ROUND_SECONDS, roundSeconds());
        return new Report(date, machine, rounds.keySet().stream().map(
                name -> new Measurement(name, groups.get(name), Unit.SECONDS, values(name, side), details)).toList());
    }

    private List<Double> values(String benchmark, Duet.Side side) {
        return rounds.get(benchmark).stream().map(each -> side == Duet.Side.BASE ? each.base() : each.head()).toList();
    }
}
