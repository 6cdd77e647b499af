package io.github.backprop4j.benchmark;

import io.github.backprop4j.benchmark.Measurement.Group;
import io.github.backprop4j.benchmark.Measurement.Unit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A made-up record of 60 commits for tests: noise of 2 %, and from the 21st commit on im2col is a tenth slower, from the
 * 41st on onednn 15 % faster. The 31st to the 36th and the 52nd commit were measured on a machine that is 1.4 times as fast,
 * the 11th beside other work, at two thirds of the speed.
 */
final class PlantedHistory {

    static final int COMMITS = 60;
    static final int SLOWER_AT = 20;
    static final int FASTER_AT = 40;
    static final String SLOWER = "im2col, batch 128, 2 threads";
    static final String FASTER = "onednn, batch 128, 2 threads";
    static final String STEADY = "onednn, batch 32, 1 thread";
    static final String SECONDS = "notebook, <1000> images";

    private static final int BUSY_AT = 10;
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT);
    private static final Machine SLOW_MACHINE = machine("AMD EPYC 7763");
    private static final Machine FAST_MACHINE = machine("AMD EPYC 9V74 & more");

    private PlantedHistory() {}

    static void write(Path folder) throws IOException {
        SplittableRandom random = new SplittableRandom(16);
        for (int i = 0; i < COMMITS; i++) {
            boolean fast = isOnFastMachine(i);
            double common = (fast ? 1.4 : 1) * (i == BUSY_AT ? 0.67 : 1);
            List<Measurement> all = new ArrayList<>();
            all.add(measurement(SLOWER, 3500 * common * (i < SLOWER_AT ? 1 : 0.9) * noise(random), i));
            all.add(measurement(FASTER, 5200 * common * (i < FASTER_AT ? 1 : 1.15) * noise(random), i));
            all.add(measurement(STEADY, 2700 * common * noise(random), i));
            all.add(new Measurement(SECONDS, Group.NOTEBOOK, Unit.SECONDS, List.of(0.38 / common * noise(random)),
                    Map.of()));
            if (i < 30) {
                all.add(measurement("dropped, batch 32, 1 thread", 900 * common * noise(random), i));
            }
            LocalDateTime time = time(i);
            new Report(time + "Z", fast ? FAST_MACHINE : SLOW_MACHINE, all)
                    .write(folder.resolve(String.format("%s-%06d-%s.json", NAME.format(time), i + 1, commit(i))));
        }
    }

    static boolean isOnFastMachine(int i) {
        return i >= 30 && i < 36 || i == 51;
    }

    static LocalDateTime time(int i) {
        return LocalDateTime.of(2026, 9, 1, 8, 30).plusHours(31L * i);
    }

    /** Returns the name of a commit, whose first seven digits tell its number. */
    static String commit(int i) {
        return String.format("%07x", i) + "0".repeat(33);
    }

    private static double noise(SplittableRandom random) {
        return Math.exp(0.02 * random.nextGaussian());
    }

    private static Measurement measurement(String name, double value, int i) {
        return new Measurement(name, Group.STEP, Unit.IMAGES_PER_SECOND, List.of(value),
                Map.of(Measurement.OTHER_LOAD, i == BUSY_AT ? 0.6 : 0.02));
    }

    private static Machine machine(String cpu) {
        return new Machine(cpu, 2, 8L << 30, "Linux amd64", "17.0.15 Debian", "Haswell", null);
    }
}
