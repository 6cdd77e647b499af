package io.github.backprop4j.download;

import java.io.IOException;
import java.nio.file.Path;

/** Opens {@link Archive} to the tests of other rooms. */
public final class Unpacking {

    private Unpacking() {}

    /** Does what {@link Archive#unpack} does. */
    public static void unpack(Path archive, Path folder, int maxEntries, long maxBytes) throws IOException {
        Archive.unpack(archive, folder, maxEntries, maxBytes);
    }
}
