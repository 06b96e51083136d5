package dev.switchboard.node.turn;

import dev.switchboard.node.upstream.Attempt;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.provider.GrantNumber;
import dev.switchboard.protocol.provider.LeaseReply;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A granted lease of one turn, its attempt and its clock. */
final class HeldLease {
    final LeaseId id;
    final ModelRef model;
    final KeyId key;
    final boolean probe;
    final boolean exclusive;
    final Instant grantedAt;
    final @Nullable GrantNumber grant;
    private final long startedNanos = System.nanoTime();
    private @Nullable Attempt attempt;

    HeldLease(LeaseReply.Granted granted, ModelRef model, boolean exclusive, Instant grantedAt) {
        this.id = granted.lease();
        this.model = model;
        this.key = granted.key();
        this.probe = granted.probe();
        this.grant = granted.grant();
        this.exclusive = exclusive;
        this.grantedAt = grantedAt;
    }

    void attempted(Attempt made) {
        attempt = made;
    }

    /** Gives the attempt up, if there is one. */
    void cancelAttempt() {
        if (attempt != null) {
            attempt.cancel();
        }
    }

    /** What the provider said of its limits. */
    Limits statedLimits() {
        return attempt == null ? Limits.NONE : attempt.statedLimits();
    }

    long elapsedNanos() {
        return System.nanoTime() - startedNanos;
    }

    long elapsedMs() {
        return elapsedNanos() / 1_000_000;
    }
}
