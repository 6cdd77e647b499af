package io.github.backprop4j.files;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** What a word with a slip in it was most likely meant to be. */
public final class Suggestion {

    private Suggestion() {}

    /**
     * Returns the end of an error's line.
     *
     * @param word that was found
     * @param expected words to choose from
     * @return {@code "; did you mean epochs?"} if an expected word can be had from this one by few changes, one for each
     *     three of its letters (in upper or lower case, and hyphens do not count); else nothing
     */
    public static String of(String word, Collection<String> expected) {
        String given = plain(word);
        return expected.stream()
                .filter(each -> isNear(given, plain(each)))
                .min(Comparator.comparingInt(each -> distance(given, plain(each))))
                .map(each -> "; did you mean " + each + "?").orElse("");
    }

    /** Words whose lengths tell that they are not near are not looked at: one may be as long as a file. */
    private static boolean isNear(String given, String each) {
        int most = Math.max(1, each.length() / 3);
        return Math.abs(given.length() - each.length()) <= most && distance(given, each) <= most;
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
    }

    /**
     * Counts the letters to be put in, left out, changed or exchanged with their neighbour (Damerau, A Technique for Computer
     * Detection and Correction of Spelling Errors, 1964, with each letter changed once at most).
     */
    private static int distance(String from, String to) {
        int[][] distance = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    distance[i][j] = i + j;
                    continue;
                }
                int changed = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                distance[i][j] = Math.min(distance[i - 1][j - 1] + changed,
                        1 + Math.min(distance[i - 1][j], distance[i][j - 1]));
                if (i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1)) {
                    distance[i][j] = Math.min(distance[i][j], distance[i - 2][j - 2] + 1);
                }
            }
        }
        return distance[from.length()][to.length()];
    }
}
