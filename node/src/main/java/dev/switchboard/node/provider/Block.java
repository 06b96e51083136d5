package dev.switchboard.node.provider;

import dev.switchboard.protocol.provider.LeaseReply.Reason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Why a lease cannot be granted now, and the time in epoch milliseconds at which asking again could help. */
public record Block(Reason reason, long at) {
    /** No wait is known to help. */
    static final long NEVER = Long.MAX_VALUE;

    /** The one that lasts longer, for conditions that must all be met. */
    static @Nullable Block later(@Nullable Block one, @Nullable Block other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return other.at > one.at ? other : one;
    }

    /** The one that ends first, for alternatives. */
    static Block sooner(@Nullable Block one, Block other) {
        return one == null || other.at < one.at ? other : one;
    }

    /** The time for the asker; null where no wait is known to help. */
    public @Nullable Instant retryAt() {
        return at == NEVER ? null : Instant.ofEpochMilli(at);
    }
}
