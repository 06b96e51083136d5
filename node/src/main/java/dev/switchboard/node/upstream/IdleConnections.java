package dev.switchboard.node.upstream;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How many connections to each destination each event loop has, and how many of them wait unused. A request goes to where one
 * waits, on its own event loop first: a new connection costs round trips and a handshake, another thread some microseconds.
 * Where none waits and its own event loop may have no more, it goes to the one that has fewest. Thread-safe; what it says may
 * be over a moment later.
 */
final class IdleConnections {
    private final List<EventLoop> loops;
    private final Map<HttpClient.PoolKey, Counts> all = new ConcurrentHashMap<>();

    IdleConnections(List<EventLoop> loops) {
        this.loops = loops;
    }

    private static final class Counts {
        private final AtomicIntegerArray idle;
        private final AtomicIntegerArray open;
        private int pools;

        private Counts(int loops) {
            idle = new AtomicIntegerArray(loops);
            open = new AtomicIntegerArray(loops);
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

        /** So many wait. */
        void are(int idle) {
            counts.idle.set(loop, idle);
        }

        /** So many are open or are being opened. */
        void areOpen(int open) {
            counts.open.set(loop, open);
        }

        /** The pool is no more. */
        void end() {
            are(0);
            areOpen(0);
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

    /** The event loop to send on for a caller on {@code here}; none has more than {@code most}. */
    EventLoop nearest(HttpClient.PoolKey key, EventLoop here, int most) {
        Counts counts = all.get(key);
        if (counts == null) {
            return here;
        }
        int own = loops.indexOf(here);
        int waits = -1;
        int fewest = own;
        for (int i = 0; i < loops.size(); i++) {
            if (counts.idle.get(i) > 0 && (waits < 0 || i == own)) {
                waits = i;
            }
            if (fewest < 0 || counts.open.get(i) < counts.open.get(fewest)) {
                fewest = i;
            }
        }
        if (waits >= 0) {
            return loops.get(waits);
        }
        return own >= 0 && counts.open.get(own) < most ? here : loops.get(fewest);
    }

    /** Destinations that it knows. */
    int size() {
        return all.size();
    }
}
