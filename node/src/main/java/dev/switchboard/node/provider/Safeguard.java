package dev.switchboard.node.provider;

import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.provider.LeaseReply.Reason;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The active-request safeguard of a provider-ban platform and its reservation to the session that used it last
 * (behaviour.md §2).
 */
final class Safeguard {
    private ProviderState.@Nullable Reserved reserved;
    private Instant heldBackUntil = Instant.MIN;

    /** What keeps this session from an exclusive lease; null when nothing does. */
    @Nullable
    Block check(SessionKey session, Leases leases, Instant now) {
        if (leases.heldByOthers(session)) {
            return new Block(Reason.SAFEGUARD, Block.NEVER);
        }
        ProviderState.Reserved current = reserved;
        boolean mine = current != null && current.session().equals(session);
        if (current != null && !mine && now.isBefore(current.until())) {
            return new Block(Reason.RESERVED, current.until().toEpochMilli());
        }
        if (now.isBefore(heldBackUntil) && !mine && !leases.heldBy(session)) {
            return new Block(Reason.SAFEGUARD, heldBackUntil.toEpochMilli());
        }
        return null;
    }

    /** The session used the platform just now. */
    void used(SessionKey session, Instant now, Duration reservation) {
        reserved = new ProviderState.Reserved(session, now.plus(reservation));
    }

    /** Grants nothing to newcomers before {@code until}, while running turns announce what they hold. */
    void holdBack(Instant until) {
        heldBackUntil = until;
    }

    /** Takes a saved reservation unless a later one was made since. */
    void restore(ProviderState.@Nullable Reserved saved) {
        if (saved != null && (reserved == null || saved.until().isAfter(reserved.until()))) {
            reserved = saved;
        }
    }

    ProviderState.@Nullable Reserved reserved() {
        return reserved;
    }
}
