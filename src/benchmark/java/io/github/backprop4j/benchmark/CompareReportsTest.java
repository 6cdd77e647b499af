package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.benchmark.Measurement.Group;
import io.github.backprop4j.benchmark.Measurement.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareReportsTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    @Test
    void theExitCodeJudges() throws IOException {
        String base = report("base.json", 100);
        assertEquals(1, run("0.85", base, "--", report("slow.json", 84)));
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("| 0.840 | **below 0.85** |"));
        assertEquals(0, run("0.85", base, "--", report("good.json", 86)));
        assertEquals(0, run("0.8", base, "--", report("slow.json", 84)));
    }

    @Test
    void eachSideMayHaveSeveralReports() throws IOException {
        assertEquals(0, run("0.85", report("b1.json", 100), report("b2.json", 90), report("b3.json", 1000), "--",
                report("h1.json", 1), report("h2.json", 86), report("h3.json", 86)));
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("| 100.0 | 86.00 |"));
    }

    @Test
    void whatCannotBeComparedIsAnErrorOfOneLine() throws IOException {
        String base = report("base.json", 100);
        assertEquals(2, run("0.85", base));
        assertEquals(2, run("0.85", base, "--"));
        assertEquals(2, run("--", base));
        assertEquals(2, run("most", base, "--", base));
        assertEquals(2, run("0.85", base, "--", folder.resolve("absent.json").toString()));
        assertEquals(5, err.toString(StandardCharsets.UTF_8).lines().count());
    }

    private int run(String... arguments) {
        return CompareReports.run(List.of(arguments), new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String report(String name, double imagesPerSecond) throws IOException {
        Measurement step = new Measurement(
                "step", Group.STEP, Unit.IMAGES_PER_SECOND, List.of(imagesPerSecond), Map.of());
        Path file = folder.resolve(name);
        new Report("2026-11-24T09:00:00Z", new Machine("AMD EPYC", 2, 1, "Linux", "17", null, null), List.of(step))
                .write(file);
        return file.toString();
    }
}
