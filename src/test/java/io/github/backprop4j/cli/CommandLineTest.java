package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.backprop4j.files.Npz;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The command line in this process, but where standard output is a device. */
class CommandLineTest {

    @TempDir
    private Path folder;

    @Test
    void notebookPrintsTheLossesAndSavesTheParameters() throws IOException {
        Path file = folder.resolve("parameters.npz");
        CliProcess.Result result = run("notebook", "--examples", "40", "--iterations", "2", "--learning-rate", "0.01", "--seed",
                "5", "--depths", "4,6", "--hidden", "12", "--threads", "2", "--save", file.toString());
        assertEquals("", result.err());
        assertEquals(0, result.exitCode());
        assertTrue(result.out().matches("Iteration 0 loss 2\\.\\d+\\RIteration 1 loss 2\\.\\d+\\R"), result.out());
        Map<String, INDArray> saved = Npz.read(file, 1 << 20);
        assertEquals("{W2=[4, 3, 5, 5], W4=[6, 4, 5, 5], W6=[384, 12], W7=[12, 10], b2=[4, 1], b4=[6, 1], b6=[1, 12],"
                + " b7=[1, 10]}", shapes(saved));
        assertEquals(result.out(), run("notebook", "--examples=40", "--iterations=2", "--learning-rate=0.01", "--seed=5",
                "--depths=4,6", "--hidden=12", "--threads=3").out());
    }

    private static String shapes(Map<String, INDArray> arrays) {
        Map<String, List<Long>> shapes = new java.util.LinkedHashMap<>();
        arrays.forEach((name, array) -> shapes.put(name, java.util.Arrays.stream(array.shape()).boxed().toList()));
        return shapes.toString();
    }

    @Test
    void choosesASeedAndTellsIt() {
        CliProcess.Result result = run("notebook", "--examples", "10", "--depths", "1,1", "--hidden", "1");
        assertEquals(0, result.exitCode());
        assertTrue(result.err().matches("seed \\d+\\R"), result.err());
        CliProcess.Result again = run("notebook", "--examples", "10", "--depths", "1,1", "--hidden", "1", "--seed",
                result.err().strip().substring("seed ".length()));
        assertEquals(result.out(), again.out());
        assertEquals("", again.err());
    }

