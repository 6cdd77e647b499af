package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.benchmark.History.Entry;
import io.github.backprop4j.benchmark.Measurement.Unit;
import io.github.backprop4j.benchmark.Series.Change;
import io.github.backprop4j.benchmark.Series.Newest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A record of 60 commits with changes, machines and other work at known places. */
class HistoryTest {

    @TempDir
    private Path folder;

    private final List<String> problems = new ArrayList<>();

    private History planted() throws IOException {
        PlantedHistory.write(folder);
        return read();
    }

    private History read() throws IOException {
        return History.read(folder, 500, problems::add);
    }

    private static Series series(History history, String name) {
        return history.series().stream().filter(each -> each.key().name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void findsWhatWasPlantedAndNothingElse() throws IOException {
        History history = planted();
        List<Change> changes = history.series().stream().flatMap(each -> each.changes().stream()).toList();
        assertEquals(List.of(PlantedHistory.SLOWER, PlantedHistory.FASTER),
                changes.stream().map(change -> change.key().name()).toList());
        assertEquals(PlantedHistory.SLOWER_AT, changes.get(0).after().first().index(), 1);
        assertEquals(0.9, changes.get(0).speedup(), 0.02);
        assertEquals(PlantedHistory.FASTER_AT, changes.get(1).after().first().index(), 1);
        assertEquals(1.15, changes.get(1).speedup(), 0.025);
    }

    @Test
    void anotherMachineIsAnotherStretchAndNoChange() throws IOException {
        Series series = series(planted(), PlantedHistory.STEADY);
        assertEquals(List.of(), series.changes());
        assertEquals(2, series.stretches().size());
        assertEquals(1.4, series.stretches().get(1).level() / series.stretches().get(0).level(), 0.03);
        assertEquals(7, series.stretches().get(1).points().size());
    }

    @Test
    void secondsAreFasterWhenFewer() throws IOException {
        for (int i = 0; i < 20; i++) {
            Measurement measurement = new Measurement("its", Measurement.Group.NOTEBOOK, Unit.SECONDS,
                    List.of(i < 10 ? 1.0 : 0.8), null);
            write(i, PlantedHistory.commit(i), measurement);
        }
        assertEquals(1.25, series(read(), "its").changes().get(0).speedup(), 1e-9);
    }

    @Test
    void theNewestIsBesideItsStretch() throws IOException {
        Newest newest = series(planted(), PlantedHistory.SLOWER).newest().orElseThrow();
        assertEquals(0.9 * 3500, newest.usual(), 50);
        assertEquals(40 - 7 - 1, newest.others(), 1);
        assertFalse(newest.unusual());
        write(999, "f".repeat(40), new Measurement(PlantedHistory.SLOWER, Measurement.Group.STEP,
                Unit.IMAGES_PER_SECOND, List.of(2000.0), null), "AMD EPYC 7763");
        assertTrue(series(read(), PlantedHistory.SLOWER).newest().orElseThrow().unusual());
        write(1000, "e".repeat(40), new Measurement(PlantedHistory.SLOWER, Measurement.Group.STEP,
                Unit.IMAGES_PER_SECOND, List.of(2000.0), null), "a machine never seen");
        Newest alone = series(read(), PlantedHistory.SLOWER).newest().orElseThrow();
        assertEquals(0, alone.others());
        assertFalse(alone.unusual());
    }

    @Test
    void commitsOfOneSecondAreInTheOrderOfTheirNumbers() throws IOException {
        Measurement any = new Measurement("any", Measurement.Group.STEP, Unit.IMAGES_PER_SECOND, List.of(1.0), null);
        write(10, "b".repeat(40), any);
        write(9, "c".repeat(40), any);
        write(11, "a".repeat(40), any);
        assertEquals(List.of("ccccccc", "bbbbbbb", "aaaaaaa"),
                read().entries().stream().map(Entry::shortCommit).toList());
    }

    @Test
    void filesThatAreNoReportsAreToldAndLeftOutOthersIgnored() throws IOException {
        planted();
        Path broken = folder.resolve("20260101T000000Z-000001-" + "a".repeat(40) + ".json");
        Files.writeString(broken, "{\"schema\": 7}");
        Files.writeString(folder.resolve("20261399T000000Z-000001-" + "a".repeat(40) + ".json"), "{}");
        Files.writeString(folder.resolve("index.html"), "no report");
        Files.writeString(folder.resolve("20260101T000000Z-000001-" + "a".repeat(40) + ".log"), "no report");
        assertEquals(PlantedHistory.COMMITS, read().entries().size());
        assertEquals(2, problems.size(), problems.toString());
        assertTrue(problems.get(0).contains(broken.getFileName().toString()), problems.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"cpu\" : \"cpu\"", "\"os\" : \"Linux amd64\"", "\"java\" : \"17\"", "\"otherLoad\" : 0.5"})
    void reportsThatLackWhatThePageTellsAreToldAndLeftOut(String field) throws IOException {
        Measurement busy = new Measurement("its", Measurement.Group.STEP, Unit.IMAGES_PER_SECOND, List.of(1.0),
                Map.of(Measurement.OTHER_LOAD, 0.5));
        write(1, "a".repeat(40), busy);
        write(2, "b".repeat(40), busy);
        Path file = folder.resolve("20270101T000000Z-000002-" + "b".repeat(40) + ".json");
        String whole = Files.readString(file);
        assertTrue(whole.contains(field), whole);
        Files.writeString(file, whole.replace(field, field.substring(0, field.indexOf(':')) + ": null"));
        History history = read();
        assertEquals(1, history.entries().size());
        assertEquals(1, problems.size(), problems.toString());
        assertTrue(problems.get(0).contains(file.getFileName().toString()) && problems.get(0).contains("null"),
                problems.toString());
        assertEquals(1, history.series().size());
        assertFalse(new HistoryReport(history, "").page().sections().isEmpty());
    }

    @Test
    void ofMoreTheNewestAreRead() throws IOException {
        PlantedHistory.write(folder);
        List<Entry> entries = History.read(folder, 7, problems::add).entries();
        assertEquals(7, entries.size());
        assertEquals(PlantedHistory.commit(PlantedHistory.COMMITS - 1), entries.get(6).commit());
    }

    private void write(int number, String commit, Measurement measurement) throws IOException {
        write(number, commit, measurement, "cpu");
    }

    private void write(int number, String commit, Measurement measurement, String cpu) throws IOException {
        new Report("2027-01-01T00:00:00Z", new Machine(cpu, 2, 8L << 30, "Linux amd64", "17", "Haswell", null),
                List.of(measurement)).write(folder.resolve(String.format("20270101T000000Z-%06d-%s.json", number, commit)));
    }
}
