/**
 * The command line: {@link io.github.backprop4j.cli.Main} and its commands parse, call and print, and compute nothing.
 *
 * <p>Results go to standard output, progress and logs to standard error. An error is one line on standard error: exit
 * code 2 if the user can mend it, 1 if something failed.
 *
 * <p>May use: every other room, and picocli.
 */
package io.github.backprop4j.cli;
