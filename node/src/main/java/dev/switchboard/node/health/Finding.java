package dev.switchboard.node.health;

import dev.switchboard.node.upstream.KeyCheck;
import dev.switchboard.protocol.domain.KeyStatus;
import org.jspecify.annotations.Nullable;

/** What a check means for a key's status; a provider that is away says nothing of the key (behaviour.md §9). */
record Finding(KeyStatus status, @Nullable String reason) {
    static final Finding UNREADABLE =
            new Finding(KeyStatus.ERROR, "cannot be read with this node's encryption key; enter the key again");

    /** The status after a check of a key whose status was {@code old}. */
    static Finding of(KeyStatus old, @Nullable String oldReason, KeyCheck check) {
        if (check instanceof KeyCheck.Good) {
            return new Finding(KeyStatus.HEALTHY, null);
        }
        if (check instanceof KeyCheck.Bad bad) {
            return new Finding(KeyStatus.INVALID, bad.reason());
        }
        String reason = check instanceof KeyCheck.CannotTell unsure ? unsure.reason() : null;
        return switch (old) {
            case HEALTHY, INVALID -> new Finding(old, oldReason);
            case UNKNOWN, ERROR, RATE_LIMITED -> new Finding(KeyStatus.UNKNOWN, reason);
        };
    }
}
