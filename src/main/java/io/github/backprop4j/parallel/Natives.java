package io.github.backprop4j.parallel;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The native libraries of ND4J and OpenBLAS, and whether this machine can load them. Without this look, a Linux with musl
 * or an old glibc ends in errors about symbols, and a platform without natives in
 * {@code NoClassDefFoundError: Could not initialize class org.nd4j.linalg.factory.Nd4j}.
 *
 * <p>What is found out once in a process stays so.
 */
public final class Natives {

    private static final Path MAPS = Path.of("/proc/self/maps");

    /** What ND4J 1.0.0-M2.1 needs at least; the libraries under it are newer. */
    private static final Version ND4J_NEEDS = Version.parse("2.27");

    /** Whose natives nd4j-native-platform 1.0.0-M2.1 brings, and OpenBLAS and JavaCPP have, too. */
    private static final List<String> BROUGHT = List.of("linux-x86_64", "macosx-x86_64", "windows-x86_64");

    /** Whose natives nd4j-native has, and nd4j-native-platform leaves out. */
    private static final List<String> TO_BE_ADDED = List.of("linux-arm64", "macosx-arm64");

    private Natives() {}

    /**
     * Loads ND4J with its native libraries, unless they are loaded already. Before that it looks at the C library of this
     * process.
     *
     * @throws UnsupportedPlatformException if this machine cannot: the C library is musl or a glibc that is too old, or there
     *     are no natives for the platform
     * @throws OutOfMemoryError if there is too little memory for Java's part of them
     */
    public static void load() {
        if (CLibraryProblem.FOUND.isPresent()) {
            throw new UnsupportedPlatformException(CLibraryProblem.FOUND.get());
        }
        if (LoadingProblem.FOUND.isPresent()) {
            Throwable found = LoadingProblem.FOUND.get();
            if (root(found) instanceof OutOfMemoryError) {
                throw (OutOfMemoryError) root(found);
            }
            throw new UnsupportedPlatformException(loadingProblem(Loader.getPlatform(), found), found);
        }
    }

    /** Tells in one line why ND4J was not loaded. */
    static String loadingProblem(String platform, Throwable found) {
        String cause = String.valueOf(root(found).getMessage()).replaceAll("\\s+", " ").replaceFirst("\\.$", "");
        return "platform: ND4J cannot be loaded on " + platform + ": " + cause + "; " + remedy(platform);
    }

    private static Throwable root(Throwable found) {
        Throwable root = found;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static String remedy(String platform) {
        if (BROUGHT.contains(platform)) {
            return "its natives, OpenBLAS's and JavaCPP's have to be those of this platform: build on it, or with"
                    + " -Djavacpp.platform=" + platform;
        }
        if (TO_BE_ADDED.contains(platform)) {
            return "add org.nd4j:nd4j-native:1.0.0-M2.1 with the classifier " + platform
                    + ", which nd4j-native-platform leaves out";
        }
        return "it has natives for " + String.join(", ", BROUGHT) + ", " + String.join(" and ", TO_BE_ADDED)
                + " alone; use one of these";
    }

    /** Tells why native libraries cannot run with the C library in some maps, if so. */
    static Optional<String> cLibraryProblem(String maps, Version needed) {
        Optional<CLibrary> library = CLibrary.of(maps);
        try {
            return library.isPresent() ? library.get().problem(needed) : Optional.empty();
        } catch (IOException e) {
            // whose file cannot be read has a version that is not known, and may be right
            return Optional.empty();
        }
    }

    /** Returns the least glibc that JavaCPP's and ND4J's libraries on the class path need. */
    static Version neededGlibc() throws IOException {
        String name = "/org/bytedeco/javacpp/" + Loader.getPlatform() + "/libjnijavacpp.so";
        try (InputStream library = Loader.class.getResourceAsStream(name)) {
            return (library == null ? Optional.<Version>empty() : CLibrary.needed(library))
                    .filter(needed -> needed.compareTo(ND4J_NEEDS) > 0).orElse(ND4J_NEEDS);
        }
    }

    private static final class CLibraryProblem {
        private static final Optional<String> FOUND = find();

        private static Optional<String> find() {
            try {
                return Files.isReadable(MAPS) ? cLibraryProblem(Files.readString(MAPS), neededGlibc()) : Optional.empty();
            } catch (IOException e) {
                return Optional.empty();
            }
        }
    }

    private static final class LoadingProblem {
        private static final Optional<Throwable> FOUND = find();

        private static Optional<Throwable> find() {
            try {
                Nd4j.getBackend();
                return Optional.empty();
            } catch (LinkageError | RuntimeException e) {
                return Optional.of(e);
            }
        }
    }
}
