package dev.switchboard.node.relay;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.stream.stage.TimerGraphStageLogic;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Fails the stream with {@link Stalled} when the consumer has waited for content for the given time. Only waiting counts:
 * time in which nobody asks for the next element is a slow reader, not a stall; and elements that are not content do not
 * start the time anew (behaviour.md §5).
 */
public final class StallGuard<T> extends GraphStage<FlowShape<T, T>> {
    private static final Object DUE = "due";
    private static final Duration SHORTEST = Duration.ofMillis(10);

    private final Inlet<T> in = Inlet.create("StallGuard.in");
    private final Outlet<T> out = Outlet.create("StallGuard.out");
    private final Duration limit;
    private final Predicate<T> content;
    private final LongSupplier nanos;

    /** Nothing that counts as content came while it was waited for. */
    public static final class Stalled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** After that limit. */
        public Stalled(Duration limit) {
            super("no content for " + limit.toMillis() + " ms", null, false, false);
        }
    }

    /** A guard with the system's clock. */
    public StallGuard(Duration limit, Predicate<T> content) {
        this(limit, content, System::nanoTime);
    }

    StallGuard(Duration limit, Predicate<T> content, LongSupplier nanos) {
        this.limit = limit;
        this.content = content;
        this.nanos = nanos;
    }

    @Override
    public FlowShape<T, T> shape() {
        return FlowShape.of(in, out);
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends TimerGraphStageLogic {
        private long waitedBefore;
        private long waitingSince;
        private boolean waiting;

        Logic() {
            super(shape());
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    T element = grab(in);
                    waitedBefore = content.test(element) ? 0 : waited();
                    waiting = false;
                    push(out, element);
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    waiting = true;
                    waitingSince = nanos.getAsLong();
                    pull(in);
                }
            });
        }

        @Override
        public void preStart() {
            scheduleOnce(DUE, limit);
        }

        /** One timer at a time, set to when the limit can be reached at the earliest: thousands of streams tick in vain. */
        @Override
        public void onTimer(Object key) {
            Duration left = limit.minusNanos(waited());
            if (left.isNegative() || left.isZero()) {
                failStage(new Stalled(limit));
            } else {
                scheduleOnce(DUE, left.compareTo(SHORTEST) < 0 ? SHORTEST : left);
            }
        }

        private long waited() {
            return waitedBefore + (waiting ? nanos.getAsLong() - waitingSince : 0);
        }
    }
}
