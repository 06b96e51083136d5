package dev.switchboard.node.upstream;

import akka.NotUsed;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import dev.switchboard.node.relay.AnswerOpening;
import dev.switchboard.node.relay.AnswerStage;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.StallGuard;
import dev.switchboard.node.relay.StreamEnd;
import dev.switchboard.protocol.domain.Failure;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads a streamed answer on its event loop until it commits or fails; a stream of its own for these few events would cost
 * as much as the rest of the answer. After the commit the client's stream reads on, where {@link StallGuard} and
 * {@link AnswerStage} go on with what is known here. A body that begins as JSON is none of its business and left to another
 * reader, from its first byte on.
 */
final class StreamOpening implements BodyReader {
    /** How many reads of nothing but blanks may come before JSON. */
    private static final int MOST_BLANK = 64;

    private final Exchange exchange;
    private final EventReader events;
    private final AnswerOpening opening;
    private final Duration stall;
    private final CompletableFuture<AttemptStart> result;
    private final Runnable whole;
    private final List<ByteString> blank = new ArrayList<>(0);
    private boolean begun;
    private ScheduledFuture<?> check;
    private @Nullable ScheduledFuture<?> grace;
    private long waitingSince = System.nanoTime();
    private boolean over;

    /**
     * Completes {@code result} with the commit or the failure, or runs {@code whole} where the body is JSON; made on the event
     * loop.
     */
    StreamOpening(
            Exchange exchange,
            EventReader events,
            AnswerOpening opening,
            Duration stall,
            CompletableFuture<AttemptStart> result,
            Runnable whole) {
        this.exchange = exchange;
        this.events = events;
        this.opening = opening;
        this.stall = stall;
        this.result = result;
        this.whole = whole;
        this.check = exchange.loop().schedule(this::check, stall.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void part(ByteString bytes) {
        if (over) {
            return;
        }
        try {
            events.add(bytes);
            advance();
            if (!begun && !over) {
                begin(bytes);
            }
        } catch (RuntimeException e) {
            give(e);
        }
    }

    private void begin(ByteString bytes) {
        blank.add(bytes);
        begun = events.hasBegun() || blank.size() == MOST_BLANK;
        if (events.isDocument()) {
            over = true;
            check.cancel(false);
            events.close();
            exchange.unread(blank);
            whole.run();
        } else if (begun) {
            blank.clear();
        }
    }

    private void advance() {
        for (RelayEvent next = events.next(); next != null; next = events.next()) {
            if (isContent(next)) {
                waitingSince = System.nanoTime();
            }
            opening.accept(next);
            if (opening.decided()) {
                decide();
                return;
            }
        }
        if (opening.finished() && grace == null) {
            grace = exchange.loop().schedule(this::endGrace, AnswerStage.GRACE.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Whether an event shows that the model is at work. */
    private static boolean isContent(RelayEvent event) {
        return !(event instanceof RelayEvent.Chunk chunk)
                ? event != RelayEvent.Skipped.SKIPPED
                : chunk.facts().content() || chunk.facts().finish();
    }

    private void endGrace() {
        grace = null;
        if (!over && opening.finished()) {
            opening.closed();
            decide();
        }
    }

    private void check() {
        if (over) {
            return;
        }
        long left = stall.toNanos() - (System.nanoTime() - waitingSince);
        if (left <= 0) {
            give(new StallGuard.Stalled(stall));
        } else {
            check = exchange.loop().schedule(this::check, left, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void end() {
        if (over) {
            return;
        }
        try {
            events.finish();
            advance();
            if (!over) {
                opening.closed();
                decide();
            }
        } catch (RuntimeException e) {
            give(e);
        }
    }

    @Override
    public void broken(Throwable why) {
        if (!over) {
            give(why);
        }
    }

    private void give(Throwable why) {
        opening.broke(why);
        decide();
    }

    private void decide() {
        over = true;
        check.cancel(false);
        if (grace != null) {
            grace.cancel(false);
        }
        Failure failure = opening.failure();
        if (failure != null) {
            events.close();
            exchange.end(Abandoned.cancelled());
            result.complete(new AttemptStart.Failed(failure));
            return;
        }
        CompletableFuture<StreamEnd> end = new CompletableFuture<>();
        exchange.leave(HttpAttempt.UNCLAIMED, () -> {
            events.close();
            opening.unclaimed(end);
        });
        Source<RelayEvent, NotUsed> rest = Source.fromGraph(new EventSource(exchange, events))
                .via(new StallGuard<>(stall, StreamOpening::isContent))
                .via(new AnswerStage(opening, end));
        if (!result.complete(new AttemptStart.Committed(rest, end))) {
            exchange.end(Abandoned.cancelled());
        }
    }
}
