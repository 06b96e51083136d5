package dev.switchboard.node.provider;

import akka.actor.typed.ActorRef;
import dev.switchboard.node.persistence.StateStore;
import dev.switchboard.protocol.turn.TurnMessage;
import org.jspecify.annotations.Nullable;

/** What the owner of a platform tells itself. */
sealed interface ProviderEvent {
    /** A row was read, or reading failed; exactly one is set. */
    record Loaded(StateStore.@Nullable Loaded<ProviderState> row, @Nullable Throwable failure)
            implements ProviderEvent {}

    /** A write ended. */
    record Saved(long revision, @Nullable Throwable failure) implements ProviderEvent {}

    /** A turn that held leases has terminated; its last words may still be on their way. */
    record OwnerGone(ActorRef<TurnMessage> owner) implements ProviderEvent {}

    /** The last words of a terminated turn have had their time. */
    record OwnerSilent(ActorRef<TurnMessage> owner) implements ProviderEvent {}

    /** A timer fired. */
    enum Timer implements ProviderEvent {
        /** Reading takes too long to wait for it. */
        LOAD_SLOW,
        /** Reading may be tried again. */
        RELOAD,
        /** Enough time since the last write. */
        WRITE,
        /** Ask running turns once more. */
        ANNOUNCE_AGAIN,
        /** Every running turn has had time to announce its leases. */
        CLAIMS_CLOSED,
        /** See whether the shared cooldowns have caught up. */
        HAND_OVER,
        /** Stop now, written or not. */
        STOP_DEADLINE
    }
}
