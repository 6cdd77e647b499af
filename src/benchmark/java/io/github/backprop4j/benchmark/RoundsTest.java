package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.benchmark.Measurement.Group;
import io.github.backprop4j.benchmark.Measurement.Unit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** With contestants that do next to nothing: this class's main in a process of its own. */
class RoundsTest {

    private final List<String> progress = new ArrayList<>();
    private final Rounds rounds = new Rounds(2, progress::add);

    /** Prints the lines given, in place of {@code PATH} whether there is such a variable; {@code throw} throws. */
    public static void main(String[] lines) {
        for (String line : lines) {
            if (line.equals("throw")) {
                throw new IllegalStateException("wrapped", new ArithmeticException("no more"));
            }
            System.out.println(line.equals("PATH")
                    ? new Outcome(System.getenv("PATH") == null ? 0 : 1, null).line() : line);
        }
    }

    @Test
    void eachRoundHasAllInTurn() throws InterruptedException {
        List<Measurement> measurements = rounds.run(List.of(
                contestant("a", "a library's chatter", new Outcome(2, 50.5).line()),
                contestant("b", new Outcome(3, null).line(), "chatter at the end")));
        assertEquals(List.of(
                new Measurement("a", Group.PEER, Unit.SECONDS, List.of(2.0, 2.0),
                        Map.of(Measurement.BATCH, 32.0, Measurement.RESIDENT_MEGABYTES, 50.5)),
                new Measurement("b", Group.PEER, Unit.SECONDS, List.of(3.0, 3.0),
                        Map.of(Measurement.BATCH, 32.0))), withoutLoad(measurements));
        assertEquals(List.of("round 1 of 2: a: 2.000 s", "round 1 of 2: b: 3.000 s", "round 2 of 2: a: 2.000 s",
                "round 2 of 2: b: 3.000 s"), progress);
    }

    @Test
    void oneThatFailsIsLeftOutAndTheRestGoesOn() throws InterruptedException {
        List<Measurement> measurements = rounds.run(List.of(
                contestant("thrower", new Outcome(2, null).line(), "throw"),
                contestant("good", new Outcome(3, null).line()),
                contestant("mumbler", "hm", ""),
                contestant("silent"),
                contestant("liar", "{\"value\": \"fast\"}"),
                new Contestant("absent", Group.PEER, Unit.SECONDS, Map.of(), List.of("./no-such-program"), Set.of())));
        assertEquals(List.of("good"), measurements.stream().map(Measurement::name).toList());
        assertEquals(List.of(
                "round 1 of 2: thrower: left out: exit code 1, its last line: Caused by: java.lang.ArithmeticException:"
                        + " no more",
                "round 1 of 2: good: 3.000 s",
                "round 1 of 2: mumbler: left out: it told no outcome, its last line: hm",
                "round 1 of 2: silent: left out: it told no outcome, without a word",
                "round 1 of 2: liar: left out: it told '{\"value\": \"fast\"}', expected a line like {\"value\": 3600.0,"
                        + " \"residentMegabytes\": 380.2}"), progress.subList(0, 5));
        assertTrue(progress.get(5).startsWith("round 1 of 2: absent: left out: Cannot run program"), progress.get(5));
        assertEquals(List.of("round 2 of 2: good: 3.000 s"), progress.subList(6, progress.size()));
    }

    @Test
    void aVariableCanBeKeptFromAContestant() throws Exception {
        Contestant contestant = contestant("a", "PATH");
        Contestant pathless = new Contestant("a", Group.PEER, Unit.SECONDS, Map.of(), contestant.command(),
                Set.of("PATH"));
        assertEquals(1, contestant.run().value());
        assertEquals(0, pathless.run().value());
    }

    /** What the machine did meanwhile is not this test's to say. */
    private static List<Measurement> withoutLoad(List<Measurement> measurements) {
        return measurements.stream().map(each -> {
            Map<String, Double> details = new HashMap<>(each.details());
            details.remove(Measurement.OTHER_LOAD);
            return new Measurement(each.name(), each.group(), each.unit(), each.values(), details);
        }).toList();
    }

    private static Contestant contestant(String name, String... lines) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                RoundsTest.class.getName()));
        command.addAll(List.of(lines));
        return new Contestant(name, Group.PEER, Unit.SECONDS, Map.of(Measurement.BATCH, 32.0), command, Set.of());
    }
}
