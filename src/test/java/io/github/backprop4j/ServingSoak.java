package io.github.backprop4j;

import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.inference.Classifier;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.Training;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Loads a model, asks it from many threads at once and drops it, over and over, as a service that changes its model does;
 * prints the memory of the process, and ends badly at the first answer that is another than alone.
 *
 * <p>{@code scripts/soak serve} runs it at length, {@link MemoryTest} in short.
 */
final class ServingSoak {

    private record Question(byte[] png, List<Classifier.Ranked> answer) {

        void ask(Classifier classifier) {
            if (!classifier.classify(png).equals(answer)) {
                throw new AssertionError("another answer than alone");
            }
        }
    }

    private final Path model;
    private final int threads;
    private final int loadsPerPool;
    private final List<Question> questions;

    private ServingSoak(Path model, int threads, int loadsPerPool, List<Question> questions) {
        this.model = model;
        this.threads = threads;
        this.loadsPerPool = loadsPerPool;
        this.questions = questions;
    }

    /**
     * Loads as often as asked.
     *
     * @param arguments how many loads; how many threads ask; after how many loads these end and
     *     others take their place, as in a host's pool; either "looks" and a number of looks at the memory, of which
     *     the first third is the warm-up and not printed, or "table", which prints one with ever longer distances
     */
    public static void main(String[] arguments) throws Exception {
        int loads = Integer.parseInt(arguments[0]);
        int threads = Integer.parseInt(arguments[1]);
        Path folder = Files.createTempDirectory("backprop4j-soak");
        Path model = folder.resolve("model.npz");
        try {
            Images images = DrawnShapes.training(threads);
            network(images).save(model);
            Classifier alone = Classifier.load(model);
            List<Question> questions = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                byte[] png = new DatasetImage(images, i).png();
                questions.add(new Question(png, alone.classify(png)));
            }
            ServingSoak soak = new ServingSoak(model, threads, Integer.parseInt(arguments[2]), questions);
            if (arguments[3].equals("table")) {
                soak.table(loads);
            } else {
                soak.looks(loads, Integer.parseInt(arguments[4]));
            }
        } finally {
            Files.deleteIfExists(model);
            Files.delete(folder);
        }
    }

    private void looks(int loads, int looks) throws Exception {
        for (int look = 1; look <= looks; look++) {
            serve(loads / looks);
            if (look > looks / 3) {
                System.out.println(Memory.now());
            }
        }
    }

    private void table(int loads) throws Exception {
        System.out.println("    loads  predictions  resident MB  after collecting garbage  heap MB");
        int done = 0;
        for (int next : IntStream.iterate(1, n -> n <= loads, n -> n * 10)
                .flatMap(n -> IntStream.of(n, 2 * n, 5 * n)).filter(n -> n <= loads).toArray()) {
            serve(next - done);
            done = next;
            long asTheHostSeesIt = Memory.residentNow();
            Memory settled = Memory.now();
            System.out.printf("%9d  %11d  %11d  %24d  %7d%n", done, (long) done * threads, asTheHostSeesIt >> 20,
                    settled.resident() >> 20, settled.heap() >> 20);
        }
    }

    private void serve(int loads) throws Exception {
        for (int done = 0; done < loads; done += loadsPerPool) {
            ExecutorService pool = Executors.newFixedThreadPool(threads);
            for (int i = done; i < Math.min(loads, done + loadsPerPool); i++) {
                Classifier classifier = Classifier.load(model);
                List<Future<?>> asked = new ArrayList<>();
                questions.forEach(question -> asked.add(pool.submit(() -> question.ask(classifier))));
                for (Future<?> each : asked) {
                    each.get();
                }
            }
            pool.shutdown();
            if (!pool.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new AssertionError("threads that do not end");
            }
        }
    }

    /** 110,000 parameters, 0.4 MB. */
    private static Network network(Images images) {
        Architecture architecture = Architecture.parse("conv:8:5,batchnorm,relu,pool:2,conv:16:3,relu,pool:2,dense:100,relu",
                images.channels(), images.height(), images.width(), images.classNames());
        return Network.initialize(architecture, Training.scaling(images), 1);
    }
}
