package io.github.backprop4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.Fit;
import io.github.backprop4j.data.ImageSize;
import io.github.backprop4j.data.Splitting;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.inference.Views;
import io.github.backprop4j.network.Engine;
import io.github.backprop4j.network.Precision;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

class TrainingSettingsTest {

    @TempDir
    private Path folder;

    /** Each component by its name, with a change of it from the default. */
    private static final Map<String, UnaryOperator<TrainingSettings.Builder>> CHANGES = Map.ofEntries(
            Map.entry("data", builder -> builder.data("mnist")),
            Map.entry("layers", builder -> builder.layers("dense:3")),
            Map.entry("epochs", builder -> builder.epochs(9)),
            Map.entry("batchSize", builder -> builder.batchSize(7)),
            Map.entry("optimizer", builder -> builder.optimizer(Optimizer.SGD)),
            Map.entry("learningRate", builder -> builder.learningRate(0.7)),
            Map.entry("schedule", builder -> builder.schedule(Schedule.COSINE)),
            Map.entry("l2", builder -> builder.l2(0.01)),
            Map.entry("clipNorm", builder -> builder.clipNorm(2)),
            Map.entry("augment", builder -> builder.augment(new Augmentation(true, 4))),
            Map.entry("validation", builder -> builder.validation(0.25)),
            Map.entry("patience", builder -> builder.patience(3)),
            Map.entry("engine", builder -> builder.engine(Engine.IM2COL)),
            Map.entry("precision", builder -> builder.precision(Precision.BF16)),
            Map.entry("seed", builder -> builder.seed(-5)),
            Map.entry("limit", builder -> builder.limit(12)),
            Map.entry("checkpointEvery", builder -> builder.checkpointEvery(3)),
            Map.entry("from", builder -> builder.from("/models/model.npz")),
            Map.entry("freeze", builder -> builder.from("/models/model.npz").freeze(2)),
            Map.entry("size", builder -> builder.size(new ImageSize(40, 30))),
            Map.entry("gray", builder -> builder.gray(true)),
            Map.entry("fit", builder -> builder.fit(Fit.STRETCH)),
            Map.entry("balance", builder -> builder.balance(true)),
            Map.entry("strict", builder -> builder.strict(true)),
            Map.entry("split", builder -> builder.split(Splitting.RANDOM)),
            Map.entry("labelSmoothing", builder -> builder.labelSmoothing(0.2)),
            Map.entry("lookahead", builder -> builder.lookahead(5)),
            Map.entry("weightDecay", builder -> builder.weightDecay(0.05)),
            Map.entry("rateFactors", builder -> builder.rateFactors(RateFactors.parse("shift:64,weights:0.5"))),
            Map.entry("momentum", builder -> builder.optimizer(Optimizer.NESTEROVS).momentum(0.85)),
            Map.entry("ghostBatch", builder -> builder.ghostBatch(64)),
            Map.entry("batchnormMomentum", builder -> builder.batchnormMomentum(0.984)),
            Map.entry("freezeAfter", builder -> builder.freeze(1).freezeAfter(3)),
            Map.entry("views", builder -> builder.views(new Views(6))));

    static Stream<String> components() {
        return Stream.of(TrainingSettings.class.getRecordComponents()).map(RecordComponent::getName);
    }

    /** A component that nobody has told this test about fails it. */
    @ParameterizedTest
    @MethodSource("components")
    void eachSettingIsInTheJsonAndComesBackFromIt(String component) {
        String option = component.replaceAll("([A-Z])", "-$1").toLowerCase();
        TrainingSettings defaults = TrainingSettings.builder().build();
        TrainingSettings changed = CHANGES.get(component).apply(TrainingSettings.builder()).build();
        JsonNode json = changed.toJson();
        assertTrue(json.has(option), json::toString);
        assertNotEquals(defaults.toJson().get(option), json.get(option));
        assertEquals(changed, TrainingSettings.fromJson(json));
        assertEquals(changed, changed.toBuilder().build());
    }

