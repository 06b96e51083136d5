package dev.switchboard.protocol.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The identity of one API key: a part of the key that is no secret. */
public record ApiKeyId(@JsonValue String value) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public ApiKeyId {
        if (value.isBlank()) {
            throw new IllegalArgumentException("blank ApiKeyId");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
