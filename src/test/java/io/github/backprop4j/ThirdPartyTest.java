package io.github.backprop4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The runnable jar's list of other people's work, against what the jar is made of. */
class ThirdPartyTest {

    private static final Pattern LIBRARY = Pattern.compile("(?m)^  ([\\w.-]+:[\\w.-]+)(?=\\s)");

    private final String list = Files.readString(Path.of("src/main/cli/THIRD-PARTY"));

    ThirdPartyTest() throws IOException {}

    @Test
    void namesEachLibraryOnceAndNoOther() throws IOException {
        List<String> named = LIBRARY.matcher(list).results().map(result -> result.group(1)).toList();
        assertEquals(named.size(), Set.copyOf(named).size(), () -> "some twice: " + named);
        Set<String> paths = new TreeSet<>();
        for (String jar : jars()) {
            // GROUP/ARTIFACT/VERSION/ARTIFACT-VERSION.jar
            Path artifact = Path.of(jar).getParent().getParent();
            String path = artifact.toString().replace(File.separatorChar, '/');
            paths.add(named.stream().filter(name -> path.endsWith(folder(name))).findAny().orElse(path));
        }
        assertEquals(new TreeSet<>(named), paths);
    }

    private static String folder(String name) {
        int colon = name.indexOf(':');
        return "/" + name.substring(0, colon).replace('.', '/') + "/" + name.substring(colon + 1);
    }

    private static List<String> jars() throws IOException {
        String classPath = Files.readString(Path.of("target/launcher.classpath")).strip();
        return Arrays.asList(classPath.split(Pattern.quote(File.pathSeparator)));
    }
}
