package dev.switchboard.protocol.domain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/** The opaque, hashed key of a session, scoped by client key and mode (contract.md §3). */
public record SessionKey(@JsonValue String value) {
    /** Of a request that was refused before it had a session. */
    public static final SessionKey NONE = new SessionKey("none");

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public SessionKey {
        if (value.isBlank()) {
            throw new IllegalArgumentException("blank SessionKey");
        }
    }

    /** What people see of a key as it is stored; null for {@link #NONE}. */
    public static @Nullable String shown(String stored) {
        return stored.equals(NONE.value) ? null : stored;
    }

    @Override
    public String toString() {
        return value;
    }
}
