package io.github.backprop4j.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Finds two processors to which processes can be pinned. */
final class Processors {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String ALLOWED = "Cpus_allowed_list:";
    private static final String SIBLINGS = "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list";

    private Processors() {}

    /**
     * Returns two that this process may use, of different cores where there are two cores; none if it may use only one, or
     * if the system has no {@code taskset} or does not tell.
     */
    static List<Integer> pair() throws InterruptedException {
        try (Stream<String> lines = Files.lines(STATUS)) {
            List<Integer> allowed = numbers(lines.filter(line -> line.startsWith(ALLOWED)).findFirst().orElse(ALLOWED)
                    .substring(ALLOWED.length()));
            if (allowed.size() < 2) {
                return List.of();
            }
            int first = allowed.get(0);
            if (new ProcessBuilder("taskset", "-c", Integer.toString(first), "true").start().waitFor() != 0) {
                return List.of();
            }
            Path core = Path.of(SIBLINGS.formatted(first));
            List<Integer> siblings = Files.isReadable(core) ? numbers(Files.readString(core)) : List.of(first);
            return List.of(first, allowed.stream().filter(each -> !siblings.contains(each)).findFirst()
                    .orElse(allowed.get(1)));
        } catch (IOException e) {
            // another system, or one without taskset
            return List.of();
        }
    }

    /** Of a list like {@code 0-3,8}. */
    static List<Integer> numbers(String list) {
        List<Integer> numbers = new ArrayList<>();
        for (String range : list.strip().split(",")) {
            String[] ends = range.split("-");
            if (!ends[0].isEmpty()) {
                for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
                    numbers.add(i);
                }
            }
        }
        return numbers;
    }
}
