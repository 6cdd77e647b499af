package io.github.backprop4j.spark;

import io.github.backprop4j.files.InvalidInputException;

/** Something that a cluster was asked for has failed, though Spark has tried it again; the message says what, in one line. */
public final class ClusterException extends RuntimeException {

    private static final long serialVersionUID = 1;

    ClusterException(String problem, Throwable cause) {
        super(new InvalidInputException("cluster: " + problem).getMessage(), cause);
    }
}
