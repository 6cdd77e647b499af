package io.github.backprop4j.cli;

/**
 * A text in a command that is told for somebody to enter, such as a path.
 *
 * @param text as the program is to get it
 */
record ShellWord(String text) {

    /** Returns the text as a shell takes it for one word: in single quotes if there is a space or the like in it. */
    @Override
    public String toString() {
        return text.matches("[\\w%+,./:=@-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
