package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.jackson.databind.JsonNode;

/** The options of {@code train} that a recipe for record accuracy is made of, all at once. */
class RecipeOptionsTest {

    private static final Map<String, String> GIVEN = Map.ofEntries(
            Map.entry("--schedule", "triangular"), Map.entry("--optimizer", "nesterovs"), Map.entry("--momentum", "0.85"),
            Map.entry("--label-smoothing", "0.2"), Map.entry("--lookahead", "2"), Map.entry("--weight-decay", "0.01"),
            Map.entry("--rate-factors", "shift:64,bias:2.0"), Map.entry("--batchnorm-momentum", "0.984"),
            Map.entry("--freeze", "2"), Map.entry("--freeze-after", "1"), Map.entry("--views", "2"));

    @TempDir
    private static Path folder;

    private static Cli cli;
    private static String result;

    @BeforeAll
    static void train() throws IOException {
        NoiseImages.write(folder.resolve("images"), 60);
        cli = new Cli(folder);
        List<String> command = new ArrayList<>(List.of("train", "--data", "images", "--layers",
                "conv:4:3,batchnorm,relu,pool:4", "--epochs", "2", "--batch-size", "20", "--output", "run"));
        GIVEN.forEach((option, value) -> command.addAll(List.of(option, value)));
        CliProcess.Result trained = cli.run(command.toArray(String[]::new));
        assertEquals(0, trained.exitCode(), trained.err());
        result = trained.out().lines().reduce((before, last) -> last).orElseThrow();
    }

    @Test
    void theyAreInTheSettings() throws IOException {
        JsonNode settings = Json.read(folder.resolve("run/settings.json"), 1 << 16);
        GIVEN.forEach((option, value) -> assertEquals(option.equals("--rate-factors") ? "bias:2,shift:64" : value,
                settings.get(option.substring(2)).asText(), option));
    }

    /** By the views that its card tells of. */
    @Test
    void evaluateFindsWhatTheTrainingDid() throws IOException {
        CliProcess.Result evaluated = cli.run("evaluate", "run/model.npz", "--data", "images");
        assertEquals(0, evaluated.exitCode(), evaluated.err());
        assertTrue(evaluated.out().contains(result.replace("test ", "")), evaluated.out() + result);
    }

    @Test
    void theSameGivenAgainAgreesAndOthersDoNot() {
        List<String> command = new ArrayList<>(List.of("train", "--resume", "run"));
        GIVEN.forEach((option, value) -> command.addAll(List.of(option, value)));
        CliProcess.Result same = cli.run(command.toArray(String[]::new));
        assertEquals(0, same.exitCode(), same.err());
        assertEquals(result, same.out().strip());
        Map<String, String> others = Map.of("--momentum", "0.9", "--label-smoothing", "0.0", "--lookahead", "3",
                "--weight-decay", "0.02", "--rate-factors", "none", "--batchnorm-momentum", "0.99", "--freeze-after", "2",
                "--views", "1");
        others.forEach((option, value) -> {
            CliProcess.Result refused = cli.run("train", "--resume", "run", option, value);
            assertEquals(2, refused.exitCode(), option);
            assertEquals("backprop4j: " + option + ": " + value + ", but run was begun with "
                    + (option.equals("--rate-factors") ? "bias:2,shift:64" : GIVEN.get(option)) + "; leave it out",
                    refused.err().strip());
        });
    }

    @Test
    void whatDoesNotGoTogetherIsRefusedByTheOptionsName() {
        assertRefused("--momentum: 0.9, but optimizer adam takes none; use nesterovs or leave it out", "--momentum", "0.9");
        assertRefused("--label-smoothing: 1.0, expected at least 0 and below 1", "--label-smoothing", "1");
        assertRefused("--freeze-after: 2, but with freeze 0 there is nothing to freeze", "--freeze-after", "2");
        assertRefused("--views: 3, expected 1, 2 or 6", "--views", "3");
        assertRefused("--weight-decay: -1.0, expected a finite number of at least 0", "--weight-decay", "-1");
        assertRefused("--rate-factors: 'gain:2', expected weights:FACTOR, bias:FACTOR, shift:FACTOR, scale:FACTOR, or none,"
                + " each factor from 0 to a million", "--rate-factors", "gain:2");
        assertTrue(Files.notExists(folder.resolve("refused")));
    }

    private static void assertRefused(String problem, String... options) {
        List<String> command = new ArrayList<>(List.of("train", "--data", "images", "--layers", "dense:4,relu", "--output",
                "refused"));
        command.addAll(List.of(options));
        CliProcess.Result refused = cli.run(command.toArray(String[]::new));
        assertEquals(2, refused.exitCode(), refused.err());
        assertEquals("backprop4j: " + problem, refused.err().strip());
    }
}
