package io.github.backprop4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.inference.Classifier;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.Preset;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's Java is the code of this file, which compiles and runs. */
class ReadmeTest {

    private static final String BEGIN = "// begin of the README's example";
    private static final String END = "// end of the README's example";

    @TempDir
    private Path folder;

    /** Of two classes that are easy to learn: bright and dark. */
    @Test
    void theExampleLearnsAndClassifies() throws IOException {
        Path data = folder.resolve("data");
        for (int i = 0; i < 25; i++) {
            paint(data.resolve("bright/" + i + ".png"), 200 + i % 50, 32, 32);
            paint(data.resolve("dark/" + i + ".png"), i % 50, 32, 32);
        }
        Path image = folder.resolve("image.png");
        paint(image, 30, 64, 48);
        assertEquals("dark 1.0", example(data.toString(), folder.resolve("model.npz"), image));
        paint(image, 220, 64, 48);
        assertEquals("bright 1.0", example(data.toString(), folder.resolve("model.npz"), image));
    }

    private static void paint(Path png, int brightness, int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(new Color(brightness, brightness, brightness));
        graphics.fillRect(0, 0, width, height);
        graphics.dispose();
        Files.createDirectories(png.getParent());
        ImageIO.write(image, "png", png.toFile());
    }

    private static String example(String data, Path model, Path image) throws IOException {
        // begin of the README's example
        Dataset dataset = Datasets.open(data);
        TrainingSettings settings = Preset.QUICK.settings(dataset.training()).data(data).build();
        Network network = Training.of(settings, dataset).run().network();
        network.save(model);
        double accuracy = Evaluator.evaluate(network, dataset.test(), settings.views()).accuracy();

        Classifier classifier = Classifier.load(model);
        Classifier.Ranked best = classifier.classify(image).get(0);
        return best.className() + " " + accuracy;
        // end of the README's example
    }

    @Test
    void theReadmeHasThisExample() throws IOException {
        List<String> source = Files.readAllLines(Path.of("src/test/java/io/github/backprop4j/ReadmeTest.java"));
        List<String> example = source.subList(indexOf(source, BEGIN) + 1, indexOf(source, END)).stream()
                .map(line -> line.isEmpty() ? line : line.substring(8)).toList();
        List<String> readme = Files.readAllLines(Path.of("README.md"));
        int begin = readme.indexOf("```java") + 1;
        assertEquals(example, readme.subList(begin, begin + example.size()));
        assertEquals("```", readme.get(begin + example.size()));
    }

    private static int indexOf(List<String> source, String line) {
        return source.stream().map(String::strip).toList().indexOf(line);
    }
}
