package dev.switchboard.protocol.session;

import org.jspecify.annotations.Nullable;

/** What a failure does to the session, decided by the protection matrix (behaviour.md §4). */
public record SessionEffect(@Nullable Ban ban, PinDrop pinDrop) {
    /** Nothing happens to the session. */
    public static final SessionEffect NONE = new SessionEffect(null, PinDrop.KEEP);

    /** When the pin goes. */
    public enum PinDrop {
        /** The pin stays. */
        KEEP,
        /** Dropped if it is the model that failed. */
        IF_MODEL,
        /** Dropped if it is on the platform that failed. */
        IF_PLATFORM,
        /** The model stays pinned; its key is unpinned if it is the one that failed. */
        KEY_ONLY
    }
}
