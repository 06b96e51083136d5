package dev.switchboard.protocol.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The identity of one lease, made by the turn that asks for it, so that a repeated ask is the same lease. */
public record LeaseId(@JsonValue String value) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public LeaseId {
        if (value.isBlank()) {
            throw new IllegalArgumentException("blank LeaseId");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
