package io.github.backprop4j.report;

/** A part of a page with a heading of its own. */
interface Section {

    /** Returns the heading, from which the contents of the page link to it. */
    String heading();

    /** Writes what comes below the heading. */
    void write(Html page);
}
