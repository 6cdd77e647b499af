package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.backprop4j.data.ImageSize;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.LayerRegistry;
import io.github.backprop4j.network.LayerType;
import io.github.backprop4j.network.ModelCard;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Parameter;
import io.github.backprop4j.training.Preset;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@code scripts/predict.py} predicts as the library does, wherever there is Python with NumPy. */
class PredictScriptTest {

    private static final Path SCRIPT = Path.of("scripts", "predict.py").toAbsolutePath();
    private static final int MOST_LINES = 60;
    private static final int NETWORKS = 12;
    private static final int IMAGES = 5;
    private static final int SIDE = 11;
    private static final Pattern KIND = Pattern.compile("(?<![:\\w])[a-z]+");

    /** Prints the probabilities of each model for the images, so that they read back to the same numbers. */
    private static final String PREDICT_ALL = """
            import sys, numpy
            sys.path.insert(0, sys.argv[1])
            from predict import predict
            for model in sys.argv[3:]:
                print(*map(repr, map(float, predict(model, numpy.load(sys.argv[2])).ravel())))
            """;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void findNumPy() throws Exception {
        CliProcess.Result found = python("-c", "import numpy.lib.stride_tricks as s; s.sliding_window_view");
        assumeTrue(found.exitCode() == 0, "python3 with NumPy 1.20 or later: " + found.err());
    }

