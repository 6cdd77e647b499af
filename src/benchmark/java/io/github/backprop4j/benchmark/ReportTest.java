package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.benchmark.Measurement.Group;
import io.github.backprop4j.benchmark.Measurement.Unit;
import io.github.backprop4j.files.InvalidFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

class ReportTest {

    private static final Machine MACHINE =
            new Machine("AMD EPYC", 2, 25_000_000_000L, "Linux amd64", "17.0.15 Debian", "Haswell", null);
    private static final Measurement STEP = new Measurement("backprop4j im2col, batch 128, 2 threads", Group.STEP,
            Unit.IMAGES_PER_SECOND, List.of(3500.0, 3700.25, 3600.0),
            Map.of(Measurement.BATCH, 128.0, Measurement.RESIDENT_MEGABYTES, 381.2));
    private static final Measurement LOOP = new Measurement("notebook loop, 1000 images", Group.NOTEBOOK,
            Unit.SECONDS, List.of(0.51234), Map.of(Measurement.GFLOPS, 50.25, Measurement.SHARE_OF_PEAK, 0.254));
    private static final Report REPORT = new Report("2026-11-24T09:00:00Z", MACHINE, List.of(STEP, LOOP));

    @TempDir
    private Path folder;

    @Test
    void readsWhatItWrote() throws IOException {
        Path file = folder.resolve("report.json");
        REPORT.write(file);
        assertEquals(REPORT, Report.read(file));
    }

    @Test
    void theJsonHasTheFieldsThatTheSchemaNames() throws IOException {
        Path file = folder.resolve("report.json");
        REPORT.write(file);
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertEquals(1, json.get("schema").intValue());
        assertTrue(json.get("machine").get("sgemmPeakGflops").isNull());
        JsonNode step = json.get("measurements").get(0);
        assertEquals(new ObjectMapper().readTree("""
                {"name": "backprop4j im2col, batch 128, 2 threads", "group": "step", "unit": "images/s",
                 "higherIsBetter": true, "median": 3600.0, "values": [3500.0, 3700.25, 3600.0],
                 "details": {"batch": 128.0, "residentMegabytes": 381.2}}"""), step);
        assertFalse(json.get("measurements").get(1).get("higherIsBetter").booleanValue());
    }

    @Test
    void theTableHasMedianAndSpreadAndTheSummaryFollows() {
        assertEquals("""
                Measured on AMD EPYC, 2 cores, Linux amd64, Java 17.0.15 Debian; OpenBLAS with its Haswell kernels.

                | measured | median | min–max | unit | resident MB | GFLOP/s | share of peak | ours to it |
                | --- | ---: | ---: | --- | ---: | ---: | ---: | --- |
                | backprop4j im2col, batch 128, 2 threads | 3,600 | 3,500–3,700 | images/s | 381 |  |  |  |
                | notebook loop, 1000 images | 0.512 | 0.512–0.512 | s |  | 50.3 | 25% |  |

                - best of backprop4j im2col, batch 128, 2 threads: 3,600 images/s
                """, REPORT.markdown());
    }

    @Test
    void figuresFromABusyMachineComeWithAWarning() {
        assertFalse(markdownAtLoad(0.1).contains("Other work"));
        assertTrue(markdownAtLoad(0.6).contains("Other work took up to 60% of the processors"));
    }

    @Test
    void whatIsNoReportIsRefusedInOneLine() throws IOException {
        assertEquals("is no report of scripts/benchmark --json: report: schema 2, expected 1; it may be from another"
                + " backprop4j", complaintAbout("{\"schema\": 2}"));
        assertEquals("is no report of scripts/benchmark --json: report: date null, machine null, measurements null,"
                + " expected all of them", complaintAbout("{\"schema\": 1}"));
        assertEquals("is no report of scripts/benchmark --json: found null", complaintAbout("null"));
        assertTrue(complaintAbout("| a | table |").startsWith("is no report of scripts/benchmark --json: Unexpected"));
    }

    @Test
    void aNameStandsForOneMeasurement() {
        Exception e = assertThrows(IllegalArgumentException.class,
                () -> new Report("2026-11-24T09:00:00Z", MACHINE, List.of(STEP, STEP)));
        assertEquals("report: 2 measurements have 1 names, expected a name for each", e.getMessage());
    }

    private static String markdownAtLoad(double load) {
        return new Report("2026-11-24T09:00:00Z", MACHINE, List.of(new Measurement("some", Group.LAYER, Unit.GFLOPS,
                List.of(1.0), Map.of(Measurement.OTHER_LOAD, load)))).markdown();
    }

    private String complaintAbout(String content) throws IOException {
        Path file = folder.resolve("other.json");
        Files.writeString(file, content);
        String message = assertThrows(InvalidFileException.class, () -> Report.read(file)).getMessage();
        return message.substring(message.indexOf("is no"));
    }
}
