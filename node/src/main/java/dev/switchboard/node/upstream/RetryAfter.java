package dev.switchboard.node.upstream;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How long upstream asks to wait: {@code retry-after-ms}, seconds, or an HTTP date (behaviour.md §4). */
final class RetryAfter {
    private static final double LONGEST_SECONDS = 7 * 24 * 3600.0;

    private RetryAfter() {}

    /** The wait named by the headers, null where none does; never negative, at most a week. */
    static @Nullable Duration of(Function<String, Optional<String>> header, Instant now) {
        Duration exact =
                header.apply("retry-after-ms").map(text -> seconds(text, 0.001)).orElse(null);
        return exact != null
                ? exact
                : header.apply("retry-after").map(text -> value(text, now)).orElse(null);
    }

    private static @Nullable Duration value(String text, Instant now) {
        Duration seconds = seconds(text, 1);
        if (seconds != null) {
            return seconds;
        }
        try {
            Instant at = ZonedDateTime.parse(text.trim(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return at.isBefore(now)
                    ? Duration.ZERO
                    : bounded(Duration.between(now, at).toMillis() / 1000.0);
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    /** A protobuf duration such as {@code 34.5s}, as some error bodies carry. */
    static @Nullable Duration ofText(String text) {
        String trimmed = text.trim().toLowerCase(Locale.ROOT);
        return trimmed.endsWith("s") ? seconds(trimmed.substring(0, trimmed.length() - 1), 1) : null;
    }

    private static @Nullable Duration seconds(String text, double unit) {
        try {
            double value = Double.parseDouble(text.trim()) * unit;
            return Double.isFinite(value) ? bounded(Math.max(0, value)) : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static Duration bounded(double seconds) {
        return Duration.ofMillis(Math.round(Math.min(seconds, LONGEST_SECONDS) * 1000));
    }
}
