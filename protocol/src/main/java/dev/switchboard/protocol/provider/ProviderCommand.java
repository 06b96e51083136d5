package dev.switchboard.protocol.provider;

import akka.actor.typed.ActorRef;
import dev.switchboard.protocol.CborSerializable;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the owner of one platform is told and asked (behaviour.md §3). The entity id is the platform id. */
public sealed interface ProviderCommand extends CborSerializable {
    /**
     * Asks for a lease on one key of a model. The same {@code lease} asked twice is granted once.
     *
     * @param preferred the session's pinned key, tried first
     * @param exclude keys already refused in this request
     * @param estimatedTokens prompt and answer together, reserved in the token windows
     * @param exclusive whether the platform's level is {@code provider-ban}: the active-request safeguard applies
     * @param owner the turn; its termination ends the lease
     */
    record Acquire(
            LeaseId lease,
            ModelRef model,
            SessionKey session,
            @Nullable KeyId preferred,
            Set<KeyId> exclude,
            long estimatedTokens,
            boolean exclusive,
            String requestId,
            ActorRef<TurnMessage> owner,
            ActorRef<LeaseReply> replyTo)
            implements ProviderCommand {}

    /** Ends a lease; a second end of the same lease does nothing. */
    record Settle(LeaseId lease, LeaseResult result) implements ProviderCommand {}

    /** A running turn announces a lease granted before this owner restarted. */
    record Announce(
            LeaseId lease,
            ModelRef model,
            KeyId key,
            SessionKey session,
            long estimatedTokens,
            boolean exclusive,
            boolean probe,
            String requestId,
            Instant grantedAt,
            ActorRef<TurnMessage> owner)
            implements ProviderCommand {}

    /** A node tells of leases that ended there lately, after this owner has restarted: its counts may lack them. */
    record Recall(List<EndedLease> leases) implements ProviderCommand {}

    /** A lease that has ended, as its node remembers it. */
    record EndedLease(
            LeaseId lease, ModelRef model, KeyId key, GrantNumber grant, Instant grantedAt, LeaseResult result) {}

    /** Limits that the provider itself stated for a key and model, in headers or error bodies; null says nothing. */
    record LearnLimits(ModelRef model, KeyId key, Limits limits) implements ProviderCommand {}

    /**
     * A cooldown was ended by hand or by a good key check: leases are granted again at once, whatever the shared
     * cooldowns still show of it. Exactly one of {@code model} and {@code key} is given.
     *
     * @param until when the ended cooldown would have ended
     */
    record CooldownEnded(@Nullable ModelRef model, @Nullable KeyId key, Instant until) implements ProviderCommand {}

    /** Answers leases in flight and the use of every window. */
    record Inspect(ActorRef<ProviderReport> replyTo) implements ProviderCommand {}

    /** Sharding's stop message: write what is unwritten, then stop. */
    enum Stop implements ProviderCommand {
        INSTANCE
    }
}
