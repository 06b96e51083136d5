package dev.switchboard.node.http;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.stream.stage.TimerGraphStageLogic;
import akka.util.ByteString;
import java.util.function.LongConsumer;

/**
 * Counts a request's body of unknown length. What comes above the limit is passed over, kept nowhere, as {@link UnreadBody}
 * does and for its reason: until it ends or pauses, or enough was passed over. For one body; by the stream's thread, but for
 * {@link #isExceeded}, which is asked after the stream.
 */
final class BodyMeter extends GraphStage<FlowShape<ByteString, ByteString>> {
    private final Inlet<ByteString> in = Inlet.create("BodyMeter.in");
    private final Outlet<ByteString> out = Outlet.create("BodyMeter.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final long most;
    private final LongConsumer hold;
    private long taken;
    private long exceededAt;
    private boolean exceeded;

    /** {@code hold} takes room for so many bytes more, or throws. */
    BodyMeter(long most, LongConsumer hold) {
        this.most = most;
        this.hold = hold;
    }

    /** Whether the body was larger than the limit. */
    boolean isExceeded() {
        return exceeded;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private boolean isWithinLimit(ByteString part) {
        taken += part.size();
        if (taken <= most) {
            hold.accept(part.size());
            return true;
        }
        long now = System.nanoTime();
        if (!exceeded) {
            exceeded = true;
            exceededAt = now;
        }
        if (taken - most > UnreadBody.MOST || now - exceededAt > UnreadBody.LONGEST.toNanos()) {
            throw new IllegalStateException("more than is passed over");
        }
        return false;
    }

    private final class Logic extends TimerGraphStageLogic {
        private Logic() {
            super(shape);
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    take(grab(in));
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    pull(in);
                }
            });
        }

        private void take(ByteString part) {
            try {
                pass(part);
            } catch (RuntimeException refusal) {
                // Thrown on, it would be logged as an error of this stage.
                failStage(refusal);
            }
        }

        private void pass(ByteString part) {
            if (!isWithinLimit(part)) {
                scheduleOnce(UnreadBody.QUIET, UnreadBody.QUIET);
                pull(in);
            } else if (part.isEmpty()) {
                // A chunk of nothing would break the stream.
                pull(in);
            } else {
                push(out, part);
            }
        }

        @Override
        public void onTimer(Object quiet) {
            failStage(new IllegalStateException("nothing more has come"));
        }
    }
}
