package io.github.backprop4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.Color;
import java.awt.Font;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CanvasTest {

    @TempDir
    private Path folder;

    @Test
    void shortensTextToItsWidth() {
        Font font = Canvas.font(20);
        assertEquals("short", Canvas.shorten("short", font, 100));
        String cut = Canvas.shorten("something very long", font, 100);
        assertTrue(cut.startsWith("some") && cut.endsWith("…") && Canvas.width(cut, font) <= 100, cut);
        // U+1F40E is a pair of chars, and no half of it may be left
        assertFalse(Canvas.shorten("\uD83D\uDC0E".repeat(20), font, 100).matches(".*\\uD83D…"));
        assertEquals("…", Canvas.shorten("nothing fits", font, 1));
    }

    @Test
    void shortensTextsSoThatTheyStayDifferent() {
        Font font = Canvas.font(20);
        assertEquals(List.of("a", "b"), Canvas.shorten(List.of("a", "b"), font, 100));
        List<String> ends = Canvas.shorten(List.of("a rather long name of one", "a rather long name of two", "dog"), font, 150);
        assertTrue(ends.get(0).matches("a r.*….* one") && ends.get(1).matches("a r.*….* two"), ends.toString());
        assertEquals("dog", ends.get(2));
        List<String> numbered = Canvas.shorten(
                List.of("the same at one end, this in the middle, and at the other", "the same at one end, that in the middle, and at the other"),
                font, 150);
        assertTrue(numbered.get(0).startsWith("1 the") && numbered.get(1).startsWith("2 the"), numbered.toString());
        for (String each : Stream.concat(ends.stream(), numbered.stream()).toList()) {
            assertTrue(Canvas.width(each, font) <= 150, each);
        }
    }

    /** What DISPLAY names is looked for once in a process, so this takes another one. */
    @Test
    void saysWhatToDoWithoutItsScreen() throws IOException, InterruptedException {
        assumeTrue(Files.exists(Path.of(System.getProperty("java.home"), "lib", "libawt_xawt.so")),
                "a Java that opens windows on X11");
        Path png = folder.resolve("a.png");
        assertEquals(png + ": Java cannot draw text on this machine (Can't connect to X11 window server using ':99' as"
                + " the value of the DISPLAY variable.); install fontconfig and a font, or start java with"
                + " -Djava.awt.headless=true", draw(png));
        assertTrue(Files.notExists(png));
        assertEquals("drawn", draw(png, "-Djava.awt.headless=true"));
        BufferedImage image = Pixels.read(png);
        assertEquals(new Rectangle(800, 600), image.getRaster().getBounds());
        assertEquals(800 * 600, Pixels.count(image, colour -> colour == 0xFFFFFF), "an empty canvas is white");
    }

    @Test
    void fillsAndFramesToThePixel() throws IOException {
        BufferedImage image = drawn(canvas -> {
            canvas.fill(10, 20, 30, 40, Color.RED);
            canvas.frame(10, 20, 30, 40, Color.BLUE);
        });
        assertEquals(new Rectangle(10, 20, 30, 40), Pixels.bounds(image, colour -> colour == 0xFF0000));
        assertEquals(30 * 40, Pixels.count(image, colour -> colour == 0xFF0000));
        assertEquals(new Rectangle(9, 19, 32, 42), Pixels.bounds(image, colour -> colour == 0x0000FF));
        assertEquals(2 * 32 + 2 * 40, Pixels.count(image, colour -> colour == 0x0000FF));
    }

    /** The text ends, is centred or begins at x = 200, and y = 100 is the middle of a capital letter. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 1})
    void alignsText(double align) throws IOException {
        Font font = Canvas.font(40);
        double width = Canvas.width("HEN", font);
        Rectangle across = Pixels.bounds(drawn(canvas -> canvas.text("HEN", font, 200, 100, align, Color.BLACK)),
                colour -> colour < 0x808080);
        assertEquals(200 + (0.5 - align) * width, across.getCenterX(), 4);
        assertEquals(100, across.getCenterY(), 4);
        assertTrue(across.width > 0.8 * width && across.width < width + 2, () -> across + " of " + width);
        // a quarter turn: what lay right of x lies above y
        Rectangle upward = Pixels.bounds(drawn(canvas -> canvas.upwardText("HEN", font, 200, 100, align, Color.BLACK)),
                colour -> colour < 0x808080);
        assertEquals(200, upward.getCenterX(), 4);
        assertEquals(100 - (0.5 - align) * width, upward.getCenterY(), 4);
        assertEquals(across.width, upward.height, 2);
        assertEquals(across.height, upward.width, 2);
    }

    @Test
    void aColorBarRunsFromTheBottomUpWithLabelsBesideIt() throws IOException {
        Font font = Canvas.font(20);
        List<String> labels = List.of("0", "0.5", "1");
        BufferedImage image = drawn(canvas -> canvas.colorBar(50, 20, 160, font,
                height -> new Color((float) height, 0, 1), labels, "share"));
        for (int row : new int[] {0, 40, 80, 159}) {
            int red = (int) Math.round(255 * (1 - (row + 0.5) / 160));
            assertEquals(red, Pixels.at(image, 60, 20 + row) >> 16, 1, "red in row " + row);
            assertEquals(255, Pixels.at(image, 60, 20 + row) & 255, "blue in row " + row);
        }
        // behind the bar's 20 pixels and a space: the labels at its ends and its middle, the title along it
        for (int y : new int[] {20, 100, 180}) {
            assertTrue(Pixels.count(image.getSubimage(78, y - 10, 15, 20), CanvasTest::isInk) > 10, "label at " + y);
        }
        assertEquals(0, Pixels.count(image.getSubimage(78, 40, 15, 40), CanvasTest::isInk), "no other label");
        Rectangle title = Pixels.bounds(
                image.getSubimage(50 + Canvas.colorBarWidth(font, labels) - 20, 30, 25, 140), CanvasTest::isInk);
        assertEquals(Canvas.width("share", font), title.height, 6, "the title reads upwards");
    }

    private static boolean isInk(int colour) {
        return (colour & 255) < 0x80;
    }

    private BufferedImage drawn(Consumer<Canvas> drawing) throws IOException {
        Path png = folder.resolve("drawn.png");
        Canvas.write(png, () -> {
            Canvas canvas = new Canvas(400, 200);
            drawing.accept(canvas);
            return canvas;
        });
        return Pixels.read(png);
    }

    private static String draw(Path png, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Draw.class.getName(), png.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("DISPLAY", ":99");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        return output.strip();
    }

    /** Draws an image and prints what became of it. */
    static final class Draw {

        private Draw() {}

        public static void main(String[] args) {
            try {
                Canvas.write(Path.of(args[0]), () -> new Canvas(800, 600));
                System.out.println("drawn");
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
