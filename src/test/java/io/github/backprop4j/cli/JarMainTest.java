package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the jar and the launcher do in a locale that is not in UTF-8, as that of containers. */
class JarMainTest {

    private static final List<String> WITHOUT_LOCALE = List.of("env", "-u", "LANG", "LC_ALL=C");
    private static final Path LAUNCHER = Path.of("scripts/backprop4j").toAbsolutePath();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"jar", "launcher"})
    void namesWithUmlautsAreUnderstoodAndPrintedInAnyLocale(String way) throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "other systems' names do not depend on the locale");
        CliProcess.Result missing = run(way, "predict", "größe 'x'/modèle.npz", "bild.png");
        assertEquals("backprop4j: größe 'x'/modèle.npz: no such file", missing.err().strip());
        assertEquals(2, missing.exitCode());

        CliProcess.Result saved = run(way, "notebook", "--examples", "10", "--depths", "1,1", "--hidden", "1", "--seed", "1",
                "--save", "grün.npz");
        assertEquals("", saved.err());
        assertEquals(0, saved.exitCode());
        assertTrue(saved.out().startsWith("Iteration 0 loss 2."), saved.out());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of("grün.npz"), files.map(each -> each.getFileName().toString()).toList());
        }
    }

    private CliProcess.Result run(String way, String... arguments) throws IOException, InterruptedException {
        if (way.equals("jar")) {
            return new CliProcess(folder, List.of(), JarMain.class).run(WITHOUT_LOCALE, arguments);
        }
        List<String> command = new ArrayList<>(WITHOUT_LOCALE);
        command.addAll(List.of("JAVA_HOME=" + System.getProperty("java.home"), LAUNCHER.toString()));
        command.addAll(List.of(arguments));
        Path err = Files.createTempFile("backprop4j", ".err");
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new CliProcess.Result(process.waitFor(), out, Files.readString(err));
    }

    @Test
    void theShellGetsEveryByte() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no shell");
        String all = IntStream.range(1, 256).mapToObj(Character::toString).collect(Collectors.joining());
        String command = JarMain.command(("java\0" + all + "\0\0").getBytes(StandardCharsets.ISO_8859_1), true)
                .replaceFirst("^exec '[^']*'", "exec printf '%s|'");
        Process shell = new ProcessBuilder("/bin/sh", "-c", command).start();
        String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertEquals(0, shell.waitFor());
        assertTrue(printed.endsWith("|" + all + "||"), printed);
    }
}
