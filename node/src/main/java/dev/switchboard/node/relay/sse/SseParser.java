package dev.switchboard.node.relay.sse;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * Bytes to server-sent events. Memory is bounded by the cap plus one upstream chunk; an event over the cap fails the stream
 * with {@link SseTooLarge}.
 */
public final class SseParser extends GraphStage<FlowShape<ByteString, SseEvent>> {
    private final Inlet<ByteString> in = Inlet.create("SseParser.in");
    private final Outlet<SseEvent> out = Outlet.create("SseParser.out");
    private final int maxEventBytes;

    /** A parser whose events and lines are at most so many bytes. */
    public SseParser(int maxEventBytes) {
        this.maxEventBytes = maxEventBytes;
    }

    /** The events of bytes that are all there; throws {@link SseTooLarge} for one over the cap. */
    public static List<SseEvent> all(ByteString bytes, int maxEventBytes) {
        List<SseEvent> events = new ArrayList<>();
        SseDecoder decoder = new SseDecoder(maxEventBytes);
        decoder.feed(bytes, events::add);
        decoder.finish(events::add);
        return events;
    }

    @Override
    public FlowShape<ByteString, SseEvent> shape() {
        return FlowShape.of(in, out);
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic {
        private final SseDecoder decoder = new SseDecoder(maxEventBytes);
        private final Queue<SseEvent> ready = new ArrayDeque<>();

        Logic() {
            super(shape());
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    try {
                        decoder.feed(grab(in), ready::add);
                        deliver();
                    } catch (SseTooLarge e) {
                        failStage(e);
                    }
                }

                @Override
                public void onUpstreamFinish() {
                    decoder.finish(ready::add);
                    if (ready.isEmpty()) {
                        completeStage();
                    } else if (isAvailable(out)) {
                        deliver();
                    }
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    deliver();
                }
            });
        }

        private void deliver() {
            SseEvent next = ready.poll();
            if (next != null) {
                push(out, next);
            }
            if (isClosed(in)) {
                if (ready.isEmpty()) {
                    completeStage();
                }
            } else if (next == null && !hasBeenPulled(in)) {
                pull(in);
            }
        }
    }
}
