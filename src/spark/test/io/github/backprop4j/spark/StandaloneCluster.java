package io.github.backprop4j.spark;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;

/** A cluster of Spark's own on loopback: a master and workers, each a process, with nothing installed. */
final class StandaloneCluster implements AutoCloseable {

    private static final Pattern ADDRESS = Pattern.compile("Starting Spark master at (spark://\\S+)");
    private static final Pattern REGISTERED = Pattern.compile("Successfully registered with (master)");
    private static final long SECONDS = 60;

    private final Path home;
    private final Process master;
    private final List<Process> workers = new ArrayList<>();
    private final String address;

    private StandaloneCluster(Path home) throws IOException, InterruptedException {
        this.home = home;
        master = start("master", "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", "0",
                "--webui-port", "0");
        address = await("master", master, ADDRESS);
    }

    /** Starts a master without workers in an empty folder. */
    static StandaloneCluster start(Path home) throws IOException, InterruptedException {
        Path jars = Files.createDirectories(home.resolve("jars"));
        for (String each : classPath()) {
            Path jar = Path.of(each);
            if (!each.contains(File.separator + "nd4j" + File.separator)
                    && !each.contains(File.separator + "bytedeco" + File.separator)) {
                Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
            }
        }
        Files.createFile(home.resolve("RELEASE"));
        return new StandaloneCluster(home);
    }

    /**
     * Starts a cluster, tells its address, and stops it at the end of standard input.
     *
     * @param arguments the folder to work in, which is not there yet, and how many workers
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (StandaloneCluster cluster = start(Files.createDirectory(Path.of(arguments[0]).toAbsolutePath()))) {
            for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
                cluster.addWorker();
            }
            System.out.println(cluster.address());
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    private static List<String> classPath() throws IOException {
        return List.of(Files.readString(Path.of("target/spark/spark.classpath")).strip().split(File.pathSeparator));
    }

    /** Adds a worker with one core and 2 GB and waits until the master knows it. */
    void addWorker() throws IOException, InterruptedException {
        String name = "worker" + workers.size();
        Process worker = start(name, "org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--webui-port", "0",
                "-c", "1", "-m", "2G", "-d", home.resolve(name).toString(), address);
        workers.add(worker);
        await(name, worker, REGISTERED);
    }

    private Process start(String name, String mainClass, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(JavaModuleOptions.defaultModuleOptionArray()));
        command.addAll(List.of("-Xmx256m", "-cp", home.resolve("jars") + File.separator + "*", mainClass));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log(name).toFile());
        builder.environment().put("SPARK_HOME", home.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        builder.environment().put("SPARK_NO_DAEMONIZE", "1");
        return builder.start();
    }

    private Path log(String name) {
        return home.resolve(name + ".log");
    }

    private String await(String name, Process process, Pattern line) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (System.nanoTime() < end) {
            Matcher found = line.matcher(Files.readString(log(name)));
            if (found.find()) {
                return found.group(1);
            }
            if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
                break;
            }
        }
        throw new IllegalStateException(name + " did not say " + line + ":\n" + Files.readString(log(name)));
    }

    /** Returns the master's address. */
    String address() {
        return address;
    }

    /** Kills the executor of a worker by SIGKILL, if it has one; the worker starts another. */
    boolean killExecutor(int worker) {
        Optional<ProcessHandle> executor = workers.get(worker).descendants()
                .filter(each -> each.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend")).findFirst();
        return executor.map(ProcessHandle::destroyForcibly).orElse(false);
    }

    @Override
    public void close() throws InterruptedException {
        Stream.concat(workers.stream(), Stream.of(master)).forEach(each -> {
            each.descendants().forEach(ProcessHandle::destroyForcibly);
            each.destroyForcibly();
        });
        for (Process each : workers) {
            each.waitFor();
        }
        master.waitFor();
    }
}
