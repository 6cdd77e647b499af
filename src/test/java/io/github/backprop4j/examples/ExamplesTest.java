package io.github.backprop4j.examples;

import static io.github.backprop4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.files.Npz;
import io.github.backprop4j.inference.Classifier;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Functions;
import io.github.backprop4j.network.GradientCheck;
import io.github.backprop4j.network.Layer;
import io.github.backprop4j.network.NamedArrays;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.onnx.OnnxImport;
import io.github.backprop4j.network.Parameter;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** Every example does what it says. */
class ExamplesTest {

    @TempDir
    private Path folder;

    /** Of two classes that are easy to learn, one of them rare. */
    @Test
    void ownImagesAreLearntAndClassified() throws IOException {
        Path data = brightAndDark(folder.resolve("data"));
        for (int i = 10; i < 25; i++) {
            Files.delete(data.resolve("dark/" + i + ".png"));
        }
        Path model = folder.resolve("model.npz");
        Evaluation evaluation = OwnImages.train(data.toString(), model);
        assertEquals(List.of("bright", "dark"), evaluation.getLabelsList());
        assertEquals(7, evaluation.getNumRowCounter(), "every fifth");
        assertEquals(1, evaluation.accuracy(), evaluation::stats);
        assertEquals("dark", Classifier.load(model).classify(flat(gray(30), 64, 48)).get(0).className());
        assertEquals("bright", Classifier.load(model).classify(flat(gray(220), 64, 48)).get(0).className());
    }

    /** A program's own name is its class's. */
    @Test
    void whoeverGivesTooFewArgumentsIsToldWhichThereAre() {
        Map<Class<?>, Executable> mains = Map.of(
                Exporting.class, () -> Exporting.main(new String[1]), FineTuning.class, () -> FineTuning.main(new String[2]),
                ManyThreads.class, () -> ManyThreads.main(new String[1]),
                OwnImages.class, () -> OwnImages.main(new String[1]),
                OwnLayer.class, () -> OwnLayer.main(new String[1]), OwnListener.class, () -> OwnListener.main(new String[0]),
                PredictionServer.class, () -> PredictionServer.main(new String[1]),
                Resuming.class, () -> Resuming.main(new String[1]));
        mains.forEach((example, main) -> {
            String message = assertThrows(IllegalArgumentException.class, main).getMessage();
            assertTrue(message.startsWith("usage: " + example.getSimpleName() + " "), message);
        });
    }

    /** The check passes, and would not if the way back were that of another layer. */
    @Test
    void theCheckOfTheOwnLayerCanFail() {
        assertTrue(OwnLayer.check().error() < 1e-9);
        Layer right = new OwnLayer.Swish();
        Layer wrong = new Layer() {
            @Override
            public List<Parameter> parameters(long[] input) {
                return right.parameters(input);
            }

            @Override
            public Forward forward(INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
                INDArray half = x.mul(0.5);
                return new Forward(right.forward(x, parameters, functions, random).out(),
                        right.forward(half, parameters, functions, random).backward());
            }

            @Override
            public String toString() {
                return "wrong";
            }
        };
        GradientCheck check = GradientCheck.of(wrong, new long[] {2, 3, 4}, 1);
        String message = assertThrows(IllegalStateException.class, check::requireMatch).getMessage();
        assertTrue(message.startsWith("gradient check: wrong on (2, 3, 4): x["), message);
    }

    @Test
    void theListenerIsToldAndEndsTheTraining() throws IOException {
        List<String> told = new ArrayList<>();
        OwnListener listener = new OwnListener(0.9, told::add);
        Images stripes = stripes(400);
        Trainer.Result result = OwnListener.train(new Dataset("stripes", stripes, stripes.range(0, 10)), listener);
        assertTrue(result.stopped(), told::toString);
        int epochs = result.history().size();
        assertTrue(epochs < 20, told::toString);
        assertTrue(result.history().get(epochs - 1).validationAccuracy() >= 0.9, told::toString);
        assertTrue(result.history().stream().limit(epochs - 1).allMatch(each -> each.validationAccuracy() < 0.9));
        assertEquals(epochs, told.size());
        assertEquals(result.steps(), listener.losses().size());
    }