    @Test
    void hasTheDocumentedDefaults() {
        assertEquals("{\"data\":\"shapes\",\"layers\":\"conv:10:5:1:2,relu,pool:2:2,conv:20:5:1:2,relu,pool:2:2,dense:100,relu,"
                + "dropout:0.25\",\"epochs\":8,\"batch-size\":64,\"optimizer\":\"adam\",\"learning-rate\":0.003,"
                + "\"schedule\":\"one-cycle\",\"l2\":0.0,\"clip-norm\":0.0,\"augment\":\"none\",\"validation\":0.1,"
                + "\"patience\":0,\"engine\":\"onednn\",\"precision\":\"float32\",\"seed\":1,\"limit\":null,\"checkpoint-every\":500,\"from\":null,"
                + "\"freeze\":0,\"size\":null,\"gray\":false,\"fit\":\"crop\",\"balance\":false,"
                + "\"strict\":false,\"split\":\"stratified\","
                + "\"label-smoothing\":0.0,\"lookahead\":0,\"weight-decay\":0.0,\"rate-factors\":\"none\",\"momentum\":null,"
                + "\"ghost-batch\":32,\"batchnorm-momentum\":0.99,\"freeze-after\":0,\"views\":1}",
                TrainingSettings.builder().build().toJson().toString());
        assertEquals(0.1, TrainingSettings.builder().optimizer(Optimizer.SGD).build().learningRate());
    }

    /** As {@code train} wrote it before there was this class. */
    @Test
    void readsWhatItsPredecessorWrote() {
        TrainingSettings read = TrainingSettings.fromJson(json("""
                {"data" : "shapes", "layers" : "conv:10:5:1:2,relu,pool:2:2", "epochs" : 8, "batch-size" : 64,
                 "optimizer" : "adam", "learning-rate" : 0.003, "schedule" : "one-cycle", "l2" : 0.0, "clip-norm" : 0.0,
                 "augment" : null, "validation" : 0.1, "patience" : 0, "engine" : "im2col", "seed" : 1, "limit" : null,
                 "checkpoint-every" : 500}"""));
        assertEquals(TrainingSettings.builder().layers("conv:10:5,relu,pool:2").engine(Engine.IM2COL).build(), read);
        assertEquals(TrainingSettings.builder().build(), TrainingSettings.fromJson(json("{}")));
    }

    private static JsonNode json(String text) {
        return Json.parse("settings.json", org.nd4j.linalg.factory.Nd4j.createFromArray(unsigned(text))
                .castTo(org.nd4j.linalg.api.buffer.DataType.UINT8));
    }

