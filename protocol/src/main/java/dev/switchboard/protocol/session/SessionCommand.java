package dev.switchboard.protocol.session;

import akka.Done;
import akka.actor.typed.ActorRef;
import dev.switchboard.protocol.CborSerializable;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import org.jspecify.annotations.Nullable;

/** What the owner of one session is told and asked (behaviour.md §1). */
public sealed interface SessionCommand extends CborSerializable {
    /** A turn begins: counts as a use and answers pin and bans. {@code mode} names the session's mode on first use. */
    record Open(Mode mode, ActorRef<SessionView> replyTo) implements SessionCommand {}

    /**
     * A turn ended well.
     *
     * @param pin false for explicit models, which never move the pin
     * @param decision the trace of the request, kept as {@link Trace} does; null from a node that sends it apart
     */
    record TurnSucceeded(ModelRef model, KeyId key, boolean pin, @Nullable RouteDecision decision)
            implements SessionCommand {}

    /** An attempt failed; the effect was decided by the protection matrix on the turn's node. */
    record AttemptFailed(ModelRef model, KeyId key, SessionEffect effect) implements SessionCommand {}

    /** Keeps the decision trace of a request that did not succeed; the last 50 are kept. */
    record Trace(RouteDecision decision) implements SessionCommand {}

    /** Answers the whole session without counting as a use. */
    record Inspect(ActorRef<InspectReply> replyTo) implements SessionCommand {}

    /** Forgets pin and bans, for good. */
    record Forget(ActorRef<Done> replyTo) implements SessionCommand {}

    /** Lifts one ban; does nothing where there is none. */
    record LiftBan(PlatformId platform, ActorRef<Done> replyTo) implements SessionCommand {}

    /** Sharding's stop message: write what is unwritten, then stop. */
    enum Stop implements SessionCommand {
        INSTANCE
    }
}
