package dev.switchboard.node.statistics;

import dev.switchboard.protocol.statistics.StatisticsCommand.BucketDelta;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What waits to be written: log rows up to a bound, beyond which the oldest are dropped and counted, and bucket sums, which
 * need no bound. One batch at a time is out; it counts towards the bound until it is written. Only {@link #dropped} may be
 * read from other threads.
 */
final class LogBuffer {
    private final int capacity;
    private final Deque<LogRow> rows = new ArrayDeque<>();
    private final DeltaSum deltas = new DeltaSum();
    private final AtomicLong dropped;
    private Batch out = Batch.EMPTY;

    /** Holds at most {@code capacity} rows; counts what it drops in {@code dropped}. */
    LogBuffer(int capacity, AtomicLong dropped) {
        this.capacity = capacity;
        this.dropped = dropped;
    }

    void add(LogRow row) {
        rows.addLast(row);
        trim();
    }

    void add(BucketDelta delta) {
        deltas.add(delta);
    }

    /** Rows that wait, without those of the batch that is out. */
    int waiting() {
        return rows.size();
    }

    boolean isEmpty() {
        return rows.isEmpty() && deltas.isEmpty() && out.isEmpty();
    }

    /** Own sums that are not in the database. */
    List<BucketDelta> unwritten() {
        DeltaSum all = new DeltaSum();
        all.addAll(out.deltas());
        all.addAll(deltas.peek());
        return all.peek();
    }

    /** Takes out the oldest rows, at most {@code max}, and all sums. Call only after the last batch was settled. */
    Batch take(int max) {
        List<LogRow> taken = new ArrayList<>(Math.min(max, rows.size()));
        while (taken.size() < max && !rows.isEmpty()) {
            taken.add(rows.removeFirst());
        }
        out = new Batch(List.copyOf(taken), deltas.drain());
        return out;
    }

    /** The batch is in the database, but for {@code refused} rows that it would not take. */
    void written(int refused) {
        out = Batch.EMPTY;
        drop(refused);
    }

    /** The batch could not be written: it waits again, before everything newer. */
    void failed() {
        for (int i = out.rows().size() - 1; i >= 0; i--) {
            rows.addFirst(out.rows().get(i));
        }
        deltas.addAll(out.deltas());
        out = Batch.EMPTY;
        trim();
    }

    /** Rows lost so far. */
    long dropped() {
        return dropped.get();
    }

    private void trim() {
        while (!rows.isEmpty() && rows.size() + out.rows().size() > capacity) {
            rows.removeFirst();
            drop(1);
        }
    }

    private void drop(int count) {
        dropped.addAndGet(count);
    }

    /** What one write takes along. */
    record Batch(List<LogRow> rows, List<BucketDelta> deltas) {
        static final Batch EMPTY = new Batch(List.of(), List.of());

        boolean isEmpty() {
            return rows.isEmpty() && deltas.isEmpty();
        }
    }
}
