package dev.switchboard.node.turn;

import akka.actor.typed.javadsl.TimerScheduler;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A timer that is set for every request and seldom has to ring. The scheduler holds each one until its time, a cancelled one too,
 * so this one runs on when it is cancelled or set to a later time, and finds out when it rings.
 */
final class LazyTimer {
    private final TimerScheduler<TurnMessage> timers;
    private final LongSupplier nanoTime;
    private final TurnEvent event;
    private boolean set;
    private long dueAt;
    private boolean runs;
    private boolean runsForAnEarlierOne;
    private long ringsAt;

    /** Rings by that message; whoever gets it asks {@link #rang}. */
    LazyTimer(TimerScheduler<TurnMessage> timers, LongSupplier nanoTime, TurnEvent event) {
        this.timers = timers;
        this.nanoTime = nanoTime;
        this.event = event;
    }

    /** Its time comes after {@code time} in place of what was set before. */
    void set(Duration time) {
        set = true;
        dueAt = nanoTime.getAsLong() + time.toNanos();
        runsForAnEarlierOne = runs;
        if (!runs || ringsAt - dueAt > 0) {
            start(time);
        }
    }

    private void start(Duration time) {
        runs = true;
        runsForAnEarlierOne = false;
        ringsAt = nanoTime.getAsLong() + time.toNanos();
        timers.startSingleTimer(event, event, time);
    }

    /** Its time does not come. */
    void cancel() {
        set = false;
    }

    /** It has rung: whether the time has come that it was set to. If that is still to come, it will ring again. */
    boolean rang() {
        runs = false;
        if (!set) {
            return false;
        }
        // Where it was started for just this time, the scheduler's clock counts, not a second one that may differ a
        // little.
        long left = runsForAnEarlierOne ? dueAt - nanoTime.getAsLong() : 0;
        if (left > 0) {
            start(Duration.ofNanos(left));
            return false;
        }
        set = false;
        return true;
    }
}
