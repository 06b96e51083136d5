package dev.switchboard.node.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds what a person probably meant. */
public final class NearestName {
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
