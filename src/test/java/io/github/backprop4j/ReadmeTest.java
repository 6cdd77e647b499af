package io.github.backprop4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.ImageFile;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** The README's Java is the code of this file, which compiles and runs. */
class ReadmeTest {

    private static final String BEGIN = "// begin of the README's example";
    private static final String END = "// end of the README's example";

    @TempDir
    private Path folder;

    @Test
    void theExampleRuns() throws IOException {
        Path model = folder.resolve("model.npz");
        Path image = folder.resolve("image.png");
        ImageIO.write(new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB), "png", image.toFile());
        String answer = example("shapes", 1, model, image);
        String[] words = answer.split(" ");
        assertTrue(Datasets.open("shapes").training().classNames().contains(words[0]), answer);
        assertTrue(Double.parseDouble(words[1]) > 0.5, answer);
    }

    private static String example(String data, int epochs, Path model, Path image) throws IOException {
        // begin of the README's example
        TrainingSettings settings = TrainingSettings.builder().data(data).epochs(epochs).build();
        Training training = Training.of(settings);
        Network network = training.run().network();
        network.save(model);
        double accuracy = Evaluator.evaluate(network, training.dataset().test()).accuracy();

        byte[] pixels = ImageFile.read(image, 3, 32, 32);
        INDArray x = Nd4j.create(DataType.FLOAT, 1, 3, 32, 32);
        for (int i = 0; i < pixels.length; i++) {
            x.putScalar(i, Byte.toUnsignedInt(pixels[i]));
        }
        int best = Network.load(model).predict(x)[0];
        return network.architecture().classNames().get(best) + " " + accuracy;
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
