package io.github.backprop4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.inference.Classifier;
import io.github.backprop4j.training.RunDirectory;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Permission;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** Training and predicting ask the network for nothing: no models, natives, versions or telemetry, not even a name. */
class OfflineTest {

    private static final List<String> REFUSING = List.of("-Djava.security.manager=" + Refusing.class.getName());

    @TempDir
    private Path folder;

    /** As the JDK sees it, which no longer looks from Java 24 on. */
    @Test
    @EnabledForJreRange(max = JRE.JAVA_23)
    void noSocketIsOpenedAndNoNameIsLookedUpInJava() throws Exception {
        assertEquals(List.of("asked for backprop4j.invalid:-1", "refused resolve"),
                ChildJvm.run(60, List.of(), REFUSING, Asking.class, "resolve"));
        assertEquals(List.of("asked for 127.0.0.1:9", "refused connect"),
                ChildJvm.run(60, List.of(), REFUSING, Asking.class, "connect"));
        assertEquals(List.of("predicted"), ChildJvm.run(
                120, List.of(), REFUSING, Working.class, folder.resolve("run").toString()));
    }

    /** As the system sees it, whoever asks: the native libraries, too. */
    @Test
    void noSystemCallNamesAnInternetAddress() throws Exception {
        assumeTrue(Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(bin -> Files.isExecutable(Path.of(bin, "strace"))), "needs strace");
        Path calls = folder.resolve("calls");
        List<String> traced = List.of("strace", "-f", "-qq", "-e", "trace=%network", "-o", calls.toString());
        ChildJvm.run(60, traced, List.of(), Asking.class, "connect");
        assertFalse(internet(calls).isEmpty(), "a connection that the trace does not show");
        ChildJvm.run(300, traced, List.of(), Working.class, folder.resolve("run").toString());
        assertEquals(List.of(), internet(calls));
    }

    /** The JDK makes and closes some sockets to see what kinds there are; to use one takes an address. */
    private static List<String> internet(Path calls) throws IOException {
        return Files.readAllLines(calls).stream().filter(call -> call.contains("sa_family=AF_INET")).toList();
    }

    /** Trains, keeps checkpoints, saves, loads and predicts. */
    static final class Working {
        private Working() {}

        public static void main(String[] arguments) throws IOException {
            Images images = DrawnShapes.training(60);
            Training training = Training.of(TrainingSettings.builder().epochs(1).validation(0.2).checkpointEvery(1)
                    .layers("conv:4:3,batchnorm,relu,pool:4").build(), new Dataset("shapes", images, images));
            try (RunDirectory directory = RunDirectory.create(Path.of(arguments[0]))) {
                training.run(training.trainer().threads(2).checkpoints(directory).build()).network().save(directory.model());
                Classifier.load(directory.model()).classify(new DatasetImage(images, 0).png());
            }
            System.out.println("predicted");
        }
    }

    /** Does what is not to be done. */
    static final class Asking {
        private Asking() {}

        public static void main(String[] arguments) throws IOException {
            try {
                if (arguments[0].equals("resolve")) {
                    InetAddress.getByName("backprop4j.invalid");
                } else {
                    try (Socket socket = new Socket()) {
                        socket.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 9));
                    } catch (IOException e) {
                        System.out.println("nobody listens");
                    }
                }
            } catch (Refused e) {
                System.out.println("refused " + arguments[0]);
            }
        }
    }

    /** An error, which nobody takes for a network that is down. */
    static final class Refused extends Error {
        private static final long serialVersionUID = 1;

        Refused(String what) {
            super(what);
        }
    }

    /** Ends what asks for the network; all else is permitted. */
    @SuppressWarnings("removal")
    public static final class Refusing extends SecurityManager {

        @Override
        public void checkConnect(String host, int port) {
            throw refused(host + ":" + port);
        }

        @Override
        public void checkListen(int port) {
            throw refused("port " + port);
        }

        @Override
        public void checkPermission(Permission permission) {}

        /** Prints it: it then shows even if somebody catches all errors. */
        private static Refused refused(String what) {
            System.out.println("asked for " + what);
            return new Refused(what);
        }
    }
}
