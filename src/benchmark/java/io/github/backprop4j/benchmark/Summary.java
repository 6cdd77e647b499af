package io.github.backprop4j.benchmark;

import io.github.backprop4j.benchmark.Measurement.Group;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the figures say of each other: ours of the peers', two threads of one, large batches of small ones. */
record Summary(List<Measurement> measurements) {

    /** How the names of our measurements of steps and of the notebook begin. */
    static final String OURS = "backprop4j ";

    private static final double SMALLER_BATCH = 128;
    private static final double LARGER_BATCH = 1000;

    /**
     * How many times as fast ours are as a peer, at its batch size and number of threads, like {@code im2col 2.00}.
     *
     * @return empty if it is ours or there is nothing to compare
     */
    String oursTo(Measurement peer) {
        if (isOurs(peer) || peer.group() == Group.LAYER) {
            return "";
        }
        return measurements.stream()
                .filter(each -> isOurs(each) && each.unit() == peer.unit()
                        && same(Measurement.BATCH, each, peer) && same(Measurement.THREADS, each, peer))
                .map(our -> String.format(Locale.ROOT, "%s %.2f", our.side().substring(OURS.length()),
                        our.speedup(peer)))
                .collect(Collectors.joining(", "));
    }

    /** A list in Markdown, each side with its fastest batch; empty if there is nothing to say. */
    String text() {
        List<String> lines = new ArrayList<>();
        Collection<Measurement> steps = fastestOfEachSide(Group.STEP);
        Collection<Measurement> peers = fastestOfEachSide(Group.PEER);
        Stream.concat(steps.stream(), peers.stream()).forEach(fastest -> lines.add(String.format(Locale.ROOT,
                "best of %s: %,.0f %s", fastest.name(), fastest.median(), fastest.unit())));
        steps.forEach(our -> peers.forEach(peer -> lines.add(comparison(our.side(), our, peer.side(), peer))));
        for (Measurement our : in(Group.STEP).toList()) {
            twin(our, Measurement.THREADS, 1).ifPresent(alone ->
                    lines.add(comparison(our.name(), our, "1 thread", alone)));
        }
        for (Measurement our : in(Group.STEP).filter(each -> is(Measurement.BATCH, LARGER_BATCH, each)).toList()) {
            twin(our, Measurement.BATCH, SMALLER_BATCH).ifPresent(smaller ->
                    lines.add(comparison(our.name(), our, "batch 128", smaller)));
        }
        in(Group.NOTEBOOK).filter(Summary::isOurs).forEach(our ->
                in(Group.NOTEBOOK).filter(each -> !isOurs(each)).forEach(peer ->
                        lines.add(comparison(our.side(), our, peer.side(), peer))));
        return lines.stream().map(line -> "- " + line + "\n").collect(Collectors.joining());
    }

    private Stream<Measurement> in(Group group) {
        return measurements.stream().filter(each -> each.group() == group);
    }

    private Collection<Measurement> fastestOfEachSide(Group group) {
        Map<String, Measurement> fastest = in(group).collect(Collectors.toMap(Measurement::side, each -> each,
                BinaryOperator.maxBy(Comparator.comparingDouble(Measurement::median)), LinkedHashMap::new));
        return fastest.values();
    }

    /** The measurement that differs from another, of the same side, in the given detail alone. */
    private Optional<Measurement> twin(Measurement one, String detail, double value) {
        String other = detail.equals(Measurement.BATCH) ? Measurement.THREADS : Measurement.BATCH;
        return in(one.group()).filter(each -> each.side().equals(one.side()) && is(detail, value, each)
                && same(other, one, each) && !each.equals(one)).findFirst();
    }

    private static boolean isOurs(Measurement measurement) {
        return measurement.name().startsWith(OURS);
    }

    private static boolean is(String detail, double value, Measurement measurement) {
        return measurement.details().getOrDefault(detail, Double.NaN) == value;
    }

    private static boolean same(String detail, Measurement one, Measurement other) {
        return one.details().containsKey(detail) && is(detail, one.details().get(detail), other);
    }

    private static String comparison(String name, Measurement one, String otherName, Measurement other) {
        return String.format(Locale.ROOT, "%s to %s: %.2f times as fast", name, otherName, one.speedup(other));
    }
}
