package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The command line in other locales and time zones: in Turkish an I becomes ı in lower case, in German a number has a comma,
 * in Arabic, Hindi and Thai it may have digits of its own, the Thai calendar is 543 years ahead, and in Apia a day is
 * missing.
 */
@Tag("robustness")
class LocaleTest {

    private static final String IMAGE = "/IRIS/I0.PNG";
    private static final String METRICS = "metrics.csv";
    private static final String REPORT = "report.html";

    @TempDir
    private static Path folder;

    /** In the profile long. */
    private static final boolean LONG = Boolean.getBoolean("locale.all");

    private static Outcome expected;

    /** What commands print, and the files that a training writes. */
    private record Outcome(List<CliProcess.Result> results, Map<String, byte[]> files) {}

    @BeforeAll
    static void runWithoutLocale() throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < 40; i++) {
            draw(folder.resolve("IMAGES/" + (i % 2 == 0 ? "IRIS" : "lilac") + "/I" + i + ".PNG"), random);
        }
        expected = outcome("", List.of());
        assertEquals(List.of(0, 0, 0, 0, 0, 2, 2),
                expected.results.stream().map(CliProcess.Result::exitCode).toList(), expected.results::toString);
        assertTrue(expected.files.keySet().containsAll(
                List.of("model.npz", METRICS, REPORT, "settings.json", "training.png", "confusion.png", "filters.png")),
                () -> expected.files.keySet().toString());
    }

    /** German, Hindi and Thai only in the profile long, as each takes seconds. */
    @ParameterizedTest
    @CsvSource({"tr, TR, '', Pacific/Apia", "ar, EG, u-nu-arab, Africa/Cairo",
        "th, TH, u-ca-buddhist-nu-thai, Asia/Kathmandu", "de, DE, '', Europe/Berlin",
        "hi, IN, u-nu-deva, America/St_Johns"})
    void allIsAsWithoutALocale(String language, String country, String extensions, String zone) throws IOException {
        assumeTrue(LONG || !Set.of("de", "hi", "th").contains(language), "only in the profile long");
        // jars have the local time of their entries, and JavaCPP unpacks natives anew where another zone has unpacked them,
        // under the hands of whoever loads them just then
        Outcome found = outcome(language, List.of("-Duser.country=" + country, "-Duser.extensions=" + extensions,
                "-Duser.timezone=" + zone, "-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("natives-" + language)));
        for (int i = 0; i < expected.results.size(); i++) {
            assertEquals(expected.results.get(i), found.results.get(i));
        }
        assertEquals(expected.files.keySet(), found.files.keySet());
        expected.files.forEach((name, bytes) -> assertArrayEquals(bytes, found.files.get(name), name));
    }

    @Test
    void anErrorHasItsDigitsInPersianToo() {
        Path here = folder.resolve("in-fa");
        CliProcess.Result refused = new CliProcess(folder, List.of("-Duser.language=fa", "-Duser.country=IR"), Main.class)
                .run("train", "--data", "IMAGES", "--layers", "conv:4:30:1:0", "--output", here.toString());
        assertEquals(2, refused.exitCode());
        assertTrue(refused.err().contains("a window of 30 is larger than a side of 16 padded by 0"), refused.err());
        assertTrue(Files.notExists(here));
    }

    /** All commands, one after the other, in a process that has its locale from the start. */
    static final class Commands {

        private Commands() {}

        /** @param arguments folder of the run and folder of the images */
        public static void main(String[] arguments) throws IOException {
            Path here = Path.of(arguments[0]);
            Cli commandLine = new Cli(here);
            int number = 0;
            for (String[] command : commands(arguments[1])) {
                CliProcess.Result result = commandLine.run(command);
                Files.writeString(here.resolve(number + ".out"), result.out());
                Files.writeString(here.resolve(number + ".err"), result.err());
                Files.writeString(here.resolve(number + ".code"), Integer.toString(result.exitCode()));
                number++;
            }
        }

        /** With an I in upper or lower case wherever there can be one. */
        private static List<String[]> commands(String images) {
            return List.of(
                    new String[] {"train", "--data", images, "--layers",
                        "CONV:4:3,BatchNorm,RELU,avgPool:4,DROPOUT:0.25,dense:12,leakyrelu:0.1", "--optimizer",
                        "NESTEROVS", "--learning-rate", "0.015", "--schedule", "COSINE", "--engine", "IM2COL", "--augment",
                        "flip,shift", "--validation", "0.25", "--epochs", "2", "--batch-size", "8", "--seed", "3",
                        "--output", "run"},
                    new String[] {"train", "--resume", "run"},
                    new String[] {"evaluate", "run/model.npz", "--data", images},
                    new String[] {"predict", "run/model.npz", images + IMAGE},
                    new String[] {"notebook", "--examples", "20", "--iterations", "2", "--learning-rate", "0.001", "--seed",
                        "4"},
                    new String[] {"train", "--layers", "DROPOUT:0,25", "--output", "refused"},
                    new String[] {"train", "--learning-rate", "0,1", "--output", "refused"});
        }
    }

    private static Outcome outcome(String language, List<String> options) throws IOException {
        Path here = Files.createDirectory(folder.resolve("in-" + language));
        List<String> javaOptions = new ArrayList<>(options);
        javaOptions.add("-Duser.language=" + language);
        CliProcess.Result all = new CliProcess(here, javaOptions, Commands.class)
                .run(here.toString(), folder.resolve("IMAGES").toString());
        assertEquals(0, all.exitCode(), all.err());
        List<CliProcess.Result> results = new ArrayList<>();
        for (int i = 0; Files.exists(here.resolve(i + ".code")); i++) {
            results.add(new CliProcess.Result(Integer.parseInt(Files.readString(here.resolve(i + ".code"))),
                    Files.readString(here.resolve(i + ".out")), Files.readString(here.resolve(i + ".err"))));
        }
        return new Outcome(results, files(here.resolve("run")));
    }

    private static void draw(Path file, Random random) throws IOException {
        Files.createDirectories(file.getParent());
        BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
        for (int p = 0; p < 256; p++) {
            image.setRGB(p % 16, p / 16, random.nextInt(1 << 24));
        }
        ImageIO.write(image, "png", file.toFile());
    }

    /** All but the checkpoints, which hold the time that the training took. */
    private static Map<String, byte[]> files(Path run) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> paths = Files.list(run)) {
            for (Path path : paths.filter(each -> !each.getFileName().toString().startsWith("checkpoint-")).toList()) {
                String name = path.getFileName().toString();
                files.put(name, name.equals(METRICS) ? withoutTimes(path)
                        : name.equals(REPORT) ? pageWithoutTimes(path) : Files.readAllBytes(path));
            }
        }
        return files;
    }

    /** Of the last two columns, only that they are numbers. */
    private static byte[] withoutTimes(Path metrics) throws IOException {
        return Files.readString(metrics).replaceAll(",\\d+\\.\\d+(E-?\\d+)?,\\d+\\.\\d+(E-?\\d+)?\\n", ",SECONDS,SPEED\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Without the numbers and the chart of speed, and the last two columns of the epochs' table. */
    private static byte[] pageWithoutTimes(Path report) throws IOException {
        return Files.readString(report).replaceAll("(?s)<figcaption>Speed.*?</figure>", "SPEED")
                .replaceAll("(<dt>(training time|images/s)</dt>\n<dd>)[^<]*", "$1TIME")
                .replaceAll("<td>[\\d,.]+</td>\n<td>[\\d,]+</td>\n</tr>", "SECONDS,SPEED").getBytes(StandardCharsets.UTF_8);
    }
}
