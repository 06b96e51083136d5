package dev.switchboard.node.http;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The memory that request bodies may take on this node: each by itself, and all in flight together. What does not fit is
 * refused before the heap is spent. A counter without a lock; thread-safe.
 */
public final class BodyBudget {
    private final long each;
    private final long all;
    private final AtomicLong held = new AtomicLong();
    private final LongAdder refused = new LongAdder();

    /**
     * An empty node.
     *
     * @param each the most bytes of one body
     * @param all the most bytes of all bodies together
     */
    public BodyBudget(long each, long all) {
        this.each = each;
        this.all = all;
    }

    /** The most bytes of one body. */
    long each() {
        return each;
    }

    /** The most bytes of all bodies together. */
    public long all() {
        return all;
    }

    /** Bytes that bodies take now. */
    public long held() {
        return held.get();
    }

    /** How many requests were refused for want of room. */
    public long refused() {
        return refused.sum();
    }

    /** A share for one request, empty. */
    Share share() {
        return new Share();
    }

    /** What one request's body takes, until it is released; thread-safe. */
    final class Share {
        private static final long RELEASED = -1;

        private final AtomicLong mine = new AtomicLong();

        private Share() {}

        /** Takes more; false, and nothing is taken, where there is no room or the share was released. */
        boolean grow(long bytes) {
            long now = held.addAndGet(bytes);
            // A request that is alone always has room, whatever the settings.
            if (now > all && now - bytes > mine.get()) {
                held.addAndGet(-bytes);
                refused.increment();
                return false;
            }
            return keep(bytes);
        }

        /** Takes more whether or not there is room: for operators, who must get in while strangers fill the node. */
        boolean force(long bytes) {
            held.addAndGet(bytes);
            return keep(bytes);
        }

        private boolean keep(long bytes) {
            long before;
            do {
                before = mine.get();
                if (before == RELEASED) {
                    held.addAndGet(-bytes);
                    return false;
                }
            } while (!mine.compareAndSet(before, before + bytes));
            return true;
        }

        /** Gives everything back, for good; once is enough. */
        void release() {
            long before = mine.getAndSet(RELEASED);
            if (before > 0) {
                held.addAndGet(-before);
            }
        }
    }
}
