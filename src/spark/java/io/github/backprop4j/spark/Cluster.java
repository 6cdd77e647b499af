package io.github.backprop4j.spark;

import io.github.backprop4j.files.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.util.ShutdownHookManager;
import scala.runtime.BoxedUnit;

/** An application of Apache Spark: the executors that a training or a sweep runs on. */
public final class Cluster implements AutoCloseable {

    /**
     * Which cluster, and how.
     *
     * @param master as Spark takes it, {@code local[2]} or {@code spark://host:7077}; empty for the one that spark-submit
     *     has been given, or else this process with all of its processors
     * @param jar that executors load backprop4j from; empty if they have it, or share this process
     * @param options of Spark, by their names; they take the place of ours
     * @param told of what becomes of executors, and that there are none
     * @param stopWhen asked while nothing happens; once it says true, waiting for executors is given up
     */
    public record Setup(Optional<String> master, Optional<Path> jar, Map<String, String> options, Consumer<String> told,
            BooleanSupplier stopWhen) {}

    private static final String MASTER = "spark.master";
    private static final String BY_NEED = "spark.dynamicAllocation.enabled";
    private static final String LOCAL_MASTERS = "local";
    private static final String LOCAL = "local[*]";
    private static final String EXTRA_OPTIONS = "spark.executor.extraJavaOptions";
    private static final String STANDALONE = "spark://";
    private static final Pattern ADDRESS = Pattern.compile("([^:/]+):(\\d{1,5})");
    private static final int CONNECT_MILLISECONDS = 10_000;
    private static final long PATIENCE_SECONDS = 15;
    private static final long POLL_MILLISECONDS = 100;

    /** What decides the bits of a sum must be the same everywhere. */
    private static final List<String> OF_KERNELS =
            List.of("OPENBLAS_CORETYPE", "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA", "ONEDNN_DEFAULT_FPMATH_MODE");

