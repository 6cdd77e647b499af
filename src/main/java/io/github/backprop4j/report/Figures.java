package io.github.backprop4j.report;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** How numbers are written on a page. */
final class Figures {

    /** Stands for a number that there is not. */
    static final String NONE = "–";

    private Figures() {}

    /** Returns a share in [0, 1] in hundredths with two digits behind the point. */
    static String percent(double share) {
        return Double.isNaN(share) ? NONE : format("%.2f\u00a0%%", 100 * share);
    }

    /** Returns the same for a share that there may not be. */
    static String percent(Optional<Double> share) {
        return share.map(Figures::percent).orElse(NONE);
    }

    /** Returns four digits behind the point, of very large and small numbers behind the first digit. */
    static String number(double value) {
        double size = Math.abs(value);
        boolean usual = !Double.isFinite(value) || value == 0 || size >= 1e-3 && size < 1e6;
        return Double.isNaN(value) ? NONE : format(usual ? "%.4f" : "%.3e", value);
    }

    /** Returns a whole number with commas between the thousands. */
    static String count(double value) {
        return Double.isFinite(value) ? format("%,d", Math.round(value)) : NONE;
    }

    /** Returns a count with what is counted: 1 image, 2 images. */
    static String count(long count, String one, String more) {
        return count(count) + " " + (count == 1 ? one : more);
    }

    /** Returns a time in its two largest units. */
    static String time(double seconds) {
        if (!(seconds < 1e9)) {
            return NONE;
        }
        Duration time = Duration.ofMillis(Math.round(seconds * 1000));
        if (time.toSeconds() < 10) {
            return format("%.1f s", time.toMillis() / 1000.0);
        }
        if (time.toMinutes() == 0) {
            return time.toSeconds() + " s";
        }
        return time.toHours() == 0 ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
                : format("%,d h %d min", time.toHours(), time.toMinutesPart());
    }

    static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
