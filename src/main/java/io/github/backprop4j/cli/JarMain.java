package io.github.backprop4j.cli;

import io.github.backprop4j.parallel.StopSignal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts the command line from the runnable jar, whose manifest cannot hold the options that {@code scripts/backprop4j}
 * gives to Java.
 *
 * <p>Java decodes its arguments and the names of files by the locale, and from Java 24 on it warns of JavaCPP's use of
 * {@code sun.misc.Unsafe}; neither can be changed in a process that runs. On Linux this class therefore starts Java once
 * more with the same arguments where the locale is not in UTF-8 or the warning would come, and hands through its exit code.
 * Elsewhere the command runs in this process.
 */
public final class JarMain {

    private static final String RESTARTED = "backprop4j.restarted";
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");
    private static final String DUMB = "dumb";
    private static final int FIRST_JAVA_THAT_WARNS = 24;

    private JarMain() {}

    /**
     * Runs a command and ends the process with its exit code.
     *
     * @param arguments as of {@link Main#main}
     * @throws IOException if Java cannot be started once more
     * @throws InterruptedException never, as nobody interrupts the main thread
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        boolean unicode = System.getProperty("sun.jnu.encoding", "").equalsIgnoreCase("UTF-8");
        boolean warns = Runtime.version().feature() >= FIRST_JAVA_THAT_WARNS;
        if (Boolean.getBoolean(RESTARTED) || unicode && !warns || !Files.isReadable(COMMAND_LINE)) {
            setUnlessGiven("java.awt.headless", true);
            setUnlessGiven("org.bytedeco.javacpp.maxPhysicalBytes", 0);
            setUnlessGiven(Progress.TERMINAL, isTerminal());
            Main.main(arguments);
        } else {
            System.exit(restart(command(Files.readAllBytes(COMMAND_LINE), unicode)));
        }
    }

    private static void setUnlessGiven(String property, Object value) {
        System.setProperty(property, System.getProperty(property, value.toString()));
    }

    /** Tells whether standard error is a terminal that can erase a line. */
    private static boolean isTerminal() throws IOException {
        return !System.getenv().getOrDefault("TERM", DUMB).equals(DUMB) && Files.isSymbolicLink(STANDARD_ERROR)
                && Files.readSymbolicLink(STANDARD_ERROR).toString().matches("/dev/(pts/|tty|console).*");
    }

    /**
     * Returns a command of the shell in ASCII, which is the same in every locale.
     *
     * @param given the program and its arguments, each with a zero byte behind it
     * @param unicode whether the locale is in UTF-8, so that it may stay
     */
    static String command(byte[] given, boolean unicode) {
        String bytes = new String(given, StandardCharsets.ISO_8859_1);
        int endOfProgram = bytes.indexOf('\0');
        StringBuilder command = new StringBuilder(unicode ? "exec " : "LC_ALL=C.UTF-8 exec ");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        for (String word : List.of(java, "-XX:+IgnoreUnrecognizedVMOptions", "--sun-misc-unsafe-memory-access=allow",
                "-D" + RESTARTED + "=true")) {
            command.append(quoted(word)).append(' ');
        }
        for (int at = endOfProgram + 1; at < bytes.length(); at = bytes.indexOf('\0', at) + 1) {
            command.append(quoted(bytes.substring(at, bytes.indexOf('\0', at)))).append(' ');
        }
        return command.toString();
    }

    /** Returns a word for the shell, in which each byte beyond ASCII is an octal number for its printf. */
    private static String quoted(String bytes) {
        StringBuilder quoted = new StringBuilder("'");
        for (char each : bytes.toCharArray()) {
            if (each == '\'') {
                quoted.append("'\\''");
            } else if (each < 0x80) {
                quoted.append(each);
            } else {
                quoted.append("'\"$(printf '\\").append(Integer.toOctalString(each)).append("')\"'");
            }
        }
        return quoted.append('\'').toString();
    }

    /** Runs a command of the shell to its end, and ends it with this process. */
    private static int restart(String command) throws IOException, InterruptedException {
        try (StopSignal stop = new StopSignal()) {
            Process java = new ProcessBuilder("/bin/sh", "-c", command).inheritIO().start();
            while (!java.waitFor(50, TimeUnit.MILLISECONDS)) {
                if (stop.isGiven()) {
                    java.destroy();
                }
            }
            return java.exitValue();
        }
    }
}
