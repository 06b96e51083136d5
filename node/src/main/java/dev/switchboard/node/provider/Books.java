package dev.switchboard.node.provider;

import akka.actor.typed.ActorRef;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.provider.LeaseResult;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one platform's owner keeps about leases, and the only place where one begins and ends: it is found, counted and
 * passed at the gates, or none of these (behaviour.md §3).
 */
final class Books {
    final Leases leases = new Leases();
    final Windows windows = new Windows();
    final Safeguard safeguard = new Safeguard();
    final Gates gates = new Gates();
    private final Supplier<Duration> reservation;
    private final ProviderDesk.Effects effects;
    private Instant lastActive = Instant.EPOCH;

    /** {@code reservation} is for how long a session keeps a platform of level {@code provider-ban} to itself. */
    Books(Supplier<Duration> reservation, ProviderDesk.Effects effects) {
        this.reservation = reservation;
        this.effects = effects;
    }

    /** A counted lease begins. */
    void begin(Lease lease, Instant now) {
        boolean firstOfOwner = leases.add(lease);
        gates.began(lease);
        touch(lease, now);
        if (firstOfOwner) {
            watch(lease.owner());
        }
    }

    /** A restored lease that nobody has claimed is {@code owner}'s. */
    void claim(Lease lease, ActorRef<TurnMessage> owner) {
        if (lease.owner() == null && leases.claim(lease, owner)) {
            watch(owner);
        }
    }

    /** Ends a lease once; an end that comes before its beginning is remembered and prevents it. */
    void end(LeaseId id, Leases.How how, LeaseResult result, Instant now) {
        Lease lease = leases.end(id, how, result);
        if (lease == null) {
            return;
        }
        windows.settle(lease.key(), lease.model(), lease.reservation(), used(result), now.toEpochMilli());
        gates.ended(lease, result, now);
        touch(lease, now);
        ActorRef<TurnMessage> owner = lease.owner();
        if (owner != null && !leases.owns(owner)) {
            effects.unwatch(owner);
        }
    }

    /** The tokens that a lease has used in the end. */
    static long used(LeaseResult result) {
        return result instanceof LeaseResult.Completed completed
                ? Math.max(0, completed.usage().totalTokens())
                : 0;
    }

    private void touch(Lease lease, Instant now) {
        if (lease.exclusive()) {
            safeguard.used(lease.session(), now, reservation.get());
        }
        lastActive = now;
        effects.changed();
    }

    private void watch(@Nullable ActorRef<TurnMessage> owner) {
        if (owner != null) {
            effects.watch(owner);
        }
    }

    /** When a lease began or ended last. */
    Instant lastActive() {
        return lastActive;
    }

    /** An earlier owner was active then. */
    void wasActive(Instant then) {
        if (then.isAfter(lastActive)) {
            lastActive = then;
        }
    }
}
