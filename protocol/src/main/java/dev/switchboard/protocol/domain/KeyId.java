package dev.switchboard.protocol.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The identity of one provider key; opaque, never the secret. */
public record KeyId(@JsonValue String value) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public KeyId {
        if (value.isBlank()) {
            throw new IllegalArgumentException("blank KeyId");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
