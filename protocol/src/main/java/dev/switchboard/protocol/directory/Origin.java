package dev.switchboard.protocol.directory;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a row came from; decides what an updated catalogue or configuration may change. */
public enum Origin {
    BUILTIN,
    BOOTSTRAP,
    CUSTOM;

    /** The name on the wire, in lower case. */
    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads a wire name; throws {@link IllegalArgumentException} for another word. */
    @JsonCreator
    public static Origin fromWire(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }
}
