package dev.switchboard.node.dialect.anthropic;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/** Maps a client's model name by patterns in which {@code *} stands for any text. */
public final class ModelNames {
    private static final Comparator<Map.Entry<String, String>> MOST_SPECIFIC =
            Comparator.<Map.Entry<String, String>>comparingInt(
                            entry -> entry.getKey().replace("*", "").length())
                    .thenComparing(Map.Entry::getKey);

    private ModelNames() {}

    /** The model of the matching pattern that has the most letters; empty where none matches. */
    public static Optional<String> map(String name, Map<String, String> patterns) {
        return patterns.entrySet().stream()
                .filter(entry -> matches(name, entry.getKey()))
                .max(MOST_SPECIFIC)
                .map(Map.Entry::getValue);
    }

    private static boolean matches(String name, String pattern) {
        String[] parts = pattern.split("\\*", -1);
        if (parts.length == 1) {
            return name.equals(pattern);
        }
        String last = parts[parts.length - 1];
        if (!name.startsWith(parts[0]) || name.length() < parts[0].length() + last.length() || !name.endsWith(last)) {
            return false;
        }
        int at = parts[0].length();
        int end = name.length() - last.length();
        for (int i = 1; i < parts.length - 1; i++) {
            int found = name.indexOf(parts[i], at);
            if (found < 0 || found + parts[i].length() > end) {
                return false;
            }
            at = found + parts[i].length();
        }
        return true;
    }
}
