package dev.switchboard.node.turn;

import dev.switchboard.node.relay.StreamEnd;
import dev.switchboard.node.socket.EventLoops;
import dev.switchboard.node.upstream.AttemptStart;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.Usage;
import dev.switchboard.protocol.turn.TurnMessage;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What the actor of a turn tells itself, and is told by the door and its guardian; all of it stays on the node. */
sealed interface TurnEvent extends TurnMessage {
    /** Serve this request; the promise is completed exactly once. */
    record Begin(TurnRequest request, CompletableFuture<TurnReply> promise, EventLoops.@Nullable Loop home)
            implements TurnEvent {}

    /** The attempt has answered, committed or failed. */
    record Started(HeldLease lease, AttemptStart start) implements TurnEvent {
        /** {@code start} is null where there was not even an attempt. */
        static Started of(HeldLease lease, @Nullable AttemptStart start) {
            return new Started(
                    lease,
                    start != null
                            ? start
                            : new AttemptStart.Failed(
                                    Failure.of(FailureKind.UNREACHABLE, "the attempt could not be made")));
        }
    }

    /** The committed stream has ended. */
    record StreamEnded(HeldLease lease, StreamEnd end) implements TurnEvent {
        /** {@code end} is null where how it ended was lost. */
        static StreamEnded of(HeldLease lease, @Nullable StreamEnd end) {
            return new StreamEnded(
                    lease,
                    end != null
                            ? end
                            : new StreamEnd(
                                    Failure.of(FailureKind.BROKEN, "the stream's end was lost"),
                                    new Usage(0, 0, true),
                                    0,
                                    0,
                                    0,
                                    0));
        }
    }

    /** The connection of that turn's client is gone. */
    record ClientGone(Turn turn) implements TurnEvent {}

    /** The session or the platform's owner, whichever was asked last, did not answer in time. */
    record Silence() implements TurnEvent {}

    /** {@code routing.budget} is spent. */
    record BudgetSpent() implements TurnEvent {}

    /** {@code stream.early-headers} has passed. */
    record HeadersDue() implements TurnEvent {}

    /** The node is stopping and this turn has outlived the limit: end it with an error the client sees. */
    record Interrupt() implements TurnEvent {}
}
