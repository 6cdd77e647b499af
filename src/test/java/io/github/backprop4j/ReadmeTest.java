package io.github.backprop4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The README's Java is that of an example, which compiles and runs. */
class ReadmeTest {

    private static final String BEGIN = "// begin of the README's example";
    private static final String END = "// end of the README's example";

    @Test
    void theReadmeHasTheExample() throws IOException {
        List<String> source =
                Files.readAllLines(Path.of("src/test/java/io/github/backprop4j/examples/OwnImages.java"));
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
