package dev.switchboard.protocol.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;

/** How strongly a conversation is protected from a failing platform (behaviour.md §4, protection matrix). */
public enum ProtectionLevel {
    PROVIDER_BAN,
    MODEL_SKIP,
    OFF;

    /** The name in configuration: {@code provider-ban}, {@code model-skip}, {@code off}. */
    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The level of that name, if there is one. */
    public static Optional<ProtectionLevel> find(String wire) {
        for (ProtectionLevel level : values()) {
            if (level.wire().equals(wire)) {
                return Optional.of(level);
            }
        }
        return Optional.empty();
    }

    /** Reads a configuration name; throws {@link IllegalArgumentException} for another word. */
    @JsonCreator
    public static ProtectionLevel fromWire(String wire) {
        return find(wire).orElseThrow(() -> new IllegalArgumentException("not a protection level: " + wire));
    }
}
