package io.github.backprop4j.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublicDatasetTest {

    @TempDir
    private Path folder;

    /** The error about a data set that is not in the cache tells to fetch it. */
    @Test
    void hasEveryNamedSetThatIsNotDrawn() {
        assertEquals(Datasets.names(), Stream.concat(Stream.of(Datasets.SHAPES),
                Stream.of(PublicDataset.values()).map(PublicDataset::toString)).toList());
        for (PublicDataset set : PublicDataset.values()) {
            assertEquals(set, PublicDataset.named(set.toString()));
        }
        assertEquals("data set: 'imagenet', expected cifar10, mnist, fashion-mnist",
                assertThrows(InvalidInputException.class, () -> PublicDataset.named("imagenet")).getMessage());
    }

    /** It would be taken for the other data set when it is opened. */
    @ParameterizedTest
    @CsvSource({"MNIST, Fashion", "FASHION_MNIST, digits"})
    void refusesADirectoryNamedForTheOther(PublicDataset set, String name) {
        Path directory = folder.resolve(name);
        assertEquals(directory + ": is no name for " + set
                + ": data in a directory with 'fashion' in its name is taken for Fashion-MNIST, other for MNIST",
                assertThrows(InvalidFileException.class, () -> set.fetch(directory, bytes -> {})).getMessage());
        assertFalse(Files.exists(directory));
    }

    @Test
    void refusesAFileForADirectory() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertEquals(file + ": is no directory",
                assertThrows(InvalidFileException.class, () -> PublicDataset.CIFAR10.fetch(file, bytes -> {}))
                        .getMessage());
    }

    @Test
    void leavesAnUnpackedSetAlone() throws IOException {
        Path first = Files.createFile(folder.resolve("data_batch_1.bin"));
        List<Long> progress = new ArrayList<>();
        PublicDataset.CIFAR10.fetch(folder, progress::add);
        assertEquals(List.of(PublicDataset.CIFAR10.bytes()), progress);
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(first), files.toList());
        }
    }
}
