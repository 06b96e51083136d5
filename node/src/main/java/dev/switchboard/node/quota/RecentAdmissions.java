package dev.switchboard.node.quota;

import dev.switchboard.protocol.domain.ApiKeyId;
import dev.switchboard.protocol.quota.QuotaCommand.Admission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The requests that API keys' owners let in through this node last: what an owner counted of them is lost when its node is
 * killed before the next save, and then told again from here. Thread-safe.
 */
final class RecentAdmissions {
    /** Five seconds, the time between two saves, at 1,600 requests a second; two megabytes. */
    static final int KEPT = 8192;

    private record Kept(ApiKeyId key, Admission admission) {}

    private final Map<String, Kept> kept = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Kept> eldest) {
            return size() > KEPT;
        }
    };

    /** A request was let in. */
    synchronized void admitted(ApiKeyId key, Admission admission) {
        kept.put(admission.ticket(), new Kept(key, admission));
    }

    /** A request has ended. */
    synchronized void settled(String ticket, long tokens) {
        kept.computeIfPresent(ticket, (same, running) -> {
            Admission was = running.admission();
            return new Kept(running.key(), new Admission(ticket, was.grant(), was.reserved(), was.at(), tokens));
        });
    }

    /** Those of one key. */
    synchronized List<Admission> of(ApiKeyId key) {
        List<Admission> found = new ArrayList<>();
        for (Kept each : kept.values()) {
            if (each.key().equals(key)) {
                found.add(each.admission());
            }
        }
        return found;
    }
}
