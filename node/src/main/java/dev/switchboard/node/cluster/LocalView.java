package dev.switchboard.node.cluster;

import dev.switchboard.protocol.cluster.InFlightRequest;
import dev.switchboard.protocol.session.SessionSummary;
import java.util.List;

/** What this node knows of itself without asking anyone; thread-safe. */
public interface LocalView {
    /** Where this node's HTTP server is reached. */
    String httpUrl();

    /** Sessions owned by this node now. */
    long sessions();

    /** Requests being served by this node now. */
    List<InFlightRequest> inFlight();

    /** Sessions of this node that match, latest use first. */
    List<SessionSummary> findSessions(String query, int limit);
}
