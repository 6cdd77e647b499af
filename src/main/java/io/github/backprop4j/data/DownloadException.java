package io.github.backprop4j.data;

import java.io.IOException;

/** A file cannot be had from the internet; the message says in one line why, and what to do. */
public final class DownloadException extends IOException {

    private static final long serialVersionUID = 1;

    DownloadException(String message, Throwable cause) {
        super(message, cause);
    }
}
