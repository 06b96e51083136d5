package dev.switchboard.node.upstream;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How many connections to each destination wait unused on each event loop. A request goes to where one waits, on its own event
 * loop first: a new connection costs round trips and a handshake, another thread some microseconds. Thread-safe; what it says
 * may be over a moment later.
 */
final class IdleConnections {
    private final List<EventLoop> loops;
    private final Map<HttpClient.PoolKey, Counts> all = new ConcurrentHashMap<>();

    IdleConnections(List<EventLoop> loops) {
        this.loops = loops;
    }

    private static final class Counts {
        private final AtomicIntegerArray idle;
        private int pools;

        private Counts(int loops) {
            idle = new AtomicIntegerArray(loops);
        }
    }

    /** What one pool has. */
    final class Share {
        private final HttpClient.PoolKey key;
        private final Counts counts;
        private final int loop;

        private Share(HttpClient.PoolKey key, Counts counts, int loop) {
            this.key = key;
            this.counts = counts;
            this.loop = loop;
        }

        /** It has that many. */
        void are(int idle) {
            counts.idle.set(loop, idle);
        }

        /** The pool is no more. */
        void end() {
            are(0);
            all.computeIfPresent(key, (same, shared) -> --shared.pools == 0 ? null : shared);
        }
    }

    /** A new pool's share. */
    Share share(HttpClient.PoolKey key, EventLoop loop) {
        Counts counts = all.compute(key, (same, shared) -> {
            Counts joined = shared == null ? new Counts(loops.size()) : shared;
            joined.pools++;
            return joined;
        });
        return new Share(key, counts, loops.indexOf(loop));
    }

    /** The event loop to send on for a caller on {@code here}. */
    EventLoop nearest(HttpClient.PoolKey key, EventLoop here) {
        Counts counts = all.get(key);
        EventLoop found = here;
        for (int i = 0; counts != null && i < loops.size(); i++) {
            if (counts.idle.get(i) > 0) {
                if (loops.get(i) == here) {
                    return here;
                }
                found = loops.get(i);
            }
        }
        return found;
    }

    /** Destinations that it knows. */
    int size() {
        return all.size();
    }
}
