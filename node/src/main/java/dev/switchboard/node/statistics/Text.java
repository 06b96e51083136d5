package dev.switchboard.node.statistics;

import org.jspecify.annotations.Nullable;

/** Text made fit for a column: no longer than it and free of what PostgreSQL refuses. */
final class Text {
    private Text() {}

    /** At most {@code max} characters, NUL removed, unpaired surrogates replaced by {@code ?}. */
    static String fit(String text, int max) {
        return text.length() <= max && isPlain(text) ? text : fitted(text, max);
    }

    /** Whether it holds nothing that has to be looked at twice. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }

    private static String fitted(String text, int max) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), max));
        for (int i = 0; i < text.length() && out.length() < max; ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            if (point == 0) {
                continue;
            }
            boolean unpaired = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
            int fitting = unpaired ? '?' : point;
            if (out.length() + Character.charCount(fitting) > max) {
                break;
            }
            out.appendCodePoint(fitting);
        }
        return out.toString();
    }

    /** The same, null for null. */
    static @Nullable String fitOrNull(@Nullable String text, int max) {
        return text == null ? null : fit(text, max);
    }
}
