package dev.switchboard.node.turn;

import dev.switchboard.protocol.cluster.InFlightRequest;
import dev.switchboard.protocol.domain.ModelRef;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The requests that this node is serving now; thread-safe. */
public final class InFlight {
    private final Set<Entry> entries = ConcurrentHashMap.newKeySet();
    private final LongAdder streams = new LongAdder();

    /** One request while it lasts. */
    static final class Entry {
        private final TurnRequest request;
        private final Instant startedAt;
        private final LongAdder chunks = new LongAdder();
        private volatile @Nullable ModelRef model;
        private volatile boolean leased;

        private Entry(TurnRequest request, Instant startedAt) {
            this.request = request;
            this.startedAt = startedAt;
        }

        void leased(ModelRef now) {
            model = now;
            leased = true;
        }

        void released() {
            leased = false;
        }

        void countChunk() {
            chunks.increment();
        }
    }

    Entry begin(TurnRequest request, Instant now) {
        Entry entry = new Entry(request, now);
        entries.add(entry);
        if (request.chat().stream()) {
            streams.increment();
        }
        return entry;
    }

    void end(Entry entry) {
        if (entries.remove(entry) && entry.request.chat().stream()) {
            streams.decrement();
        }
    }

    /** How many requests are in flight. */
    public int count() {
        return entries.size();
    }

    /** How many of them hold a lease. */
    public long leases() {
        return entries.stream().filter(entry -> entry.leased).count();
    }

    /** How many of them are streams. */
    public long streams() {
        return streams.sum();
    }

    /** All of them; {@code node} is this node's address. */
    public List<InFlightRequest> list(String node) {
        return entries.stream()
                .map(entry -> new InFlightRequest(
                        entry.request.requestId(),
                        entry.model,
                        entry.request.session(),
                        node,
                        entry.startedAt,
                        entry.request.chat().stream(),
                        entry.chunks.sum()))
                .toList();
    }
}
