package dev.switchboard.node.turn;

import dev.switchboard.node.routing.Decision;
import dev.switchboard.node.routing.FailurePolicy;
import dev.switchboard.node.routing.PolicyTimes;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.Usage;
import dev.switchboard.protocol.provider.LeaseResult;
import dev.switchboard.protocol.session.Pin;
import dev.switchboard.protocol.session.SessionCommand;
import dev.switchboard.protocol.session.SessionEffect;
import dev.switchboard.protocol.session.SessionView;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the end of an attempt does to its lease, the session, the cooldowns, the statistics and the rest of the turn. */
final class TurnOutcomes {
    private final TurnServices services;
    private final TurnRequest request;
    private final Settings settings;
    private final TurnOwners owners;
    private final TurnLog log;

    TurnOutcomes(TurnServices services, TurnRequest request, Settings settings, TurnOwners owners, TurnLog log) {
        this.services = services;
        this.request = request;
        this.settings = settings;
        this.owners = owners;
        this.log = log;
    }

    /** Whether the session's pin or bans are others once the lease's answer has come; {@code pinFrom} as for {@link #succeeded}. */
    boolean changesSession(HeldLease held, @Nullable SessionView pinFrom) {
        return owners.hasChangedSession() || (pinFrom != null && !new Pin(held.model, held.key).equals(pinFrom.pin()));
    }

    /** The whole answer came; {@code pinFrom} is the session whose pin goes to where it came from, null where it stays. */
    void succeeded(
            HeldLease held,
            Ladder ladder,
            Usage usage,
            long ttfbMs,
            long busyMs,
            long totalMs,
            @Nullable SessionView pinFrom) {
        if (changesSession(held, pinFrom)) {
            owners.sessionChanges();
        }
        log.attemptSucceeded(held.model, held.key, usage, ttfbMs, busyMs, totalMs);
        owners.settle(held, new LeaseResult.Completed(usage));
        log.cooldownSuccess(held.model, held.key);
        ladder.trace(held.model, held.key, "success", held.elapsedMs());
        // One message says all: every further one costs the session's owner and this turn as much as the first.
        owners.tellSession(new SessionCommand.TurnSucceeded(
                held.model, held.key, pinFrom != null, ladder.decision(now(), request.requestId())));
        log.requestEnded(held.model, 200, null, ladder.failedAttempts() + 1, usage, ttfbMs);
    }

    /** An attempt failed, before or after the commit; answers what the request does next. */
    Decision failed(HeldLease held, Ladder ladder, Failure failure, boolean committed) {
        Decision decision = decide(held, ladder, failure, committed);
        owners.settle(
                held, new LeaseResult.Failed(failure.kind(), decision.keyCoolsUntil(), decision.modelCoolsUntil()));
        if (!decision.session().equals(SessionEffect.NONE)) {
            owners.tellSession(new SessionCommand.AttemptFailed(held.model, held.key, decision.session()));
        }
        log.attemptFailed(held.model, held.key, failure, decision, held.elapsedMs());
        ladder.failed(held.model, held.key, failure, decision, held.elapsedMs());
        return decision;
    }

    private Decision decide(HeldLease held, Ladder ladder, Failure failure, boolean committed) {
        Instant now = now();
        FailurePolicy.Context where = new FailurePolicy.Context(
                ladder.isLastKey(held.model, held.key, services.cooling().get(), now),
                ladder.hasFailedBy(failure.kind()),
                committed);
        PolicyTimes times = new PolicyTimes(
                settings.cooldown().transientTime(),
                settings.cooldown().max(),
                settings.cooldown().rateLimitedKey(),
                settings.session().banTtl());
        return FailurePolicy.decide(failure, held.model, settings.protectionOf(held.model), where, times, now);
    }

    /** The attempt is given up: its client has gone, or the node stops. */
    void cancelled(HeldLease held, Ladder ladder) {
        held.cancelAttempt();
        owners.settle(held, new LeaseResult.Cancelled());
        log.attemptCancelled(held.model, held.key, held.elapsedMs());
        ladder.trace(held.model, held.key, FailureKind.CANCELLED.wire(), held.elapsedMs());
    }

    /** What is said where nothing is left to try. */
    TurnReply.Refusal refusal(Ladder ladder) {
        return ladder.onlyInexpressible()
                ? TurnReply.Refusal.inexpressible(log.inexpressibleField())
                : TurnReply.Refusal.of(ladder.terminal(now()), request.chat());
    }

    /** A turn without success has ended: the session keeps why. */
    void unsuccessful(Ladder ladder) {
        owners.tellSession(new SessionCommand.Trace(ladder.decision(now(), request.requestId())));
    }

    private Instant now() {
        return services.clock().instant();
    }
}
