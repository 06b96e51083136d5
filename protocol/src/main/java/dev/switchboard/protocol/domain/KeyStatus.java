package dev.switchboard.protocol.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What is known of a provider key (contract.md §4). */
public enum KeyStatus {
    HEALTHY,
    RATE_LIMITED,
    INVALID,
    ERROR,
    UNKNOWN;

    /** The name on the wire, in lower case. */
    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads a wire name; throws {@link IllegalArgumentException} for another word. */
    @JsonCreator
    public static KeyStatus fromWire(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }
}
