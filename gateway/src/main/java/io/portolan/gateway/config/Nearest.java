package io.portolan.gateway.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/**
 * The word that was probably meant: smallest Levenshtein distance, at most a third of the word's length, but two from four
 * letters on, so that swapped letters are found. Case, dashes and underscores do not count, so {@code maxDelay} and
 * {@code max_delay} find {@code max-delay}.
 */
final class Nearest {

    private Nearest() {}

    static Optional<String> to(String word, Collection<String> candidates) {
        Optional<String> nearest = Optional.empty();
        int length = fold(word).length();
        int best = Math.max(length < 4 ? 1 : 2, length / 3) + 1;
        for (String candidate : candidates) {
            int distance = distance(fold(word), fold(candidate));
            if (distance < best) {
                best = distance;
                nearest = Optional.of(candidate);
            }
        }
        return nearest;
    }

    private static String fold(String word) {
        return word.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /** Levenshtein, one row at a time: {@code row[j]} is the distance of the first i letters of a to the first j of b. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
