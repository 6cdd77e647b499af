package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidFileException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;

/** Reads hostile files, in a process of its own as it may not outlive them: {@code VICTIM FOLDER FIRST COUNT}. */
final class Attack {

    /** The mutation of number n has the seed SEED + n. */
    private static final long SEED = 1_000_003;
    private static final double MAX_SECONDS = 1;
    /** Of reading anew a file that took too long, as the machine may be busy. */
    private static final int ATTEMPTS = 3;

    /** An error, or what was read. */
    private record Outcome(Optional<Throwable> problem, List<Object> found, double seconds) {}

    private final Victim victim;
    private final Path folder;
    private final Path file;
    private final Path progress;
    private final List<String> failures = new ArrayList<>();
    private int errors;
    private int results;
    private double slowest;
    private String slowestName = "";

    private Attack(Victim victim, Path folder) throws IOException {
        this.victim = victim;
        this.folder = folder;
        Path target = Files.createDirectory(folder.resolve("target"));
        file = target.resolve(victim.fileName());
        progress = folder.resolve("progress");
        Files.createDirectories(file.getParent());
        Files.createFile(progress);
        victim.furnish(target);
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[1]);
        Attack attack = new Attack(Victim.valueOf(arguments[0]), folder);
        List<byte[]> seeds = attack.victim.seeds(Files.createDirectory(folder.resolve("seeds")));
        PathUtils.deleteDirectory(folder.resolve("seeds"));
        attack.run(seeds, Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
        System.out.printf("%s: %d errors, %d right results, slowest %.3f s (%s)%n", attack.victim, attack.errors,
                attack.results, attack.slowest, attack.slowestName);
        attack.failures.forEach(System.out::println);
        System.exit(attack.failures.isEmpty() ? 0 : 1);
    }

    private void run(List<byte[]> seeds, int first, int count) throws IOException {
        List<Set<Object>> expected = new ArrayList<>();
        for (byte[] seed : seeds) {
            Files.write(file, seed);
            expected.add(new HashSet<>(victim.read(file)));
        }
        if (first == 0) {
            Files.delete(file);
            Files.createDirectory(file);
            // a folder of images passes it over
            judge("a directory", victim == Victim.FOLDER, Optional.empty());
            Files.delete(file);
            for (Crafted crafted : Crafted.of(victim, seeds, folder)) {
                Files.write(file, crafted.bytes());
                judge(crafted.name(), crafted.isValid(), Optional.empty());
            }
        }
        for (int number = first; number < first + count; number++) {
            Random random = new Random(SEED + number);
            int seed = number % seeds.size();
            Mutator mutator = new Mutator(random);
            boolean within = random.nextBoolean() && victim.wrapping() != Wrapping.NONE;
            byte[] mutated = (within ? victim.wrapping() : Wrapping.NONE)
                    .within(seeds.get(seed), bytes -> mutator.mutate(bytes, seeds), random);
            Files.write(file, mutated);
            boolean checked = !within && victim.wrapping() != Wrapping.NONE;
            judge("mutation " + number, true, checked ? Optional.of(expected.get(seed)) : Optional.empty());
        }
    }

    /** @param expected that nothing else may be read, as the file has checksums */
    private void judge(String name, boolean mayBeRead, Optional<Set<Object>> expected) throws IOException {
        Files.write(progress, name.getBytes(StandardCharsets.UTF_8));
        Outcome outcome = read();
        for (int attempt = 2; outcome.seconds > MAX_SECONDS && attempt <= ATTEMPTS; attempt++) {
            outcome = read();
        }
        if (outcome.seconds > slowest) {
            slowest = outcome.seconds;
            slowestName = name;
        }
        if (outcome.seconds > MAX_SECONDS) {
            fail(name, "took %.1f s".formatted(outcome.seconds));
        }
        if (outcome.problem.isPresent()) {
            errors++;
            judge(name, outcome.problem.get());
        } else {
            results++;
            if (!mayBeRead) {
                fail(name, "was read");
            }
            if (expected.isPresent() && !expected.get().containsAll(outcome.found)) {
                fail(name, "was read as something else");
            }
        }
        try (Stream<Path> left = Files.list(folder)) {
            List<String> names = left.map(each -> each.getFileName().toString()).sorted().toList();
            if (!names.equals(List.of("progress", "target"))) {
                fail(name, "left " + names);
            }
        }
    }

    private void judge(String name, Throwable problem) {
        String message = String.valueOf(problem.getMessage());
        if (!(problem instanceof InvalidFileException) || !message.startsWith(folder + "/target")
                || message.chars().anyMatch(Character::isISOControl) || message.length() > 1000 + folder.toString().length()) {
            fail(name, "ended in " + problem.getClass().getName() + " '"
                    + message.substring(0, Math.min(message.length(), 200)) + "'"
                    + (problem instanceof IOException ? "" : " at " + List.of(problem.getStackTrace()).stream().limit(6).toList()));
        }
    }

    private void fail(String name, String what) {
        failures.add(victim + " " + name + " " + what);
    }

    /** Times are of the processor: others use it as well. */
    private Outcome read() {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        Optional<Throwable> problem = Optional.empty();
        List<Object> found = List.of();
        try {
            found = victim.read(file);
        } catch (Throwable e) {
            // whatever it is, is judged
            problem = Optional.of(e);
        }
        long end = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        return new Outcome(problem, found, (end - start) / 1e9);
    }
}
