package io.github.backprop4j.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.data.MiniBatch;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.EpochMetrics;
import io.github.backprop4j.training.RunDirectory;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.TrainingListener;
import io.github.backprop4j.training.TrainingSettings;
import io.github.backprop4j.training.TrainingState;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.evaluation.classification.Evaluation;

class TensorBoardEventsTest {

    private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-26T12:00:00.25Z"), ZoneOffset.UTC);
    private static final double NOON_SECONDS = 1795694400.25;
    private static final EpochMetrics FIRST = new EpochMetrics(1, 12, 0.5, 2.5, 0.25, 2.25, 0.5, 3, 640);

    /** Drawn once. */
    private static final Images IMAGES = DrawnShapes.training(80);

    @TempDir
    private Path folder;

    private static Network network(String layers) {
        Architecture architecture = Architecture.parse(layers, 3, IMAGES.height(), IMAGES.width(), IMAGES.classNames());
        return Network.initialize(architecture, InputScaling.none(3, IMAGES.height(), IMAGES.width()), 1);
    }

    private TensorBoardEvents create() throws IOException {
        return TensorBoardEvents.create(folder.resolve("events"), Optional.empty(), NOON);
    }

    private List<EventReader.Event> read() throws IOException {
        List<Path> files = files();
        assertEquals(1, files.size());
        return EventReader.read(files.get(0));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("events"))) {
            return files.sorted().toList();
        }
    }

    private Map<String, Map<Long, Float>> scalars() throws IOException {
        return EventReader.scalars(folder.resolve("events"));
    }

    @Test
    void writesWhatItIsToldAtItsStep() throws IOException {
        TensorBoardEvents events = create();
        for (int step = 1; step <= 12; step++) {
            events.stepDone(step, step == 10 ? 1 : 3, step == 10 ? 16 : 2);
        }
        events.epochDone(FIRST, network("dense:2"));
        Evaluation evaluation = new Evaluation(2);
        evaluation.eval(0, 0);
        evaluation.eval(1, 1);
        evaluation.eval(1, 0);
        evaluation.eval(0, 0);
        events.tested(new Evaluator.Result(1.5, evaluation), 12);
        assertEquals(Optional.empty(), events.problem());

        assertEquals("events.out.tfevents.1795694400.backprop4j", files().get(0).getFileName().toString());
        List<EventReader.Event> read = read();
        assertEquals(List.of(
                new EventReader.Event(NOON_SECONDS, 0, "brain.Event:2", false, Map.of(), Map.of()),
                new EventReader.Event(NOON_SECONDS, 0, null, true, Map.of(), Map.of()),
                new EventReader.Event(NOON_SECONDS, 10, null, false, Map.of("loss/steps", 2.5f), Map.of()),
                new EventReader.Event(NOON_SECONDS, 12, null, false, Map.of("loss/training", 2.5f,
                        "accuracy/training", 0.25f, "learning_rate", 0.5f, "images_per_second", 640f,
                        "loss/validation", 2.25f, "accuracy/validation", 0.5f), Map.of()),
                new EventReader.Event(NOON_SECONDS, 12, null, false,
                        Map.of("accuracy/test", 0.75f, "loss/test", 1.5f), Map.of())), read);
    }

    @Test
    void leavesOutTheValidationThatThereIsNotAndKeepsWhatIsNotFinite() throws IOException {
        create().epochDone(new EpochMetrics(1, 10, 0.5, Double.POSITIVE_INFINITY, 0.1, Double.NaN, Double.NaN, 1, 640),
                network("dense:2"));
        assertEquals(Map.of("loss/training", Float.POSITIVE_INFINITY, "accuracy/training", 0.1f, "learning_rate", 0.5f,
                "images_per_second", 640f), read().get(2).scalars());
    }

    @Test
    void showsImages() throws IOException {
        float[] pixels = new float[3 * 3 * 16 * 8];
        Arrays.fill(pixels, 0, 128, 255);       // the first is red
        Arrays.fill(pixels, 5 * 128, 6 * 128, 255);     // the second blue
        pixels[6 * 128 + 1] = 100;      // the third black, but for the second pixel of its first row
        float[] labels = {1, 0, 1, 0, 1, 0};
        create().images(new MiniBatch(pixels, labels, 3, 3, 16, 8));
        BufferedImage sheet = decode(read().get(2).images().get("images"));
        // two columns and two rows of 8x16 images, each pixel 4x4, and 2 between
        assertEquals(66, sheet.getWidth());
        assertEquals(130, sheet.getHeight());
        assertEquals(0xff0000, color(sheet, 0, 0));
        assertEquals(0xff0000, color(sheet, 31, 63));
        assertEquals(0xffffff, color(sheet, 32, 0));
        assertEquals(0x0000ff, color(sheet, 34, 0));
        assertEquals(0x000000, color(sheet, 3, 66));
        assertEquals(0x640000, color(sheet, 4, 66));
        assertEquals(0x000000, color(sheet, 8, 66));
        assertEquals(0xffffff, color(sheet, 34, 66));
    }

    @Test
    void showsAsManyImagesAsFit() throws IOException {
        create().images(new MiniBatch(new float[4 * 900 * 1000], new float[] {1, 1, 1, 1}, 4, 1, 900, 1000));
        BufferedImage sheet = decode(read().get(2).images().get("images"));
        assertEquals(1000, sheet.getWidth());
        assertEquals(900, sheet.getHeight());
        MiniBatch flat = new MiniBatch(new float[4], new float[] {1}, 1, 4);
        assertThrows(IllegalArgumentException.class, () -> create().images(flat));
    }

    @Test
    void showsTheFirstFiltersAfterAnEpoch() throws IOException {
        Network network = network("conv:4:5,relu,conv:3:3");
        network.parameters().get("conv1.weights").assign(0);
        network.parameters().get("conv1.weights").putScalar(new int[] {0, 0, 0, 0}, -0.5);
        network.parameters().get("conv1.weights").putScalar(new int[] {0, 1, 0, 0}, 0.25);
        create().epochDone(FIRST, network);
        EventReader.Event event = read().get(3);
        assertEquals(12, event.step());
        BufferedImage sheet = decode(event.images().get("filters"));
        assertEquals(2 * 5 * 12 + 2, sheet.getWidth());
        assertEquals(0x00bf80, color(sheet, 0, 0));
        assertEquals(0x808080, color(sheet, 12, 0));
    }

    private static BufferedImage decode(EventReader.Picture picture) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(picture.encoded()));
        assertEquals(image.getWidth(), picture.width());
        assertEquals(image.getHeight(), picture.height());
        assertEquals(3, picture.colors());
        assertArrayEquals(new byte[] {(byte) 0x89, 'P', 'N', 'G'}, Arrays.copyOf(picture.encoded(), 4));
        return image;
    }

    private static int color(BufferedImage image, int x, int y) {
        return image.getRGB(x, y) & 0xffffff;
    }

    /** The last of several processes goes on from a checkpoint; those before it have done more, or less, than it holds. */
    @Test
    void aTrainingThatGoesOnVoidsWhatIsDoneAgain() throws IOException {
        TensorBoardEvents whole = TensorBoardEvents.create(folder.resolve("whole"), Optional.empty(), NOON);
        train(Optional.empty(), whole, Long.MAX_VALUE);

        TensorBoardEvents killed = create();
        killed.images(batches().epoch(1).next());
        TrainingState middle = train(Optional.empty(), killed, 21);
        killed.stepDone(30, 5, 1000);
        killed.epochDone(new EpochMetrics(2, 32, 1000, 1000, 1000, 1000, 1000, 1, 1000), network("dense:2"));
        TensorBoardEvents again = TensorBoardEvents.create(folder.resolve("events"), Optional.of(middle), NOON);
        again.images(batches().epoch(1).next());
        // this process is to end behind the epoch's checkpoint and before its events
        TrainingState end = train(Optional.of(middle), new TrainingListener() {
            @Override
            public void stepDone(long step, int examples, double loss) {
                again.stepDone(step, examples, loss);
            }
        }, 32);
        assertEquals(32, end.steps());
        TensorBoardEvents last = TensorBoardEvents.create(folder.resolve("events"), Optional.of(end), NOON);
        train(Optional.of(end), last, Long.MAX_VALUE);

        assertEquals(3, files().size());
        assertEquals(List.of(21 + 1L, 32L), List.of(startOf(files().get(1)), startOf(files().get(2))));
        Map<String, Map<Long, Float>> expected = EventReader.scalars(folder.resolve("whole"));
        Map<String, Map<Long, Float>> found = scalars();
        for (String tag : Set.of("loss/training", "accuracy/training", "learning_rate")) {
            assertEquals(expected.get(tag), found.get(tag), tag);
        }
        assertEquals(Set.of(16L, 32L, 48L), found.get("images_per_second").keySet());
        assertEquals(Set.of(10L, 20L, 30L, 40L), found.get("loss/steps").keySet());
        assertEquals(1, files().stream().mapToLong(file -> count(file, "images")).sum());
    }

    @Test
    void beginsWithTheEpochsThatWereDoneWithoutEvents() throws IOException {
        TrainingState middle = train(Optional.empty(), new TrainingListener() {}, 37);
        TensorBoardEvents events = TensorBoardEvents.create(folder.resolve("events"), Optional.of(middle), NOON);
        train(Optional.of(middle), events, Long.MAX_VALUE);
        assertEquals(Set.of(16L, 32L, 48L), scalars().get("loss/training").keySet());
    }

    /** Three epochs of 16 steps. */
    private static ImageBatches batches() {
        return ImageBatches.inOrder(IMAGES, 5);
    }

    /** Trains to the end or that step, and returns the checkpoint there. */
    private TrainingState train(Optional<TrainingState> from, TrainingListener listener, long until) throws IOException {
        TrainingSettings settings = TrainingSettings.builder().epochs(3).learningRate(1e-4).checkpointEvery(1000).build();
        long[] done = new long[2];
        Path path = Files.createTempDirectory(folder, "run");
        try (RunDirectory directory = RunDirectory.create(path)) {
            Trainer trainer = Trainer.builder(settings).checkpoints(directory).threads(1).listener(listener)
                    .listener(new TrainingListener() {
                        @Override
                        public void stepDone(long step, int examples, double loss) {
                            done[0] = step;
                        }

                        @Override
                        public void epochDone(EpochMetrics metrics, Network network) {
                            done[1] = metrics.step();
                        }
                    })
                    .stopWhen(() -> done[until % 16 == 0 ? 1 : 0] >= until).build();
            if (from.isPresent()) {
                trainer.resume(from.get(), batches(), Optional.empty());
            } else {
                trainer.train(network("dense:2"), batches());
            }
            return directory.latestCheckpoint().orElseThrow();
        }
    }

    private static long startOf(Path file) throws IOException {
        return EventReader.read(file).stream().filter(EventReader.Event::starts).findFirst().orElseThrow().step();
    }

    private static long count(Path file, String image) {
        try {
            return EventReader.read(file).stream().filter(event -> event.images().containsKey(image)).count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A killed process may leave any part of its last event. */
    @Test
    void whatIsBeforeAnIncompleteEventIsRead() throws IOException {
        TensorBoardEvents events = create();
        Path file = files().get(0);
        events.stepDone(10, 3, 2.5);
        long whole = Files.size(file);
        events.epochDone(FIRST, network("dense:2"));
        byte[] bytes = Files.readAllBytes(file);
        for (int length = (int) whole; length < bytes.length; length++) {
            Files.write(file, Arrays.copyOf(bytes, length));
            assertEquals(3, read().size(), "of " + length + " bytes");
        }
        Files.write(file, bytes);
        assertEquals(4, read().size());
    }

    @Test
    void aFileThatCannotBeWrittenEndsTheEventsAlone() throws IOException {
        TensorBoardEvents events = create();
        Path file = files().get(0);
        Files.delete(file);
        Files.createDirectory(file);
        events.stepDone(10, 3, 2.5);
        String problem = events.problem().orElseThrow().getMessage();
        assertTrue(problem.startsWith(file + ": cannot be written: "), problem);
        Files.delete(file);
        events.epochDone(FIRST, network("dense:2"));
        events.images(batches().epoch(1).next());
        assertFalse(Files.exists(file));
        assertEquals(problem, events.problem().orElseThrow().getMessage());
    }

    @Test
    void aDirectoryThatIsNoneIsRefused() throws IOException {
        Files.writeString(folder.resolve("events"), "");
        InvalidFileException refused = assertThrows(InvalidFileException.class, this::create);
        assertEquals(folder.resolve("events") + ": is no directory, expected one for TensorBoard's events",
                refused.getMessage());
    }

    @Test
    void aLaterFileSortsBehindThoseBeforeItThoughTheClockWasPutBack() throws IOException {
        create();
        TensorBoardEvents.create(folder.resolve("events"), Optional.empty(), Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
        create();
        assertEquals(Stream.of(1795694400, 1795694401, 1795694402).map(seconds ->
                folder.resolve("events").resolve("events.out.tfevents." + seconds + ".backprop4j")).toList(), files());
        assertEquals(0, EventReader.read(files().get(1)).get(0).wallTime());
    }
}
