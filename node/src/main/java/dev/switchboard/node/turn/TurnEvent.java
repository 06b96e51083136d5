package dev.switchboard.node.turn;

import dev.switchboard.node.relay.StreamEnd;
import dev.switchboard.node.upstream.AttemptStart;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.session.SessionView;
import dev.switchboard.protocol.turn.TurnMessage;

/** What a turn tells itself, and is told by its guardian; all of it stays on the node. */
sealed interface TurnEvent extends TurnMessage {
    /** The session answered. */
    record Opened(SessionView view) implements TurnEvent {}

    /** The session did not answer in time. */
    record SessionSilent() implements TurnEvent {}

    /** The platform's owner answered. */
    record Leased(LeaseReply reply) implements TurnEvent {}

    /** The platform's owner did not answer in time. */
    record LeaseSilent(LeaseId lease) implements TurnEvent {}

    /** The attempt has answered, committed or failed. */
    record Started(HeldLease lease, AttemptStart start) implements TurnEvent {}

    /** The committed stream has ended. */
    record StreamEnded(HeldLease lease, StreamEnd end) implements TurnEvent {}

    /** The client's connection is gone. */
    record ClientGone() implements TurnEvent {}

    /** {@code routing.budget} is spent. */
    record BudgetSpent() implements TurnEvent {}

    /** {@code stream.early-headers} has passed. */
    record HeadersDue() implements TurnEvent {}

    /** The node is stopping and this turn has outlived the limit: end it with an error the client sees. */
    record Interrupt() implements TurnEvent {}
}
