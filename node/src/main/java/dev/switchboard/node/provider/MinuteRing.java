package dev.switchboard.node.provider;

/**
 * Requests and tokens of the last minute in buckets of one second. A count leaves at the end of the 60th second after
 * its own, so that no span of 60 seconds ever holds more than the sums say. Work per call is bounded by the number of
 * buckets, whatever the traffic.
 */
final class MinuteRing {
    static final int SECONDS = 60;
    private static final int SIZE = SECONDS + 1;

    private final long[] requests = new long[SIZE];
    private final long[] tokens = new long[SIZE];
    private long requestSum;
    private long tokenSum;
    private long head;
    private long tick;

    MinuteRing(long nowMillis) {
        head = second(nowMillis);
    }

    static long second(long millis) {
        return Math.floorDiv(millis, 1000L);
    }

    /** Moves to the second of {@code nowMillis}; a clock set back by more than a minute keeps the ages of counts. */
    void advance(long nowMillis) {
        long now = second(nowMillis);
        long steps = now - head;
        if (steps > 0) {
            for (long step = 1; step <= Math.min(steps, SIZE); step++) {
                int at = index(tick + step);
                requestSum -= requests[at];
                tokenSum -= tokens[at];
                requests[at] = 0;
                tokens[at] = 0;
            }
            tick += steps;
            head = now;
        } else if (steps < -SECONDS) {
            head = now;
        }
    }

    long requestSum() {
        return requestSum;
    }

    long tokenSum() {
        return tokenSum;
    }

    /** The bucket of this moment, for {@link #add} and {@link #take}. */
    long tick() {
        return tick;
    }

    /** The bucket of a second in epoch time; one in the future is this moment's. */
    long tickOf(long second) {
        return tick - Math.max(0, head - second);
    }

    /** Adds to a bucket; one that has left the minute is ignored. */
    void add(long bucket, long requestCount, long tokenCount) {
        if (tick - bucket < SIZE) {
            int at = index(bucket);
            requests[at] += requestCount;
            requestSum += requestCount;
            tokens[at] += tokenCount;
            tokenSum += tokenCount;
        }
    }

    /** Takes back from a bucket what was added to it, never more than it holds. */
    void take(long bucket, long requestCount, long tokenCount) {
        if (tick - bucket < SIZE) {
            int at = index(bucket);
            add(bucket, -Math.min(requests[at], requestCount), -Math.min(tokens[at], tokenCount));
        }
    }

    /** When enough requests will have left for one more under {@code limit}, in epoch milliseconds. */
    long requestRoomAt(long limit) {
        return roomAt(requests, requestSum + 1 - limit);
    }

    /** When enough tokens will have left for {@code need} more under {@code limit}, in epoch milliseconds. */
    long tokenRoomAt(long limit, long need) {
        return roomAt(tokens, tokenSum + need - limit);
    }

    /** What the bucket {@code age} seconds ago holds. */
    long requestsAt(int age) {
        return requests[index(tick - age)];
    }

    long tokensAt(int age) {
        return tokens[index(tick - age)];
    }

    /** The second that the newest bucket stands for, in epoch time. */
    long head() {
        return head;
    }

    private long roomAt(long[] counts, long excess) {
        long left = excess;
        for (int age = SECONDS; age >= 0; age--) {
            left -= counts[index(tick - age)];
            if (left <= 0) {
                return (head - age + SIZE) * 1000L;
            }
        }
        return Block.NEVER;
    }

    private static int index(long bucket) {
        return (int) Math.floorMod(bucket, (long) SIZE);
    }
}