    /** @return 127 as the exit code if there is no python3 */
    private static CliProcess.Result python(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("python3", "-B"));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("python.out");
        Path err = folder.resolve("python.err");
        try {
            Process process = new ProcessBuilder(command).directory(folder.toFile())
                    .redirectOutput(out.toFile()).redirectError(err.toFile()).start();
            assertTrue(process.waitFor(5, TimeUnit.MINUTES));
            return new CliProcess.Result(process.exitValue(), Files.readString(out), Files.readString(err));
        } catch (IOException e) {
            return new CliProcess.Result(127, "", e.getMessage());
        }
    }

    @Test
    void isShort() throws IOException {
        List<String> lines = Files.readAllLines(SCRIPT);
        assertTrue(lines.size() <= MOST_LINES, () -> lines.size() + " lines");
        assertEquals(List.of(), lines.stream().filter(line -> line.length() > 125).toList());
    }

    private static INDArray images(Random random) {
        return Nd4j.create(random.ints((long) IMAGES * 3 * SIDE * SIDE, 0, 256).asDoubleStream().toArray(),
                new long[] {IMAGES, 3, SIDE, SIDE}, 'c').castTo(DataType.FLOAT);
    }

    @Test
    void predictsWhatTheLibraryPredicts() throws Exception {
        Random random = new Random(15);
        INDArray images = images(random);
        Path file = folder.resolve("images.npy");
        Nd4j.writeAsNumpy(images.castTo(DataType.UINT8), file.toFile());
        List<String> command = new ArrayList<>(
                List.of("-c", PREDICT_ALL, SCRIPT.getParent().toString(), file.toString()));
        List<Network> networks = new ArrayList<>();
        Set<String> kinds = new TreeSet<>();
        for (String layers : texts(random)) {
            Network network = network(layers, images, random);
            networks.add(network);
            Path model = folder.resolve("model-" + networks.size() + ".npz");
            network.save(model);
            command.add(model.toString());
            KIND.matcher(layers + ",output").results().forEach(kind -> kinds.add(kind.group()));
        }
        assertEquals(ofTheLibrary(), kinds, "every layer is put to the test");

        CliProcess.Result predicted = python(command.toArray(String[]::new));
        assertEquals(0, predicted.exitCode(), predicted.err());
        List<String> rows = predicted.out().lines().toList();
        assertEquals(networks.size(), rows.size());
        for (int i = 0; i < rows.size(); i++) {
            double[] found = Arrays.stream(rows.get(i).split(" ")).mapToDouble(Double::parseDouble).toArray();
            double[] expected = networks.get(i).predictProbabilities(images).dup('c').data().asDouble();
            String text = networks.get(i).architecture().text();
            assertEquals(expected.length, found.length, text);
            for (int k = 0; k < expected.length; k++) {
                int index = k;
                assertEquals(expected[k], found[k], 1e-5, () -> text + ": probability " + index);
            }
        }
    }

    /** Layers that tests have registered are in other packages. */
    private static Set<String> ofTheLibrary() {
        return LayerRegistry.types().stream()
                .filter(type -> type.reader().getClass().getPackageName().equals(LayerRegistry.class.getPackageName()))
                .map(LayerType::keyword).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The hard cases, what train takes unless told otherwise, then random ones. */
    private static List<String> texts(Random random) {
        List<String> texts = new ArrayList<>(List.of(
                "",
                "output:nobias",
                Preset.QUICK.settings(1000, new ImageSize(SIDE, SIDE)).build().layers(),
                "whiten:3,gelu,residual(conv:8:3,relu,conv:8:3:nobias|conv:8:1),globalmaxpool,scale:0.25",
                "conv:6:3,residual(batchnorm,residual(chain(conv:6:3:dirac,leakyrelu),gelu),relu),chain(),globalavgpool",
                "conv:4:4:3:2:nobias,batchnorm:0.001:noscale,pool:3:1,avgpool:2,"
                        + "dropconnect:0.5,dense:9:nobias,batchnorm,dropout:0.25,scale:-5.0E-4,scale:-900,"
                        + "dropconnect:0.1,output:nobias"));
        IntStream.range(texts.size(), NETWORKS).forEach(i -> texts.add(text(random)));
        return texts;
    }

    private static String text(Random random) {
        List<String> layers = new ArrayList<>();
        int side = SIDE;
        while (layers.size() < 5 && side >= 4) {
            String body = "conv:4:3:1:1" + (random.nextBoolean() ? ":nobias" : "") + ",batchnorm," + activation(random);
            switch (random.nextInt(5)) {
                case 0 -> layers.add("conv:" + (1 + random.nextInt(6)) + ":3:1:1");
                case 1 -> layers.add(activation(random));
                case 2 -> layers.add("conv:4:1,residual(" + body + "),conv:3:3");
                case 3 -> layers.add("residual(" + body + "|conv:4:1:nobias)");
                default -> {
                    int size = 2 + random.nextInt(2);
                    int stride = 1 + random.nextInt(size);
                    side = (side - size) / stride + 1;
                    layers.add((random.nextBoolean() ? "pool:" : "avgpool:") + size + ":" + stride);
                }
            }
        }
        layers.add("dense:" + (1 + random.nextInt(9)));
        layers.add(activation(random));
        return String.join(",", layers);
    }

    private static String activation(Random random) {
        return List.of("relu", "gelu", "leakyrelu:0.2", "scale:0.5").get(random.nextInt(4));
    }

    /** With running statistics, biases and shifts that are not what they begin as. */
    private static Network network(String layers, INDArray images, Random random) {
        Architecture architecture = Architecture.parse(layers, 3, SIDE, SIDE, List.of("a", "b", "c", "d"));
        INDArray mean = images.mean(0);
        Network network = Network.initialize(architecture, new InputScaling(mean, 0.014), random.nextLong(), () -> images);
        for (Parameter parameter : architecture.parameters()) {
            INDArray array = network.parameters().get(parameter.name());
            double least = parameter.kind() == Parameter.Kind.RUNNING_VARIANCE ? 0 : -0.1;
            INDArray noise = Nd4j.create(random.doubles(array.length(), least, 0.1).toArray(), array.shape(), 'c');
            array.addi(noise.castTo(DataType.FLOAT));
        }
        return network;
    }

    /** The views of the model's settings too, and the lines that the command prints. */
    @Test
    void printsWhatPredictPrints() throws Exception {
        Random random = new Random(7);
        INDArray images = images(random);
        Nd4j.writeAsNumpy(images.castTo(DataType.UINT8), folder.resolve("seen.npy").toFile());
        List<String> command = new ArrayList<>(List.of("predict", "viewed.npz"));
        for (int i = 0; i < IMAGES; i++) {
            command.add(i + ".png");
            ImageIO.write(image(images.slice(i)), "png", folder.resolve(i + ".png").toFile());
        }
        Network network = network("conv:4:3,relu,pool:2,dense:8,gelu,scale:3", images, random);
        Cli cli = new Cli(folder);
        for (int views : List.of(1, 2, 6)) {
            network.with(Optional.of(new ModelCard("1", 1, "noise", "00", Json.object().put("views", views), List.of())))
                    .save(folder.resolve("viewed.npz"));
            CliProcess.Result expected = cli.run(command.toArray(String[]::new));
            assertEquals(0, expected.exitCode(), expected.err());
            CliProcess.Result found = python(SCRIPT.toString(), "viewed.npz", "seen.npy");
            assertEquals(0, found.exitCode(), found.err());
            List<String> lines = found.out().lines().toList();
            List<String> expectedLines = expected.out().replace(".png\t", "\t").lines().toList();
            assertEquals(expectedLines.size(), lines.size(), found.out());
            for (int i = 0; i < lines.size(); i++) {
                assertSameLine(views + " views", expectedLines.get(i), lines.get(i));
            }
        }
    }

    /** The last of a probability's four digits may be rounded either way. */
    private static void assertSameLine(String what, String expected, String found) {
        String[] words = expected.split("\t");
        String[] foundWords = found.split("\t");
        assertEquals(5, words.length, expected);
        assertEquals(5, foundWords.length, found);
        for (int i = 0; i < words.length; i++) {
            if (i == 2 || i == 4) {
                assertEquals(Double.parseDouble(words[i]), Double.parseDouble(foundWords[i]), 1.01e-4, what);
            } else {
                assertEquals(words[i], foundWords[i], what);
            }
        }
    }

    private static BufferedImage image(INDArray pixels) {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < SIDE * SIDE; i++) {
            int y = i / SIDE;
            int x = i % SIDE;
            image.setRGB(x, y, pixels.getInt(0, y, x) << 16 | pixels.getInt(1, y, x) << 8 | pixels.getInt(2, y, x));
        }
        return image;
    }

    @Test
    void tellsInOneLineWhatItCannotDo() throws Exception {
        Nd4j.writeAsNumpy(Nd4j.zeros(DataType.UINT8, 1, 3, SIDE, SIDE), folder.resolve("black.npy").toFile());
        Nd4j.writeAsNumpy(Nd4j.zeros(DataType.UINT8, 1, SIDE, SIDE, 3), folder.resolve("last.npy").toFile());
        network("relu", Nd4j.zeros(DataType.FLOAT, 1, 3, SIDE, SIDE), new Random(1)).save(folder.resolve("plain.npz"));
        assertProblem("No such file", "nothing.npz", "black.npy");
        assertProblem("images of shape (11, 11, 3), expected (3, 11, 11), channels before rows", "plain.npz", "last.npy");
        Nd4j.writeAsNumpy(Nd4j.zeros(DataType.UINT8, 3, SIDE, SIDE), folder.resolve("gray.npy").toFile());
        assertProblem("images of shape (11, 11), expected (3, 11, 11)", "plain.npz", "gray.npy");
        assertProblem("python3 predict.py MODEL.npz IMAGES.npy", "plain.npz");
        Files.writeString(folder.resolve("image.png"), "\u0089PNG");
        assertProblem("image.png is no .npy array", "plain.npz", "image.png");
        CliProcess.Result written = python("-c", """
                import numpy
                arrays = dict(numpy.load("plain.npz"))
                text = arrays["architecture"].tobytes().replace(b'"relu"', b'"relu,swish:2"')
                numpy.savez("unknown.npz", **{**arrays, "architecture": numpy.frombuffer(text, numpy.uint8)})
                """);
        assertEquals(0, written.exitCode(), written.err());
        assertProblem("layer swish: unknown, expected one of conv, ", "unknown.npz", "black.npy");
    }

    private static void assertProblem(String problem, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
        command.addAll(List.of(arguments));
        CliProcess.Result refused = python(command.toArray(String[]::new));
        assertEquals(2, refused.exitCode(), refused.err());
        assertTrue(refused.err().startsWith("predict.py: ") && refused.err().contains(problem), refused.err());
        assertEquals(1, refused.err().lines().count(), refused.err());
        assertEquals("", refused.out());
    }
}
