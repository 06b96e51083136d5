package dev.switchboard.protocol.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How an automatic model is chosen (behaviour.md §7). */
public enum Mode {
    BALANCED,
    SMART,
    FAST;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** The name on the wire: {@code balanced}, {@code smart}, {@code fast}. */
    @JsonValue
    public String wire() {
        return wire;
    }

    /** Reads a wire name; throws {@link IllegalArgumentException} for another word. */
    @JsonCreator
    public static Mode fromWire(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }
}