    private static int[] unsigned(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] numbers = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            numbers[i] = Byte.toUnsignedInt(bytes[i]);
        }
        return numbers;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"lairs\":1} | settings: Unrecognized field \"lairs\"",
        "{\"epochs\":\"many\"} | settings: Cannot deserialize value of type `int` from String \"many\"",
        "{\"epochs\":0} | epochs: 0, expected at least 1",
        "{\"optimizer\":\"newton\"} | settings: Cannot deserialize value of type",
        "{\"augment\":\"rotate:200\"} | augment: rotate:200, expected a number from 0 to 180",
        "{\"views\":3} | views: 3, expected 1, 2 or 6",
        "{\"rate-factors\":\"gain:2\"} | rate factors: 'gain:2', expected weights:FACTOR, bias:FACTOR",
        "{\"layers\":\"konv\"} | layers: 'konv': unknown layer",
        "[] | settings: "})
    void refusesOtherJsonInOneLine(String text, String problem) {
        String message = assertThrows(IllegalArgumentException.class,
                () -> TrainingSettings.fromJson(json(text.replace("`", "")))).getMessage();
        assertTrue(message.contains(problem.replace("``", "`")), message);
        assertEquals(1, message.lines().count(), message);
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                wrong(b -> b.epochs(0), "epochs: 0, expected at least 1"),
                wrong(b -> b.batchSize(0), "batch size: 0, expected at least 1"),
                wrong(b -> b.learningRate(Double.NaN), "learning rate: NaN, expected a finite number of at least 0"),
                wrong(b -> b.l2(-1), "l2: -1.0, expected a finite number of at least 0"),
                wrong(b -> b.clipNorm(1.0 / 0), "clip norm: Infinity, expected a finite number of at least 0"),
                wrong(b -> b.validation(1), "validation: 1.0, expected at least 0 and below 1"),
                wrong(b -> b.patience(-1), "patience: -1, expected at least 0"),
                wrong(b -> b.checkpointEvery(0), "checkpoint-every: 0, expected at least 1"),
                wrong(b -> b.limit(0), "limit: 0, expected at least 1"),
                wrong(b -> b.freeze(-1), "freeze: -1, expected at least 0"),
                wrong(b -> b.labelSmoothing(1), "label smoothing: 1.0, expected at least 0 and below 1"),
                wrong(b -> b.lookahead(-1), "lookahead: -1, expected at least 0"),
                wrong(b -> b.weightDecay(-0.5), "weight decay: -0.5, expected a finite number of at least 0"),
                wrong(b -> b.batchnormMomentum(1), "batchnorm momentum: 1.0, expected at least 0 and below 1"),
                wrong(b -> b.freezeAfter(-1), "freeze after: -1, expected at least 0"),
                wrong(b -> b.freezeAfter(3), "freeze after: 3, but with freeze 0 there is nothing to freeze"),
                wrong(b -> b.momentum(1.0).optimizer(Optimizer.NESTEROVS), "momentum: 1.0, expected at least 0 and below 1"),
                wrong(b -> b.momentum(0.9), "momentum: 0.9, but optimizer adam takes none; use nesterovs or leave it out"),
                wrong(b -> b.patience(2).validation(0), "patience: 2, but with validation 0 there is nothing to wait for"),
                wrong(b -> b.freeze(1), "freeze: 1, but without a model to go on from (--from) there is nothing worth keeping"),
                wrong(b -> b.from("m.npz").layers("relu"),
                        "layers: relu, but the model to go on from has its own; leave them out"),
                wrong(b -> b.layers("conv"), "layers: 'conv': has no FILTERS, expected"
                        + " conv:FILTERS:KERNEL[:STRIDE[:PADDING]][:dirac][:nobias]"));
    }

    private static Arguments wrong(Consumer<TrainingSettings.Builder> change, String message) {
        return Arguments.of(message, change);
    }

    @ParameterizedTest
    @MethodSource
    void wrong(String message, Consumer<TrainingSettings.Builder> change) {
        TrainingSettings.Builder builder = TrainingSettings.builder();
        change.accept(builder);
        assertEquals(message, assertThrows(InvalidInputException.class, builder::build).getMessage());
    }

    @Test
    void whatMeansTheSameIsTheSame() {
        assertEquals(TrainingSettings.builder().layers("CONV:3:5,pool:2").data("here").from(null).build(),
                TrainingSettings.builder().layers("conv:3:5:1:2, pool:2:2")
                        .data(Path.of("here").toAbsolutePath().toString()).build());
    }

    /** Models of equal images are equal, whoever was strict about others. */
    @Test
    void strictIsNotPartOfTheRecipe() {
        assertEquals(TrainingSettings.builder().build().recipe(), TrainingSettings.builder().strict(true).build().recipe());
    }

    /** A run goes on that was begun before there were these settings. */
    @ParameterizedTest
    @ValueSource(strings = {"precision", "from", "freeze", "size", "gray", "fit", "balance", "strict",
        "label-smoothing", "lookahead", "weight-decay", "rate-factors", "momentum", "ghost-batch",
        "batchnorm-momentum", "freeze-after", "views"})
    void aRunDirectoryMayLackWhatWasAddedLater(String added) throws Exception {
        TrainingSettings settings = TrainingSettings.builder().epochs(3).build();
        ObjectNode older = settings.toJson().deepCopy();
        older.remove(added);
        Files.writeString(folder.resolve("settings.json"), older.toString());
        assertEquals(settings, RunDirectory.settings(folder));
    }

    /** Its checkpoints have not seen other images than the random split left. */
    @Test
    void aRunGoesOnWithTheRandomSplitThatItBeganWith() throws Exception {
        ObjectNode older = TrainingSettings.builder().epochs(3).build().toJson().deepCopy();
        older.remove("split");
        Files.writeString(folder.resolve("settings.json"), older.toString());
        assertEquals(TrainingSettings.builder().epochs(3).split(Splitting.RANDOM).build(), RunDirectory.settings(folder));
    }

    @Test
    void areWrittenToAndReadFromARunDirectory() throws Exception {
        TrainingSettings settings = TrainingSettings.builder().epochs(3).augment(new Augmentation(true, 2)).build();
        try (RunDirectory directory = RunDirectory.create(folder)) {
            directory.save(settings);
        }
        assertEquals(settings, RunDirectory.settings(folder));
        assertTrue(Files.readAllLines(folder.resolve("settings.json")).contains("  \"augment\" : \"flip,shift\","));
        ObjectNode more = settings.toJson().deepCopy();
        assertEquals(components().count(), List.copyOf(more.findValues("epochs")).size() + more.size() - 1);
    }
}
