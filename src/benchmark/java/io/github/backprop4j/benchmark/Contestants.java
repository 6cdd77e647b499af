package io.github.backprop4j.benchmark;

import io.github.backprop4j.benchmark.Measurement.Group;
import io.github.backprop4j.benchmark.Measurement.Unit;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.network.Engine;
import io.github.backprop4j.network.Precision;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who takes part, and the commands that start them.
 *
 * @param network whose steps they make
 * @param python the folder of the contestants in Python
 * @param warmUp of each process, in seconds
 * @param window how long each measures, in seconds
 */
record Contestants(BenchmarkNetwork network, Path python, double warmUp, double window) {

    private static final int THREADS = Runtime.getRuntime().availableProcessors();
    private static final int NOTEBOOK_IMAGES = 1000;
    private static final String CLASS_PATH = System.getProperty("java.class.path");

    /** OpenBLAS is to choose its own kernels, those of this processor, on every side. */
    static final Set<String> OWN_KERNELS = Set.of("OPENBLAS_CORETYPE");

    /** Those of scripts/backprop4j, where they are explained. */
    static final List<String> OUR_OPTIONS = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
            "-Djava.awt.headless=true", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0", "-Xmn48m",
            "-XX:MinHeapFreeRatio=10", "-XX:MaxHeapFreeRatio=20", "-XX:+IgnoreUnrecognizedVMOptions",
            "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

    /** One for each combination; of threads there are one and all. */
    List<Contestant> ours(Engine engine, Precision precision, List<Integer> batches) {
        List<Contestant> all = new ArrayList<>();
        String side = Summary.OURS + engine + (precision == Precision.FLOAT32 ? "" : " " + precision);
        for (int batch : batches) {
            for (int threads : Stream.of(1, THREADS).distinct().toList()) {
                List<String> command = java(OUR_OPTIONS, CLASS_PATH, OurStep.class, network.name(), engine.name(),
                        precision.name(), Integer.toString(batch), Integer.toString(threads));
                all.add(new Contestant(side + stepName(batch, threads), Group.STEP, Unit.IMAGES_PER_SECOND,
                        details(batch, threads), command, OWN_KERNELS));
            }
        }
        return all;
    }

    /** A peer's for each batch size, with as many threads as it takes, all. */
    List<Contestant> dl4j(List<Integer> batches) {
        return batches.stream().map(batch -> peer("DL4J", batch,
                java(List.of(), CLASS_PATH, Dl4jStep.class, batch.toString()), OWN_KERNELS)).toList();
    }

    /** See {@link #dl4j}. */
    List<Contestant> djl(List<Integer> batches) {
        return batches.stream().map(batch -> peer("DJL with PyTorch", batch,
                java(List.of(), CLASS_PATH, DjlStep.class, network.name(), batch.toString()), OWN_KERNELS)).toList();
    }

    /** See {@link #dl4j}. */
    List<Contestant> torch(String interpreter, Path images, List<Integer> batches) {
        return batches.stream().map(batch -> peer("PyTorch", batch,
                python(interpreter, "torch_step.py", List.of(network.toString()), images, batch), OWN_KERNELS)).toList();
    }

    /** The notebook's iteration here. */
    Contestant ourNotebook() {
        return notebook(Summary.OURS + "notebook", java(OUR_OPTIONS, CLASS_PATH, OurNotebook.class,
                Integer.toString(NOTEBOOK_IMAGES), Integer.toString(THREADS)));
    }

    /** The notebook's iteration in NumPy. */
    Contestant numpy(String interpreter, Path images) {
        return notebook("NumPy notebook", python(interpreter, "numpy_notebook.py", List.of(), images, NOTEBOOK_IMAGES));
    }

    /** The first Python here that has a module. */
    static Optional<String> pythonWith(String module) throws InterruptedException {
        for (String interpreter : List.of("python3", "/usr/bin/python3")) {
            try {
                Process process = new ProcessBuilder(interpreter, "-c", "import " + module)
                        .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
                if (process.waitFor() == 0) {
                    return Optional.of(interpreter);
                }
            } catch (IOException e) {
                // no such program, so it is the next one's turn
            }
        }
        return Optional.empty();
    }

    /** Writes images for those in Python: a byte for the label, then the pixels, as CIFAR-10's binary files have it. */
    static void writeImages(Images images, Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < images.count(); i++) {
                out.write(images.label(i));
                out.write(images.pixels(), i * images.size(), images.size());
            }
        }
    }

    private static Contestant peer(String side, int batch, List<String> command, Set<String> withoutVariables) {
        return new Contestant(side + stepName(batch, THREADS), Group.PEER, Unit.IMAGES_PER_SECOND,
                details(batch, THREADS), command, withoutVariables);
    }

    private static Contestant notebook(String side, List<String> command) {
        return new Contestant(side + ", " + NOTEBOOK_IMAGES + " images, " + threadCount(THREADS),
                Group.NOTEBOOK, Unit.SECONDS, details(NOTEBOOK_IMAGES, THREADS), command, OWN_KERNELS);
    }

    private List<String> java(List<String> options, String classPath, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", classPath, main.getName()));
        command.addAll(Arrays.asList(arguments));
        command.addAll(times());
        return command;
    }

    private List<String> python(String interpreter, String script, List<String> first, Path images, int count) {
        // -B: no __pycache__ beside the sources
        List<String> command = new ArrayList<>(List.of(interpreter, "-B", python.resolve(script).toString()));
        command.addAll(first);
        command.addAll(List.of(images.toString(), Integer.toString(count)));
        command.addAll(times());
        return command;
    }

    private List<String> times() {
        return List.of(Double.toString(warmUp), Double.toString(window));
    }

    private static String stepName(int batch, int threads) {
        return ", batch " + batch + ", " + threadCount(threads);
    }

    private static String threadCount(int threads) {
        return threads == 1 ? "1 thread" : threads + " threads";
    }

    private static Map<String, Double> details(int batch, int threads) {
        return Map.of(Measurement.BATCH, (double) batch, Measurement.THREADS, (double) threads);
    }
}