    /**
     * What makes a step short: numbers do not become smaller by compression, a task's answer comes with its end, and no
     * executor waits for another that has the data.
     */
    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("spark.app.name", "backprop4j"),
            Map.entry("spark.broadcast.compress", "false"),
            Map.entry("spark.shuffle.compress", "false"),
            Map.entry("spark.locality.wait", "0"),
            Map.entry("spark.task.maxDirectResultSize", "64m"),
            Map.entry("spark.driver.maxResultSize", "0"),
            Map.entry("spark.ui.enabled", "false"),
            Map.entry("spark.ui.showConsoleProgress", "false"),
            Map.entry("spark.log.structuredLogging.enabled", "false"));

    /** Before the one of 50 in which Spark stops. */
    private static final int SOONER_THAN_SPARK = 60;

    private final JavaSparkContext context;
    private final BooleanSupplier stopWhen;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Object atShutdown;

    /** On Ctrl-C Spark would stop at once, under the hands of a training that is about to keep what it has. */
    private Cluster(JavaSparkContext context, BooleanSupplier stopWhen) {
        this.context = context;
        this.stopWhen = stopWhen;
        atShutdown = ShutdownHookManager.addShutdownHook(SOONER_THAN_SPARK, () -> {
            awaitClosed();
            return BoxedUnit.UNIT;
        });
    }

    private void awaitClosed() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            // Hadoop waits for half a minute
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Connects to a cluster.
     *
     * @throws InvalidInputException if there is no such master
     * @throws UncheckedIOException if it does not take the application
     * @throws CancellationException if there is no executor before the setup's {@code stopWhen} says true
     */
    public static Cluster open(Setup setup) {
        SparkConf configuration = new SparkConf();
        setup.options().forEach(configuration::set);
        setup.master().ifPresent(configuration::setMaster);
        configuration.setIfMissing(MASTER, LOCAL);
        DEFAULTS.forEach(configuration::setIfMissing);
        String master = configuration.get(MASTER);
        requireAnswer(master);
        OF_KERNELS.forEach(name -> Optional.ofNullable(System.getenv(name))
                .ifPresent(value -> configuration.setIfMissing("spark.executorEnv." + name, value)));
        configuration.set(EXTRA_OPTIONS, (JavaOptions.text() + " "
                + "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0 " + configuration.get(EXTRA_OPTIONS, "")).strip());
        setup.jar().filter(jar -> !master.startsWith(LOCAL_MASTERS))
                .ifPresent(jar -> configuration.setJars(new String[] {jar.toString()}));
        try {
            JavaSparkContext context = new JavaSparkContext(configuration);
            context.setLogLevel("ERROR");
            context.sc().addSparkListener(new Told(setup.told()));
            return new Cluster(context, setup.stopWhen()).awaitExecutor(setup.told());
        } catch (CancellationException | UncheckedIOException e) {
            throw e;
        } catch (Exception e) {
            // Scala declares none, checked or not
            throw isUnknown(e) ? new InvalidInputException("master: '" + master + "', expected local, local[N],"
                    + " spark://HOST:PORT, or another that Spark knows", e) : failure(e);
        }
    }

    private static boolean isUnknown(Exception e) {
        return String.valueOf(e.getMessage()).contains("Could not parse Master URL");
    }

    /** Spark itself would try for minutes, and then end the process. Of standby masters one is enough. */
    private static void requireAnswer(String master) {
        if (!master.startsWith(STANDALONE)) {
            return;
        }
        List<String> problems = new ArrayList<>();
        for (String each : master.substring(STANDALONE.length()).split(",")) {
            Matcher address = ADDRESS.matcher(each);
            if (!address.matches()) {
                throw new InvalidInputException("master: '" + master + "', expected spark://HOST:PORT");
            }
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address.group(1), Integer.parseInt(address.group(2))),
                        CONNECT_MILLISECONDS);
                return;
            } catch (IOException | IllegalArgumentException e) {
                problems.add(e.getMessage());
            }
        }
        throw new InvalidInputException("master: " + master + " does not answer (" + String.join(", ", problems)
                + "); start one, or name one that runs, or leave it out for this machine alone");
    }

    /** Waits as long as it takes: on a cluster that is busy applications stand in a queue. */
    private Cluster awaitExecutor(Consumer<String> told) {
        boolean given = context.isLocal() || context.getConf().getBoolean(BY_NEED, false);
        long begun = System.nanoTime();
        boolean said = false;
        try {
            while (!given && executors() == 0) {
                requireGoing();
                if (!said && System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                    told.accept("no executor yet: the cluster is busy, or has none with as much memory and as many cores"
                            + " (--spark spark.executor.memory=1g); waiting");
                    said = true;
                }
                Thread.sleep(POLL_MILLISECONDS);
            }
            return this;
        } catch (InterruptedException e) {
            close();
            throw interrupted(e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The driver counts as one. */
    private int executors() {
        return context.sc().statusTracker().getExecutorInfos().length - 1;
    }

    private void requireGoing() {
        if (context.sc().isStopped()) {
            throw failure(new IOException("it has ended the application"));
        }
        if (stopWhen.getAsBoolean()) {
            throw new CancellationException("stopped while waiting for an executor");
        }
    }

    static CancellationException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return (CancellationException) new CancellationException("interrupted while Spark was running").initCause(e);
    }

    JavaSparkContext context() {
        return context;
    }

    /** Returns how many tasks the executors that are there now run at once, as Spark has it: on a cluster at least two. */
    public int slots() {
        return Math.max(1, context.defaultParallelism());
    }

    /**
     * Runs a job and waits for its results.
     *
     * @throws UncheckedIOException if a task fails though it was tried again, or the cluster lets the application down
     * @throws CancellationException if the calling thread is interrupted, which stays interrupted, or there is no executor
     *     any more when the setup's {@code stopWhen} says true
     */
    <T> List<T> run(JavaRDD<T> work) {
        JavaFutureAction<List<T>> results = work.collectAsync();
        try {
            while (true) {
                try {
                    return results.get(POLL_MILLISECONDS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    if (!context.isLocal() && executors() == 0) {
                        requireGoing();
                    }
                }
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } finally {
            if (!results.isDone()) {
                results.cancel(true);
            }
        }
    }

    /** Spark's messages have stack traces behind their first line. */
    static UncheckedIOException failure(Throwable e) {
        String text = Optional.ofNullable(e.getMessage()).orElse(e.toString());
        return new UncheckedIOException(new IOException("cluster: " + text.lines().findFirst().orElse(text).strip(), e));
    }

    /** Ends the application. */
    @Override
    public void close() {
        closed.countDown();
        ShutdownHookManager.removeShutdownHook(atShutdown);
        context.close();
    }

    /** Passes on what becomes of executors. */
    private static final class Told extends SparkListener {

        private final Consumer<String> told;

        Told(Consumer<String> told) {
            this.told = told;
        }

        @Override
        public void onExecutorAdded(SparkListenerExecutorAdded added) {
            int cores = added.executorInfo().totalCores();
            told.accept("executor " + added.executorId() + " on " + added.executorInfo().executorHost() + " has " + cores
                    + (cores == 1 ? " core" : " cores"));
        }

        @Override
        public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
            told.accept("executor " + removed.executorId() + " is lost; what it was at is done again by the others");
        }
    }
}
