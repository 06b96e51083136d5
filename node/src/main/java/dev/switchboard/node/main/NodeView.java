package dev.switchboard.node.main;

import dev.switchboard.node.cluster.LocalView;
import dev.switchboard.node.session.SessionIndex;
import dev.switchboard.node.turn.InFlight;
import dev.switchboard.protocol.cluster.InFlightRequest;
import dev.switchboard.protocol.session.SessionSummary;
import java.util.List;
import java.util.function.Supplier;

/** This node as its agent reports it to the others. */
final class NodeView implements LocalView {
    private final String node;
    private final Supplier<String> httpUrl;
    private final InFlight inFlight;
    private final SessionIndex sessions;

    NodeView(String node, Supplier<String> httpUrl, InFlight inFlight, SessionIndex sessions) {
        this.node = node;
        this.httpUrl = httpUrl;
        this.inFlight = inFlight;
        this.sessions = sessions;
    }

    @Override
    public String httpUrl() {
        return httpUrl.get();
    }

    @Override
    public long sessions() {
        return sessions.count();
    }

    @Override
    public List<InFlightRequest> inFlight() {
        return inFlight.list(node);
    }

    @Override
    public List<SessionSummary> findSessions(String query, int limit) {
        return sessions.search(query, limit);
    }
}
