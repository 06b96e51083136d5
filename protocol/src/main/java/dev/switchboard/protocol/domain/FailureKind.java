package dev.switchboard.protocol.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What went wrong with one attempt; every adapter maps what it sees to one of these (behaviour.md §4). */
public enum FailureKind {
    RATE_LIMITED,
    AUTH,
    CLIENT_FAULT,
    TOO_LARGE,
    MODEL_UNAVAILABLE,
    SERVER_ERROR,
    UNREACHABLE,
    TIMEOUT,
    STALLED,
    EMPTY,
    MALFORMED,
    BROKEN,
    /** An answer that is not the JSON which the request's {@code response_format} asks for. */
    NOT_JSON,
    CANCELLED;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** Whether it counts against the model's reliability (behaviour.md §4, last paragraph). */
    public boolean countsAgainstModel() {
        return switch (this) {
            case RATE_LIMITED, CLIENT_FAULT, TOO_LARGE, NOT_JSON, CANCELLED -> false;
            default -> true;
        };
    }

    /** The name on the wire, in lower case. */
    @JsonValue
    public String wire() {
        return wire;
    }

    /** Reads a wire name; throws {@link IllegalArgumentException} for another word. */
    @JsonCreator
    public static FailureKind fromWire(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }
}
