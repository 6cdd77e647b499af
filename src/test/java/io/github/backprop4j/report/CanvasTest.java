package io.github.backprop4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.Font;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    /** What DISPLAY names is looked for once in a process, so this takes another one. */
    @Test
    void saysWhatToDoWithoutItsScreen() throws IOException, InterruptedException {
        assumeTrue(Files.exists(Path.of(System.getProperty("java.home"), "lib", "libawt_xawt.so")),
                "a Java that opens windows on X11");
        Path png = folder.resolve("a.png");
        assertEquals(png + ": Java cannot draw text on this machine (Can't connect to X11 window server using ':99' as"
                + " the value of the DISPLAY variable.); install fontconfig and a font, or start java with"
                + " -Djava.awt.headless=true", draw(png));
        assertEquals("drawn", draw(png, "-Djava.awt.headless=true"));
        assertTrue(Files.exists(png));
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
