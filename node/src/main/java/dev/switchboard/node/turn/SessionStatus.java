package dev.switchboard.node.turn;

import java.util.Locale;

/** How the session's pin was used (contract.md §3, {@code X-Session-Status}). */
public enum SessionStatus {
    /** Served by the pinned model, whatever the key. */
    HIT,
    /** There was no pin yet, or its model could not serve this one request and stays pinned. */
    MISS,
    /** The pin could not be used and moved. */
    REPIN,
    /** An explicit model: the pin was neither read nor moved. */
    NONE;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** The header's word. */
    public String wire() {
        return wire;
    }
}
