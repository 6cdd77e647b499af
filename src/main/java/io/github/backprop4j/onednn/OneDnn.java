package io.github.backprop4j.onednn;

/** Whether oneDNN is there. */
public final class OneDnn {

    private OneDnn() {}

    /** Returns whether oneDNN is on the class path, with a build for this machine. */
    public static boolean isAvailable() {
        return Availability.FOUND;
    }

    /** Found out when first asked, as it loads oneDNN. */
    private static final class Availability {
        private static final boolean FOUND = find();

        private static boolean find() {
            try {
                return Primitives.engine() != null;
            } catch (LinkageError e) {
                // no such class on the class path, or no native library for this machine
                return false;
            }
        }
    }
}
