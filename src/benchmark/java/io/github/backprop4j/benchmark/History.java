package io.github.backprop4j.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The reports of many commits, as files of a folder whose names are {@code <time>-<number>-<commit>.json}: when the commit
 * was made (UTC, as in 20261126T074506Z), its number among its first ancestors, which orders those of one second, and its
 * name. scripts/benchmark-history gives them these names.
 *
 * @param entries in the order of their commits' times
 */
record History(List<Entry> entries) {

    private static final Pattern NAME = Pattern.compile("(\\d{8}T\\d{6}Z)-(\\d{1,9})-([0-9a-f]{7,64})\\.json");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT);

    /**
     * One commit's.
     *
     * @param commit its name, in full
     * @param time when it was made, in UTC
     * @param number of its first ancestors and itself
     */
    record Entry(String commit, LocalDateTime time, int number, Report report) {

        /** What it was measured on, as far as its speed depends on it; not the Java runtime, which goes with updates. */
        Host host() {
            Machine machine = report.machine();
            return new Host(machine.cpu(), machine.cores(), machine.os(), machine.blasKernels());
        }

        /** Returns the commit's name as people write it. */
        String shortCommit() {
            return commit.substring(0, 7);
        }
    }

    /** Machines that are alike in this are compared; see {@link Machine}. */
    record Host(String cpu, int cores, String os, String blasKernels) {

        String text() {
            return cpu + ", " + cores + " cores, " + os + (blasKernels == null ? "" : ", " + blasKernels + " kernels");
        }
    }

    /**
     * Reads a folder. Files with other names are no concern of it.
     *
     * @param most of the newest commits that are wanted
     * @param problems told of each file that has such a name and is no report; it is left out
     */
    static History read(Path folder, int most, Consumer<String> problems) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> NAME.matcher(file.getFileName().toString()).matches())
                    .sorted(Comparator.comparing(file -> file.getFileName().toString())).toList();
        }
        List<Entry> entries = new ArrayList<>();
        for (Path file : files.subList(Math.max(0, files.size() - most), files.size())) {
            Matcher name = NAME.matcher(file.getFileName().toString());
            name.matches();
            try {
                entries.add(new Entry(name.group(3), LocalDateTime.parse(name.group(1), TIME),
                        Integer.parseInt(name.group(2)), Report.read(file)));
            } catch (IOException e) {
                problems.accept(e.getMessage());
            } catch (DateTimeParseException e) {
                problems.accept(file + ": its name has no time: " + e.getMessage());
            }
        }
        entries.sort(Comparator.comparing(Entry::time).thenComparing(Entry::number).thenComparing(Entry::commit));
        return new History(List.copyOf(entries));
    }

    /** Returns the machines in the order of their first appearance. */
    List<Host> hosts() {
        return entries.stream().map(Entry::host).distinct().toList();
    }

    /** Returns each measurement over the commits: those that the newest report has, in its order, then the others. */
    List<Series> series() {
        List<Series.Key> keys = new ArrayList<>();
        for (int i = entries.size() - 1; i >= 0; i--) {
            entries.get(i).report().measurements().stream().map(Series.Key::of)
                    .filter(key -> !keys.contains(key)).forEach(keys::add);
        }
        return keys.stream().map(key -> Series.of(this, key)).toList();
    }
}
