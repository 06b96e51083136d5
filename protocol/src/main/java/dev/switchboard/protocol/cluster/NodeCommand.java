package dev.switchboard.protocol.cluster;

import akka.actor.typed.ActorRef;
import dev.switchboard.protocol.CborSerializable;
import dev.switchboard.protocol.session.SessionSummary;
import java.time.Instant;
import java.util.List;

/** What one node answers to another for the dashboard: its load, its sessions, its requests in flight. */
public sealed interface NodeCommand extends CborSerializable {
    /** Asks for load, version and the HTTP address. */
    record GetLoad(ActorRef<NodeLoad> replyTo) implements NodeCommand {}

    /** Asks for the requests that this node is serving. */
    record ListInFlight(ActorRef<InFlightList> replyTo) implements NodeCommand {}

    /** Asks for sessions owned by this node whose key, model or platform holds {@code query}; latest use first. */
    record ListSessions(String query, int limit, ActorRef<SessionList> replyTo) implements NodeCommand {}

    /** Load of one node. */
    record NodeLoad(String address, String httpUrl, String version, Instant upSince, long sessions, long inFlight)
            implements CborSerializable {}

    /** The requests in flight of one node. */
    record InFlightList(List<InFlightRequest> requests) implements CborSerializable {}

    /** Sessions of one node. */
    record SessionList(List<SessionSummary> sessions) implements CborSerializable {}
}
