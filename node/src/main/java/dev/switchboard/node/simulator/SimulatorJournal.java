package dev.switchboard.node.simulator;

import akka.util.ByteString;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What a simulator has seen, and what is open right now. Thread-safe; remembers a bounded number of requests. */
public final class SimulatorJournal {
    private final int capacity;
    private final Clock clock;
    private final Deque<Seen> seen = new ArrayDeque<>();
    private final Deque<Cancelled> cancelled = new ArrayDeque<>();
    private final Map<String, Gauge> platforms = new ConcurrentHashMap<>();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong cancels = new AtomicLong();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger streams = new AtomicInteger();

    SimulatorJournal(int capacity, Clock clock) {
        this.capacity = capacity;
        this.clock = clock;
    }

    /**
     * One request.
     *
     * @param at when its body was there
     * @param platform first path segment
     * @param model model id, empty where the request names none
     * @param key the caller's key as sent, empty for none
     * @param stream whether it asked for a stream
     * @param headers names in lower case
     * @param bytes the body
     * @param fault what was ordered for it, see {@link Fault#toString}; empty for nothing
     */
    public record Seen(
            Instant at,
            String platform,
            String method,
            String path,
            String model,
            String key,
            boolean stream,
            Map<String, String> headers,
            ByteString bytes,
            String fault) {
        /** The body as text. */
        public String body() {
            return bytes.utf8String();
        }
    }

    /**
     * One request whose client went away before the response was complete.
     *
     * @param at when it was noticed
     * @param begun whether response headers had been sent
     */
    public record Cancelled(Instant at, String platform, String model, boolean begun) {}

    /**
     * Load of one platform.
     *
     * @param requests requests so far
     * @param open requests not yet answered to the end
     * @param peak most requests ever open at once
     */
    public record Load(long requests, int open, int peak) {}

    /** The requests remembered, oldest first. */
    public List<Seen> requests() {
        synchronized (seen) {
            return List.copyOf(seen);
        }
    }

    /** The requests remembered of one platform, oldest first. */
    public List<Seen> requests(String platform) {
        return requests().stream()
                .filter(each -> each.platform().equals(platform))
                .toList();
    }

    /** The last requests whose client went away, oldest first. */
    public List<Cancelled> cancelled() {
        synchronized (cancelled) {
            return List.copyOf(cancelled);
        }
    }

    /** Number of requests since the start or the last {@link #clear}. */
    public long requestCount() {
        return requests.get();
    }

    /** Number of requests whose client went away, since the start or the last {@link #clear}. */
    public long cancelledCount() {
        return cancels.get();
    }

    /** TCP connections open now, idle ones of a client's pool included. */
    public int openConnections() {
        return connections.get();
    }

    /** Requests not yet answered to the end, now. */
    public int openRequests() {
        return open.get();
    }

    /** Streamed responses begun and not ended, now. */
    public int openStreams() {
        return streams.get();
    }

    /** Load of every platform that was called, by name. */
    public Map<String, Load> loads() {
        Map<String, Load> loads = new TreeMap<>();
        platforms.forEach((name, gauge) -> loads.put(name, gauge.read()));
        return loads;
    }

    /** Load of one platform. */
    public Load load(String platform) {
        Gauge gauge = platforms.get(platform);
        return gauge == null ? new Load(0, 0, 0) : gauge.read();
    }

    /** Forgets requests, cancels, counts and peaks; what is open stays counted. */
    public void clear() {
        synchronized (seen) {
            seen.clear();
        }
        synchronized (cancelled) {
            cancelled.clear();
        }
        requests.set(0);
        cancels.set(0);
        platforms.values().forEach(Gauge::reset);
    }

    void record(Seen entry) {
        requests.incrementAndGet();
        synchronized (seen) {
            if (seen.size() == capacity) {
                seen.removeFirst();
            }
            seen.addLast(entry);
        }
    }

    void connection(int delta) {
        connections.addAndGet(delta);
    }

    void begin(String platform) {
        open.incrementAndGet();
        platforms.computeIfAbsent(platform, name -> new Gauge()).begin();
    }

    void stream(int delta) {
        streams.addAndGet(delta);
    }

    void end(String platform) {
        open.decrementAndGet();
        Gauge gauge = platforms.get(platform);
        if (gauge != null) {
            gauge.end();
        }
    }

    void cancel(String platform, @Nullable String model, boolean begun) {
        cancels.incrementAndGet();
        synchronized (cancelled) {
            if (cancelled.size() == capacity) {
                cancelled.removeFirst();
            }
            cancelled.addLast(new Cancelled(clock.instant(), platform, model == null ? "" : model, begun));
        }
    }

    Instant now() {
        return clock.instant();
    }

    /** Open requests of a platform and their peak. */
    private static final class Gauge {
        private long requests;
        private int open;
        private int peak;

        synchronized void begin() {
            requests++;
            open++;
            peak = Math.max(peak, open);
        }

        synchronized void end() {
            open--;
        }

        synchronized void reset() {
            requests = 0;
            peak = open;
        }

        synchronized Load read() {
            return new Load(requests, open, peak);
        }
    }
}
