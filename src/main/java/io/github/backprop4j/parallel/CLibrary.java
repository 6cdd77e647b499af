package io.github.backprop4j.parallel;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The C library that a Linux process runs with. Native libraries that were built for another kind or a newer version are
 * refused by the system with a message about symbols, or crash the process.
 *
 * @param file as the process has mapped it
 * @param musl whether it is musl, as on Alpine; otherwise it is glibc
 */
record CLibrary(Path file, boolean musl) {

    private static final Pattern MUSL = Pattern.compile("(/\\S*/ld-musl-[^/\\s]+\\.so\\.1)$", Pattern.MULTILINE);
    private static final Pattern GLIBC = Pattern.compile("(/\\S*/libc(?:\\.so\\.6|-\\d+\\.\\d+\\.so))$", Pattern.MULTILINE);
    private static final Pattern RELEASE = Pattern.compile("GNU C Library [^\\n]{0,200}release version (\\d+\\.\\d+)");
    private static final Pattern NEEDED = Pattern.compile("GLIBC_(\\d+\\.\\d+)");

    /** A glibc has 2 MB, and what is asked for its needs has less. */
    private static final int MOST_BYTES = 1 << 24;

    /**
     * Finds the library of a process.
     *
     * @param maps what {@code /proc/self/maps} tells of it
     * @return empty if neither is in it
     */
    static Optional<CLibrary> of(String maps) {
        Optional<CLibrary> musl = first(MUSL, maps).map(file -> new CLibrary(Path.of(file), true));
        return musl.isPresent() ? musl : first(GLIBC, maps).map(file -> new CLibrary(Path.of(file), false));
    }

    /** Returns the version that a glibc's file tells of itself; empty if it does not. */
    static Optional<Version> version(InputStream glibc) throws IOException {
        return first(RELEASE, text(glibc)).map(Version::parse);
    }

    /** Returns the least glibc that a native library needs; empty if it names none. */
    static Optional<Version> needed(InputStream library) throws IOException {
        return NEEDED.matcher(text(library)).results().map(found -> found.group(1)).map(Version::parse)
                .max(Comparator.naturalOrder());
    }

    /**
     * Tells why native libraries cannot run with this C library, without a look at what they need beside.
     *
     * @param needed the least glibc
     * @return empty if they can, or if the file does not tell its version
     * @throws IOException if the file cannot be read
     */
    Optional<String> problem(Version needed) throws IOException {
        if (musl) {
            return Optional.of("platform: found a Java for musl (" + file + "), as on Alpine, but the native libraries of"
                    + " ND4J and OpenBLAS need glibc " + needed + " or later; use an image with glibc, such as"
                    + " eclipse-temurin:17-jre for eclipse-temurin:17-jre-alpine");
        }
        try (InputStream glibc = Files.newInputStream(file)) {
            return version(glibc).filter(found -> found.compareTo(needed) < 0).map(found -> "platform: found glibc " + found
                    + " (" + file + "), but the native libraries of ND4J and OpenBLAS need " + needed + " or later; use a"
                    + " newer system, such as Ubuntu 22.04, Debian 12, RHEL 9 or Amazon Linux 2023");
        }
    }

    private static Optional<String> first(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(found -> found.group(1)).findFirst();
    }

    /** Returns the bytes as characters, as far as they can be of use. */
    private static String text(InputStream file) throws IOException {
        return new String(file.readNBytes(MOST_BYTES), StandardCharsets.ISO_8859_1);
    }
}
