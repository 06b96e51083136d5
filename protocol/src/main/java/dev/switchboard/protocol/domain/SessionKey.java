package dev.switchboard.protocol.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The opaque, hashed key of a session, scoped by client key and mode (contract.md §3). */
public record SessionKey(@JsonValue String value) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public SessionKey {
        if (value.isBlank()) {
            throw new IllegalArgumentException("blank SessionKey");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
