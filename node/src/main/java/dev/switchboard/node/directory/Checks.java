package dev.switchboard.node.directory;

import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.domain.Limits;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What values of a change must look like; each check throws {@link Refusal} with the field's name of the API. */
final class Checks {
    static final int LONGEST_NAME = 200;
    static final int LONGEST_VALUE = 4_000;
    static final int LONGEST_CIPHER_TEXT = 16_000;

    private static final int MOST_HEADERS = 20;
    private static final int HIGHEST_RANK = 1_000_000;
    private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);
    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");

    private Checks() {}

    static void name(String field, @Nullable String value) {
        if (value == null) {
            return;
        }
        if (value.isBlank()) {
            throw Refusal.invalid(field, "must not be empty");
        }
        label(field, value);
    }

    static void label(String field, @Nullable String value) {
        if (value == null) {
            return;
        }
        if (value.length() > LONGEST_NAME) {
            throw Refusal.invalid(field, "must not be longer than " + LONGEST_NAME + " characters");
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw Refusal.invalid(field, "must not hold control characters");
        }
    }

    /** Text of others made fit to keep: no control characters, at most {@link #LONGEST_NAME} long. */
    static String shortened(String text) {
        String clean = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return clean.length() <= LONGEST_NAME ? clean : clean.substring(0, LONGEST_NAME - 1) + "…";
    }

    static void limits(@Nullable Limits limits) {
        if (limits == null) {
            return;
        }
        limit("rpm", limits.rpm());
        limit("rpd", limits.rpd());
        limit("tpm", limits.tpm());
        limit("tpd", limits.tpd());
        limit("concurrent", limits.concurrent());
    }

    private static void limit(String field, @Nullable Long value) {
        if (value != null && value < 1) {
            throw Refusal.invalid(field, "must be at least 1, or null for no limit");
        }
    }

    static void rank(@Nullable Integer value) {
        between("intelligenceRank", value, HIGHEST_RANK);
    }

    static void window(@Nullable Integer value) {
        between("contextWindow", value, Integer.MAX_VALUE);
    }

    static void priority(@Nullable Integer value) {
        between("priority", value, HIGHEST_RANK);
    }

    private static void between(String field, @Nullable Integer value, int highest) {
        if (value != null && (value < 1 || value > highest)) {
            throw Refusal.invalid(field, "must be between 1 and " + highest);
        }
    }

    static void timeout(@Nullable Duration value) {
        if (value != null && (value.isNegative() || value.isZero() || value.compareTo(LONGEST_TIMEOUT) > 0)) {
            throw Refusal.invalid("responseTimeout", "must be positive and at most an hour");
        }
    }

    static void baseUrl(String field, String url, AdapterKind adapter) {
        String problem = BaseUrl.problem(url, adapter);
        if (problem != null) {
            throw Refusal.invalid(field, problem);
        }
    }

    static void headers(Map<String, String> headers) {
        if (headers.size() > MOST_HEADERS) {
            throw Refusal.invalid("headers", "must not be more than " + MOST_HEADERS);
        }
        headers.forEach((name, value) -> {
            if (!HEADER_NAME.matcher(name).matches()) {
                throw Refusal.invalid("headers", "must have HTTP header names");
            }
            if (value.length() > LONGEST_NAME || value.chars().anyMatch(Character::isISOControl)) {
                throw Refusal.invalid("headers", "must have short values without control characters");
            }
        });
    }
}