    /** From bright and dark to warm and cold, in photos of another size. */
    @Test
    void fineTuningKeepsWhatItIsToldToKeepAndLearnsTheRest() throws IOException {
        Path model = trained(folder.resolve("model.npz"));
        byte[] before = Files.readAllBytes(model);
        Path data = folder.resolve("data");
        for (int i = 0; i < 30; i++) {
            paint(data.resolve("warm/" + i + ".png"), new Color(200 + i, 60 + i, 10), 40, 30);
            paint(data.resolve("cold/" + i + ".png"), new Color(10, 60 + i, 200 + i), 40, 30);
        }
        Network tuned = FineTuning.tune(model, data.toString(), 3);
        assertEquals(List.of("cold", "warm"), tuned.architecture().classNames());
        Network old = Network.load(model);
        assertClose("frozen", old.parameters().get("conv1.weights"), tuned.parameters().get("conv1.weights"), 0);
        assertFalse(old.parameters().get("dense1.weights").equalsWithEps(tuned.parameters().get("dense1.weights"), 1e-3));
        assertEquals("warm", Classifier.of(tuned).classify(flat(new Color(210, 70, 10), 50, 50)).get(0).className());
        assertEquals("cold", Classifier.of(tuned).classify(flat(new Color(10, 70, 210), 50, 50)).get(0).className());
        assertArrayEquals(before, Files.readAllBytes(model));
    }

