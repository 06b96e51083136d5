package dev.switchboard.protocol.directory;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The wire format a platform speaks (behaviour.md §8). */
public enum AdapterKind {
    OPENAI,
    GOOGLE,
    COHERE,
    CLOUDFLARE;

    /** The name in configuration and on the wire, in lower case. */
    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads a wire name; throws {@link IllegalArgumentException} for another word. */
    @JsonCreator
    public static AdapterKind fromWire(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }
}
