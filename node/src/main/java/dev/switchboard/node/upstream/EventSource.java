package dev.switchboard.node.upstream;

import akka.stream.Attributes;
import akka.stream.Outlet;
import akka.stream.SourceShape;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;
import dev.switchboard.node.relay.RelayEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What is still to come of a streamed answer, as a stream. Bytes that nobody has taken yet are bounded: above a mark, nothing
 * is read from the connection. Who cancels the stream gives up the exchange.
 */
final class EventSource extends GraphStage<SourceShape<RelayEvent>> {
    private static final long HIGH = 128 * 1024;
    private static final long LOW = 32 * 1024;
    private static final int FEW = 2;

    private final Outlet<RelayEvent> out = Outlet.create("Events.out");
    private final Exchange exchange;
    private final EventReader events;

    /** Goes on where {@code events} is. */
    EventSource(Exchange exchange, EventReader events) {
        this.exchange = exchange;
        this.events = events;
    }

    @Override
    public SourceShape<RelayEvent> shape() {
        return SourceShape.of(out);
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    /** The body is over; {@code failure} is null where it is whole. */
    private record End(@Nullable Throwable failure) {}

    /** What the connection gave, and the end of the body where it is reached. */
    private record Came(List<ByteString> parts, @Nullable End end) {}

    private final class Logic extends GraphStageLogic implements BodyReader {
        private final Queue<ByteString> waiting = new ArrayDeque<>(FEW);
        /** The event loop's. */
        private List<ByteString> read = new ArrayList<>(FEW);

        private final AtomicLong ahead = new AtomicLong();
        private final AsyncCallback<Came> onCame = createAsyncCallback(this::add);

        private @Nullable End end;
        private boolean finished;

        Logic() {
            super(shape());
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    deliver();
                }
            });
        }

        @Override
        public void preStart() {
            exchange.read(this);
        }

        /** What one read gave goes to the stream at once: handing over costs more than what is handed over. */
        @Override
        public void part(ByteString bytes) {
            read.add(bytes);
            if (ahead.addAndGet(bytes.length()) > HIGH) {
                exchange.pause();
            }
        }

        @Override
        public void pause() {
            if (!read.isEmpty()) {
                give(null);
            }
        }

        @Override
        public void end() {
            give(new End(null));
        }

        @Override
        public void broken(Throwable why) {
            give(new End(why));
        }

        private void give(@Nullable End over) {
            onCame.invoke(new Came(read, over));
            read = new ArrayList<>(FEW);
        }

        private void add(Came came) {
            waiting.addAll(came.parts());
            end = came.end();
            if (end != null && end.failure() instanceof Abandoned) {
                failStage(end.failure());
            } else if (isAvailable(out)) {
                // What came before the connection broke belongs to the answer.
                deliver();
            }
        }

        private void deliver() {
            try {
                RelayEvent next = next();
                if (next != null) {
                    push(out, next);
                } else if (end != null && end.failure() != null) {
                    failStage(end.failure());
                } else if (end != null) {
                    completeStage();
                }
            } catch (RuntimeException e) {
                failStage(e);
            }
        }

        private @Nullable RelayEvent next() {
            RelayEvent next = events.next();
            while (next == null) {
                ByteString bytes = take();
                if (bytes == null) {
                    break;
                }
                events.add(bytes);
                next = events.next();
            }
            if (next == null && end != null && end.failure() == null && !finished) {
                finished = true;
                events.finish();
                next = events.next();
            }
            return next;
        }

        private @Nullable ByteString take() {
            ByteString next = waiting.poll();
            if (next != null) {
                long before = ahead.getAndAdd(-next.length());
                if (before > LOW && before - next.length() <= LOW) {
                    exchange.resume();
                }
            }
            return next;
        }

        @Override
        public void postStop() {
            if (end == null) {
                exchange.abort(Abandoned.cancelled());
            }
            events.close();
        }
    }
}
