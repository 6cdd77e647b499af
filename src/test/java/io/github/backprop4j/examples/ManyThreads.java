package io.github.backprop4j.examples;

import io.github.backprop4j.inference.Classifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Classifies images on a thread pool of one's own, as a service does. One classifier serves all threads: the model is in
 * memory once, and the answers are those that a single thread gets.
 */
public final class ManyThreads {

    private ManyThreads() {}

    /** @param arguments the model file, then the images */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length < 2) {
            throw new IllegalArgumentException("usage: ManyThreads MODEL.npz IMAGE…");
        }
        List<Path> images = List.of(arguments).subList(1, arguments.length).stream().map(Path::of).toList();
        int threads = Runtime.getRuntime().availableProcessors();
        classify(Classifier.load(Path.of(arguments[0])), images, threads).forEach(System.out::println);
    }

    /** Returns a line for each image, in their order: its most likely class, or what is wrong with the file. */
    public static List<String> classify(Classifier classifier, List<Path> images, int threads)
            throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<String>> questions = new ArrayList<>();
            for (Path image : images) {
                questions.add(() -> {
                    Classifier.Ranked best = classifier.classify(image).get(0);
                    return best.className() + " " + best.probability();
                });
            }
            List<String> lines = new ArrayList<>();
            for (Future<String> answer : pool.invokeAll(questions)) {
                lines.add(line(answer));
            }
            return lines;
        } finally {
            pool.shutdown();
        }
    }

    private static String line(Future<String> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            // what the task threw, such as InvalidFileException, whose message names the file
            return e.getCause().getMessage();
        }
    }
}
