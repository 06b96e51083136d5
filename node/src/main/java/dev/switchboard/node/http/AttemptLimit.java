package dev.switchboard.node.http;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * Bounds attempts by address. Each node lets through its share of the cluster's limit, so that whoever tries all nodes has
 * no more attempts than the limit, and no node asks another. Thread-safe; remembers a bounded number of addresses.
 */
public final class AttemptLimit {
    private static final int MOST_ADDRESSES = 10_000;

    private final int limit;
    private final Duration window;
    private final IntSupplier nodes;
    private final Clock clock;
    private final Map<String, Tries> byAddress = new LinkedHashMap<>(16, 0.75f, true);

    private record Tries(int count, long since) {}

    /**
     * At most {@code limit} attempts in a window, in the whole cluster.
     *
     * @param nodes how many nodes take requests now
     */
    public AttemptLimit(int limit, Duration window, IntSupplier nodes, Clock clock) {
        this.limit = limit;
        this.window = window;
        this.nodes = nodes;
        this.clock = clock;
    }

    /** Counts an attempt; 0 where it may be made, else the seconds until the next may. */
    public synchronized long begin(String address) {
        long now = clock.millis();
        Tries tries = byAddress.get(address);
        if (tries == null || now - tries.since() >= window.toMillis()) {
            tries = new Tries(0, now);
        }
        if (tries.count() >= share()) {
            return Math.max(1, (tries.since() + window.toMillis() - now + 999) / 1000);
        }
        byAddress.put(address, new Tries(tries.count() + 1, tries.since()));
        if (byAddress.size() > MOST_ADDRESSES) {
            byAddress.remove(byAddress.keySet().iterator().next());
        }
        return 0;
    }

    /** The attempt was a good one: the address starts anew. */
    public synchronized void succeeded(String address) {
        byAddress.remove(address);
    }

    private int share() {
        return Math.max(1, limit / Math.max(1, nodes.getAsInt()));
    }
}