    @Test
    void manyThreadsGetTheAnswersOfOne() throws Exception {
        Classifier classifier = Classifier.load(trained(folder.resolve("model.npz")));
        List<Path> images = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            images.add(folder.resolve(i + ".png"));
            paint(images.get(i), gray(6 * i), 10 + i, 40);
        }
        Files.write(images.get(20), new byte[100]);
        List<String> alone = ManyThreads.classify(classifier, images, 1);
        assertEquals(alone, ManyThreads.classify(classifier, images, 8));
        assertTrue(alone.get(0).startsWith("dark "), alone.get(0));
        assertTrue(alone.get(39).startsWith("bright "), alone.get(39));
        assertTrue(alone.get(20).startsWith(images.get(20) + ": "), alone.get(20));
    }

    @Test
    void aTrainingThatIsStoppedTwiceEndsInTheSameBytes() throws IOException {
        TrainingSettings settings = TrainingSettings.builder()
                .data(brightAndDark(folder.resolve("data")).toString()).layers("conv:4:3,batchnorm,relu,pool:8,dropout:0.2")
                .batchSize(8).epochs(3).checkpointEvery(1000).build();
        Path once = folder.resolve("once");
        Trainer.Result whole = Resuming.train(settings, once, () -> false);
        assertFalse(whole.stopped());

        Path parts = folder.resolve("parts");
        for (long steps = whole.steps() / 3; steps > 0; steps -= whole.steps() / 3 - 1) {
            long[] left = {steps};
            assertTrue(Resuming.train(settings, parts, () -> --left[0] < 0).stopped());
            assertFalse(Files.exists(parts.resolve("model.npz")));
        }
        int[] asked = {0};
        assertEquals(whole.steps(), Resuming.train(settings, parts, () -> asked[0]++ < 0).steps());
        assertTrue(asked[0] > 0 && asked[0] < whole.steps(), () -> asked[0] + " questions, expected one for each step left");
        assertArrayEquals(Files.readAllBytes(once.resolve("model.npz")), Files.readAllBytes(parts.resolve("model.npz")));
        int before = asked[0];
        assertEquals(whole.steps(), Resuming.train(settings, parts, () -> asked[0]++ < 0).steps());
        assertEquals(before, asked[0], "done already");
    }

    /** The network is put together again of what was exported. */
    @Test
    void whatIsExportedIsTheWholeNetwork() throws IOException {
        Path model = trained(folder.resolve("model.npz"));
        Path exported = folder.resolve("exported");
        Exporting.main(new String[] {model.toString(), exported.toString()});
        Path parameters = exported.resolve("parameters.npz");
        Map<String, INDArray> arrays = Npz.read(parameters, 1 << 24);
        assertTrue(arrays.containsKey("conv1.weights") && !arrays.containsKey("architecture"), arrays.keySet()::toString);
        arrays.put("architecture", Json.array(Json.read(exported.resolve("architecture.json"), 1 << 16)));
        Network.ofArrays(parameters, arrays).save(folder.resolve("again.npz"));
        assertArrayEquals(Files.readAllBytes(model), Files.readAllBytes(folder.resolve("again.npz")));
        OnnxImport.read(exported.resolve("model.onnx")).save(folder.resolve("once more.npz"));
        assertArrayEquals(Files.readAllBytes(model), Files.readAllBytes(folder.resolve("once more.npz")));
    }

    /** ND4J's types at the seams: what compiles here, a program for DL4J has at hand. */
    @Test
    void whatIsThereForDl4jTrains() {
        Images images = stripes(400);
        ViewIterator training = new ViewIterator(scaled(images.range(0, 300)), 50);
        ViewIterator test = new ViewIterator(scaled(images.range(300, 400)), 50);
        Architecture architecture =
                Architecture.builder(3, 16, 16).conv(4, 5).relu().maxPool(4).classes(images.classNames());
        Evaluation evaluation = FromDl4j.train(training, test, architecture, 10, rates(0.01));
        assertEquals(100, evaluation.getNumRowCounter());
        assertTrue(evaluation.accuracy() > 0.9, evaluation::stats);
        // the updater goes by the schedule: at a rate of 0 the network stays as it begins
        assertTrue(FromDl4j.train(training, test, architecture, 10, rates(0)).accuracy() < 0.7);
    }

    private static ISchedule rates(double first) {
        return new StepSchedule(ScheduleType.ITERATION, first, 0.1, 50);
    }

    private static DataSet scaled(Images images) {
        INDArray features = Nd4j.create(DataType.FLOAT, images.count(), 3, 16, 16);
        INDArray labels = Nd4j.create(DataType.FLOAT, images.count(), images.classNames().size());
        for (int i = 0; i < images.pixels().length; i++) {
            features.data().put(i, Byte.toUnsignedInt(images.pixels()[i]) / 64f - 2);
        }
        for (int i = 0; i < images.count(); i++) {
            labels.putScalar(i, images.label(i), 1);
        }
        return new DataSet(features, labels);
    }

    /** Folders of 25 images each. */
    private static Path brightAndDark(Path data) throws IOException {
        for (int i = 0; i < 25; i++) {
            paint(data.resolve("bright/" + i + ".png"), gray(200 + i), 10, 10);
            paint(data.resolve("dark/" + i + ".png"), gray(i), 10, 10);
        }
        return data;
    }

    /** Stripes that lie in one class and stand in the other, 16×16, in noise. */
    private static Images stripes(int count) {
        Random random = new Random(1);
        byte[] pixels = new byte[count * 3 * 16 * 16];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) (i % 2);
            int phase = random.nextInt(4);
            for (int j = 0; j < 3 * 16 * 16; j++) {
                int place = labels[i] == 0 ? j / 16 % 16 : j % 16;
                pixels[i * 3 * 16 * 16 + j] = (byte) ((place + phase) / 2 % 2 * 60 + random.nextInt(190));
            }
        }
        return new Images(3, 16, 16, List.of("lying", "standing"), pixels, labels);
    }

    /** A model of the classes bright and dark. */
    private static Path trained(Path model) throws IOException {
        byte[] pixels = new byte[60 * 3 * 16 * 16];
        byte[] labels = new byte[60];
        for (int i = 0; i < pixels.length; i++) {
            int image = i / (3 * 16 * 16);
            labels[image] = (byte) (image % 2);
            pixels[i] = (byte) (image % 2 == 0 ? 255 - image : image);
        }
        Images images = new Images(3, 16, 16, List.of("bright", "dark"), pixels, labels);
        TrainingSettings settings = TrainingSettings.builder().layers("conv:4:3,relu,pool:4,dense:8,relu")
                .epochs(30).batchSize(20).validation(0).build();
        Training.of(settings, new Dataset("brightness", images, images)).run().network().save(model);
        return model;
    }

    private static Color gray(int brightness) {
        return new Color(brightness, brightness, brightness);
    }

    private static BufferedImage flat(Color color, int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(color);
        graphics.fillRect(0, 0, width, height);
        graphics.dispose();
        return image;
    }

    private static void paint(Path png, Color color, int width, int height) throws IOException {
        Files.createDirectories(png.getParent());
        ImageIO.write(flat(color, width, height), "png", png.toFile());
    }
}
