package io.github.backprop4j.parallel;

/** The native libraries cannot be loaded here; the message is one line: what was found, what they need and what to do. */
public final class UnsupportedPlatformException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    /** Makes one that was found before anything was loaded. */
    UnsupportedPlatformException(String message) {
        super(message);
    }

    UnsupportedPlatformException(String message, Throwable cause) {
        super(message, cause);
    }
}
