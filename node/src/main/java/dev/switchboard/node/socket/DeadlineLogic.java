package dev.switchboard.node.socket;

import akka.stream.Shape;
import akka.stream.stage.TimerGraphStageLogic;
import java.time.Duration;

/**
 * Logic of a stage with one deadline that moves with every element and seldom comes. A timer for each of them would cost
 * more than the element, and so does a look once a second at every connection: here the timer runs on when the deadline is
 * lifted or moved to later, and finds out when it rings.
 */
public abstract class DeadlineLogic extends TimerGraphStageLogic {
    private static final String DEADLINE = "deadline";

    private boolean set;
    private long dueAt;
    private boolean runs;
    private long ringsAt;

    /** For a stage of that shape. */
    protected DeadlineLogic(Shape shape) {
        super(shape);
    }

    /** The deadline is {@code time} from now, in place of the one before. */
    protected final void dueIn(Duration time) {
        set = true;
        dueAt = System.nanoTime() + time.toNanos();
        if (!runs || ringsAt - dueAt > 0) {
            start(dueAt, time);
        }
    }

    /** There is no deadline. */
    protected final void lift() {
        set = false;
    }

    /** The deadline has come; it is lifted. */
    protected abstract void onDeadline();

    @Override
    public final void onTimer(Object key) {
        runs = false;
        if (!set) {
            return;
        }
        long left = dueAt - System.nanoTime();
        if (left <= 0) {
            set = false;
            onDeadline();
        } else {
            start(dueAt, Duration.ofNanos(left));
        }
    }

    private void start(long at, Duration time) {
        runs = true;
        ringsAt = at;
        scheduleOnce(DEADLINE, time);
    }
}
