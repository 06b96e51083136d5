package dev.switchboard.node.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds what a person probably meant. */
public final class NearestName {
    private static final int MOST_COMPARED = 100;

    private NearestName() {}

    /** The closest known name, if any is close at all. */
    public static Optional<String> of(String name, Collection<String> known) {
        return several(name, known, 1).stream().findFirst();
    }

    /** The closest known name, however far it is; {@code known} holds at least one. */
    static String closest(String name, Collection<String> known) {
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        return known.stream()
                .min(Comparator.<String>comparingInt(candidate -> distance.apply(name, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
    }

    /**
     * Up to {@code limit} names that have the most in common with {@code name}, however little that is, whatever the
     * case. Of a longer name the first 100 characters count.
     */
    public static List<String> nearest(String name, Collection<String> known, int limit) {
        String asked = name.substring(0, Math.min(name.length(), MOST_COMPARED)).toLowerCase(Locale.ROOT);
        JaroWinklerSimilarity similarity = new JaroWinklerSimilarity();
        record Like(String name, double likeness) {}
        return known.stream()
                .map(candidate -> new Like(candidate, similarity.apply(asked, candidate.toLowerCase(Locale.ROOT))))
                .sorted(Comparator.comparingDouble(Like::likeness).reversed().thenComparing(Like::name))
                .limit(limit)
                .map(Like::name)
                .toList();
    }

    /** Up to {@code limit} close names, closest first: within half the length of the name, at least 2 edits. */
    public static List<String> several(String name, Collection<String> known, int limit) {
        int most = Math.max(2, name.length() / 2);
        LevenshteinDistance distance = new LevenshteinDistance(most);
        record Near(String name, int edits) {}
        return known.stream()
                .map(candidate -> new Near(candidate, distance.apply(name, candidate)))
                .filter(near -> near.edits() >= 0)
                .sorted(Comparator.comparingInt(Near::edits).thenComparing(Near::name))
                .limit(limit)
                .map(Near::name)
                .toList();
    }
}
