package dev.switchboard.node.http.admin;

import dev.switchboard.protocol.cluster.DashboardEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** The newest counters of every node, summed; a node that is silent for 6 s no longer counts. Not thread-safe. */
final class ClusterCounters {
    private static final Duration SILENT = Duration.ofSeconds(6);

    private final Map<String, Taken> newest = new HashMap<>();

    private record Taken(DashboardEvent.Counters counters, Instant at) {}

    void take(DashboardEvent.Counters counters, Instant now) {
        newest.put(counters.node(), new Taken(counters, now));
    }

    EventRows.Stats sum(Instant now) {
        newest.values().removeIf(taken -> taken.at().plus(SILENT).isBefore(now));
        double perSecond = 0;
        long ended = 0;
        long failed = 0;
        long inFlight = 0;
        long streams = 0;
        for (Taken taken : newest.values()) {
            DashboardEvent.Counters counters = taken.counters();
            perSecond += counters.ended() / counters.seconds();
            ended += counters.ended();
            failed += counters.failed();
            inFlight += counters.inFlight();
            streams += counters.streamsOpen();
        }
        Double successRate = ended == 0 ? null : (double) (ended - failed) / ended;
        return new EventRows.Stats(now, newest.size(), perSecond, successRate, inFlight, streams);
    }
}
