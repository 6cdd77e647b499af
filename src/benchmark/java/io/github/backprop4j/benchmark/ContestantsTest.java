package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ContestantsTest {

    /** Of the script's lines, those that add options always; a terminal's are indented or behind a condition. */
    private static final Pattern OPTIONS = Pattern.compile("^options\\+?=\\((.*)\\)$", Pattern.MULTILINE);

    @Test
    void weAreMeasuredWithTheOptionsOfTheCommandLine() throws IOException {
        String script = Files.readString(Path.of("scripts/backprop4j"));
        List<String> options = OPTIONS.matcher(script).results().map((MatchResult line) -> line.group(1))
                .flatMap(line -> Stream.of(line.split(" "))).toList();
        assertEquals(options, Contestants.OUR_OPTIONS);
    }
}
