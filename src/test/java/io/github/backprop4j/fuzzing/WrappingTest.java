package io.github.backprop4j.fuzzing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The fuzzer begins with inputs that stand for valid files: each is read as its file is. */
class WrappingTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FOLDER")
    void inputsStandForTheirFile(Target target) throws IOException {
        List<byte[]> seeds = target.seeds(Files.createDirectory(folder.resolve("seeds")));
        Judge judge = new Judge(target, Files.createDirectory(folder.resolve("judged")));
        for (byte[] seed : seeds) {
            List<Object> read = judge.file(seed).orElseThrow();
            for (byte[] input : target.wrapping().inputs(seed)) {
                assertEquals(read, judge.input(input).orElseThrow());
            }
        }
    }
}
