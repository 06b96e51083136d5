package dev.switchboard.protocol.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/** The identity of a provider platform: a lower-case slug such as {@code groq}, at most 64 characters. */
public record PlatformId(@JsonValue String value) implements Comparable<PlatformId> {
    private static final Pattern SHAPE = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    /** Throws {@link IllegalArgumentException} for a value that is not a slug. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public PlatformId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("not a platform id: " + value);
        }
    }

    /** Whether the value could be an id; for validation without exceptions. */
    public static boolean isValid(String value) {
        return SHAPE.matcher(value).matches();
    }

    @Override
    public int compareTo(PlatformId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
