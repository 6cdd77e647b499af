package io.github.backprop4j.download;

import java.io.IOException;

/** Says in one line why a file cannot be downloaded, and what to do. */
public final class DownloadException extends IOException {

    private static final long serialVersionUID = 1;

    DownloadException(String message, Throwable cause) {
        super(message, cause);
    }
}