    @Test
    void printsNanAsTheNotebookAndGoesOn() {
        CliProcess.Result result = run("notebook", "--examples", "60", "--iterations", "4", "--learning-rate", "1e6", "--seed", "1",
                "--depths", "2,2", "--hidden", "5");
        assertEquals(0, result.exitCode());
        assertTrue(result.out().contains("Iteration 3 loss nan"), result.out());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--data nowhere | nowhere: no such directory",
        "--data ends-early | ends-early/data_batch_1.bin: has 3072 bytes, expected a multiple of 3073",
        "--data goes-on | goes-on/data_batch_1.bin: has 3074 bytes, expected a multiple of 3073",
        "--data bad-label --examples 1 | bad-label/data_batch_1.bin: record 0 has the label 200, expected at most 9",
        "--data folder-for-file --examples 1 | folder-for-file/data_batch_1.bin: is no file",
        "--examples 0 | examples: 0, expected 1 to the 10000 drawn shapes",
        "--examples 10001 | examples: 10001, expected 1 to the 10000 drawn shapes",
        "--examples many | Invalid value for option '--examples': 'many' is not an int",
        "--iterations -1 | --iterations: -1, expected at least 0",
        "--kernel 4 --stride 3 | layer 2, convolution: windows of 4 with stride 3 and padding 2 do not tile",
        "--pool 3 | layer 3, max pooling: windows of 3 with stride 2 and padding 0 do not tile",
        "--stride 0 | stride: 0, expected at least 1",
        "--padding -1 | padding: -1, expected at least 0",
        "--depths 10 | Invalid value for option '--depths': '10', expected two whole numbers like 10,20",
        "--depths 0,20 | depth: 0, expected at least 1",
        "--hidden 0 | hidden: 0, expected at least 1",
        "--keep-probability 0 | keep probability: 0.0, expected more than 0 and at most 1",
        "--keep-probability 1.5 | keep probability: 1.5, expected more than 0 and at most 1",
        "--learning-rate -1 | learning rate: -1.0, expected a finite number of at least 0",
        "--learning-rate NaN | learning rate: NaN, expected a finite number of at least 0",
        "--penalty Infinity | penalty: Infinity, expected a finite number of at least 0",
        "--seed -1 | seed: -1, expected 0 to 4294967295",
        "--threads 0 | --threads: 0, expected at least 1",
        "--padding 1073741824 --depths 1,1 | layer 2, convolution: 2147483676 windows",
        "--hidden 2000000000 | W6 would hold 2560000000000 numbers, expected at most 2147483647",
        "--kernel 2147483647 --padding 1073741823 | layer 2's columns of an image would hold",
        "--data good --examples 2 | good/data_batch_2.bin: not found, and 2 examples reach into it",
        "--data two --examples 3 | data_batch_3.bin: not found, and 3 examples reach into it",
        "--save no/such/folder.npz | cannot be written: there is no directory",
        "--save good | good: is a directory, expected a file to write",
        "--data= | Invalid value for option '--data': it is empty",
        "--save= | Invalid value for option '--save': it is empty",
        "--no-such-option | Unknown option: '--no-such-option'"})
    void badInputIsOneLineAndExitCode2(String options, String message) throws IOException {
        write("good", new byte[3073]);
        write("two", new byte[3073]);
        Files.write(folder.resolve("two").resolve("data_batch_2.bin"), new byte[3073]);
        write("ends-early", new byte[3072]);
        write("goes-on", new byte[3074]);
        byte[] badLabel = new byte[3073];
        badLabel[0] = (byte) 200;
        write("bad-label", badLabel);
        Files.createDirectories(folder.resolve("folder-for-file").resolve("data_batch_1.bin"));
        List<Path> before = files();

        List<String> arguments = new ArrayList<>(List.of("notebook"));
        arguments.addAll(List.of(options.split(" ")));
        if (!options.contains("--save")) {
            arguments.addAll(List.of("--save", "result.npz"));
        }
        CliProcess.Result result = run(arguments.toArray(String[]::new));

        assertEquals("", result.out());
        assertEquals(2, result.exitCode(), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().startsWith("backprop4j: "), result.err());
        assertTrue(result.err().replace('\\', '/').contains(message), result.err());
        assertEquals(before, files());
    }

    @Test
    void filesThatMayNotBeReadOrWrittenAreNamed() throws IOException {
        write("closed", new byte[3073]);
        File batch = folder.resolve("closed").resolve("data_batch_1.bin").toFile();
        File readOnly = Files.createDirectory(folder.resolve("read-only")).toFile();
        assumeTrue(batch.setReadable(false) && readOnly.setWritable(false) && !batch.canRead() && !readOnly.canWrite(),
                "this user may do everything");
        CliProcess.Result unreadable = run("notebook", "--data", "closed", "--examples", "1");
        CliProcess.Result unwritable = run("notebook", "--save", "read-only/parameters.npz");
        readOnly.setWritable(true);
        assertEquals(2, unreadable.exitCode());
        assertTrue(unreadable.err().matches("backprop4j: .*data_batch_1.bin: permission denied\\R"), unreadable.err());
        assertEquals(2, unwritable.exitCode());
        assertTrue(unwritable.err().matches("backprop4j: .*parameters.npz: cannot be written: no permission\\R"),
                unwritable.err());
    }

    @Test
    void resultsThatCannotBePrintedAreAFailure() {
        File full = new File("/dev/full");
        assumeTrue(full.exists());
        CliProcess.Result result = new CliProcess(folder).run(full, "notebook", "--examples", "10", "--depths", "1,1", "--hidden", "1", "--seed", "1");
        assertEquals("backprop4j: failed: standard output: cannot be written", result.err().strip());
        assertEquals(1, result.exitCode());
    }

    @Test
    void helpThatCannotBePrintedIsAFailureToo() {
        File full = new File("/dev/full");
        assumeTrue(full.exists());
        CliProcess.Result result = new CliProcess(folder).run(full, "--help");
        assertEquals("backprop4j: failed: standard output: cannot be written", result.err().strip());
        assertEquals(1, result.exitCode());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "frobnicate | Unmatched argument at index 0: 'frobnicate'; see backprop4j --help",
        "trian | Unmatched argument at index 0: 'trian'; did you mean train?; see backprop4j --help",
        "data fecth mnist | Unmatched arguments from index 1: 'fecth', 'mnist'; did you mean fetch?; see backprop4j data --help",
        "train --epoch 3 | Unknown options: '--epoch', '3'; did you mean --epochs?; see backprop4j train --help",
        "train --lerning-rate=3 | Unknown option: '--lerning-rate=3'; did you mean --learning-rate?; see backprop4j train --help",
        "train --schedule onecycle | option '--schedule': 'onecycle', expected constant, step, cosine, one-cycle, triangular;"
                + " did you mean one-cycle?",
        "train --optimizer adm | option '--optimizer': 'adm', expected adam, nesterovs, sgd, rmsprop; did you mean adam?",
        "train --layers cnov:4:3 | --layers: 'cnov:4:3': unknown layer; there are conv, pool, avgpool, globalavgpool,"
                + " globalmaxpool, dense, relu, leakyrelu, gelu, dropout, dropconnect, batchnorm, scale, whiten, residual,"
                + " chain, output; did you mean conv?"})
    void aSlipIsToldInOneLineWithWhatWasMeant(String command, String message) {
        CliProcess.Result result = run(command.split(" "));
        assertEquals(2, result.exitCode());
        assertTrue(result.err().strip().endsWith(message), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
    }

    @ParameterizedTest
    @CsvSource({"'', train", "data, fetch"})
    void aCommandThatWantsAnotherTellsWhich(String command, String other) {
        CliProcess.Result result = command.isEmpty() ? run() : run(command);
        assertEquals(2, result.exitCode());
        assertEquals("", result.out());
        assertTrue(result.err().startsWith("Usage: backprop4j"), result.err());
        assertTrue(result.err().contains("  " + other + " "), result.err());
    }

    @Test
    void moreThreadsThanProcessorsAreToldOf() {
        int processors = Runtime.getRuntime().availableProcessors();
        CliProcess.Result result = run("notebook", "--examples", "10", "--depths", "1,1", "--hidden", "1", "--seed", "1", "--threads",
                "1000000");
        assertEquals("--threads: 1000000, but there are " + processors + " processors; computing with " + processors,
                result.err().strip());
        assertEquals(0, result.exitCode());
    }

    @Test
    void notebookKnowsTheNameOfFetchedData() throws IOException {
        write("backprop4j/cifar10", new byte[3073]);
        List<String> cache = List.of("env", "XDG_CACHE_HOME=" + folder);
        String[] command = {"notebook", "--data", "cifar10", "--examples", "1", "--depths", "1,1", "--hidden", "1", "--seed", "1"};
        CliProcess.Result found = new CliProcess(folder).run(cache, command);
        assertEquals("", found.err());
        assertTrue(found.out().startsWith("Iteration 0 loss 2."), found.out());
        Files.delete(folder.resolve("backprop4j/cifar10/data_batch_1.bin"));
        CliProcess.Result missing = new CliProcess(folder).run(cache, command);
        assertTrue(missing.err().endsWith(
                "cifar10: does not hold cifar10; scripts/backprop4j data fetch cifar10 downloads it" + System.lineSeparator()),
                missing.err());
        assertEquals(2, missing.exitCode());
    }

    /** What was fetched before is not fetched again; nothing here reaches for the internet. */
    @Test
    void fetchPrintsWhereTheDataIs() throws IOException {
        write("cifar", new byte[3073]);
        CliProcess.Result result = run("data", "fetch", "cifar10", "--to", "cifar");
        assertEquals("", result.err());
        assertEquals("cifar" + System.lineSeparator(), result.out());
        assertEquals(0, result.exitCode());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "data fetch | Missing required parameter: 'NAME'",
        "data fetch cifar10 --to= | Invalid value for option '--to': it is empty",
        "data fetch mnist --to /dev/null/x | /dev/null/x: no such file",
        "data fetch mnist --to good/data_batch_1.bin/mnist | good/data_batch_1.bin/mnist: no such file",
        "data fetch imagenet | data set: 'imagenet', expected cifar10, mnist, fashion-mnist",
        "data fetch cifar10 --to good/data_batch_1.bin | good/data_batch_1.bin: is no directory",
        "data fetch fashion-mnist --to good | good: is no name for fashion-mnist: data in a directory with 'fashion' in",
        "data fetch mnist --to FASHION | FASHION: is no name for mnist: data in a directory with 'fashion' in"})
    void fetchRefusesBadInputInOneLine(String command, String message) throws IOException {
        write("good", new byte[3073]);
        List<Path> before = files();
        CliProcess.Result result = run(command.split(" "));
        assertEquals("", result.out());
        assertEquals(2, result.exitCode(), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().replace('\\', '/').contains(message), result.err());
        assertEquals(before, files());
    }

    private void write(String directory, byte[] batch) throws IOException {
        Files.createDirectories(folder.resolve(directory));
        Files.write(folder.resolve(directory).resolve("data_batch_1.bin"), batch);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.sorted().toList();
        }
    }

    private CliProcess.Result run(String... arguments) {
        return new Cli(folder).run(arguments);
    }
}
