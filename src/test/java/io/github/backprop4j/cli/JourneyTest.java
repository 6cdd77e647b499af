package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.inference.Classifier;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** The whole way of one who comes with pictures of their own, of mixed sizes and formats, from folders to an application. */
class JourneyTest {

    private static final List<String> FORMATS = List.of("png", "jpg", "gif", "bmp");

    @TempDir
    private Path folder;

    private final Random random = new Random(1);

    @Test
    void fromFoldersOfPicturesToTheClassifierOfAnApplication() throws IOException {
        Cli cli = new Cli(folder);
        draw("figures", 100, "disc", "square", "Dreiecksfläche");
        Files.writeString(folder.resolve("figures/disc/notes.txt"), "not an image");

        CliProcess.Result trained = cli.run("train", "--data", "figures", "--size", "20x24", "--layers",
                "conv:8:5,relu,pool:2,conv:12:3,relu,pool:2,dense:24,relu", "--epochs", "24", "--batch-size", "16", "--output",
                "first", "--json");
        assertEquals(0, trained.exitCode(), trained.err());
        double tested = lastLine(trained).get("testAccuracy").asDouble();
        assertTrue(tested > 0.75, trained.out());

        CliProcess.Result evaluated = cli.run("evaluate", "first/model.npz", "--data", "figures", "--json");
        assertEquals(tested, lastLine(evaluated).get("accuracy").asDouble());

        draw("others", 60, "ring", "cross");
        CliProcess.Result tuned = cli.run("train", "--data", "others", "--from", "first/model.npz", "--freeze", "3",
                "--epochs", "16", "--batch-size", "16", "--output", "second", "--json");
        assertEquals(0, tuned.exitCode(), tuned.err());
        assertTrue(lastLine(tuned).get("testAccuracy").asDouble() > 0.75, tuned.out());

        CliProcess.Result predicted = cli.run("predict", "second/model.npz", "others", "--json", "--top", "2");
        assertEquals(0, predicted.exitCode(), predicted.err());
        Classifier classifier = Classifier.load(folder.resolve("second/model.npz"));
        Map<String, Integer> right = new HashMap<>();
        for (String line : predicted.out().lines().toList()) {
            JsonNode answer = new ObjectMapper().readTree(line);
            Path file = folder.resolve(answer.get("file").asText());
            List<Classifier.Ranked> ranked = classifier.classify(file);
            for (int i = 0; i < 2; i++) {
                assertEquals(ranked.get(i).className(), answer.get("classes").get(i).get("class").asText());
                // in passes of other sizes numbers are added up in another order
                assertEquals(ranked.get(i).probability(), answer.get("classes").get(i).get("probability").asDouble(), 1e-5);
            }
            String name = file.getParent().getFileName().toString();
            right.merge(name, ranked.get(0).className().equals(name) ? 1 : 0, Integer::sum);
        }
        assertEquals(Set.of("ring", "cross"), right.keySet());
        assertTrue(right.get("ring") > 45 && right.get("cross") > 45, right.toString());
    }

    /** Draws figures of any place, size and colour, each picture of a size of its own. */
    private void draw(String directory, int count, String... classes) throws IOException {
        for (String each : classes) {
            Path target = Files.createDirectories(folder.resolve(directory).resolve(each));
            for (int i = 0; i < count; i++) {
                String format = FORMATS.get(i % FORMATS.size());
                assertTrue(ImageIO.write(picture(each), format, target.resolve(i + "." + format).toFile()));
            }
        }
    }

    private BufferedImage picture(String figure) {
        int width = 40 + random.nextInt(60);
        int height = width * 5 / 6;
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(new Color(random.nextInt(60), random.nextInt(60), random.nextInt(60)));
        graphics.fillRect(0, 0, width, height);
        graphics.setColor(new Color(180 + random.nextInt(70), 180 + random.nextInt(70), 180 + random.nextInt(70)));
        int side = height * (5 + random.nextInt(3)) / 10;
        int left = random.nextInt(width - side);
        int top = random.nextInt(height - side);
        switch (figure) {
            case "disc" -> graphics.fillOval(left, top, side, side);
            case "square" -> graphics.fillRect(left, top, side, side);
            case "ring" -> {
                graphics.setStroke(new BasicStroke(side / 6f));
                graphics.drawOval(left + side / 12, top + side / 12, side - side / 6, side - side / 6);
            }
            case "cross" -> {
                graphics.fillRect(left, top + side * 2 / 5, side, side / 5);
                graphics.fillRect(left + side * 2 / 5, top, side / 5, side);
            }
            default -> graphics.fillPolygon(new int[] {left, left + side, left + side / 2}, new int[] {top + side, top + side, top}, 3);
        }
        graphics.dispose();
        return picture;
    }

    private static JsonNode lastLine(CliProcess.Result result) throws IOException {
        List<String> lines = result.out().lines().toList();
        return new ObjectMapper().readTree(lines.get(lines.size() - 1));
    }
}
