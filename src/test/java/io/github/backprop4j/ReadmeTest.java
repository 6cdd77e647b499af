package io.github.backprop4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's Java is that of the project in {@code src/test/consumer}, which {@code .ci/consumer} builds by itself. */
class ReadmeTest {

    private static final Path EXAMPLE = Path.of("src/test/consumer/src/main/java/example/Example.java");
    private static final String BEGIN = "// begin of the README's example";
    private static final String END = "// end of the README's example";

    @TempDir
    private Path folder;

    /** Of two classes that are easy to learn: bright and dark. */
    @Test
    void theExampleLearnsAndClassifies() throws IOException, ReflectiveOperationException {
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

    /** Compiles the example and runs it in this process. */
    private String example(String data, Path model, Path image) throws IOException, ReflectiveOperationException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", folder.toString(),
                "-cp", classPath, EXAMPLE.toString()));
        try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            return (String) loader.loadClass("example.Example")
                    .getMethod("trainAndClassify", String.class, Path.class, Path.class).invoke(null, data, model, image);
        }
    }

    @Test
    void theReadmeHasThisExample() throws IOException {
        List<String> source = Files.readAllLines(EXAMPLE);
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
