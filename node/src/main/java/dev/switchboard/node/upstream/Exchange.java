package dev.switchboard.node.upstream;

import akka.util.ByteString;
import dev.switchboard.node.socket.EventLoops;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request and its response, which can be given up at any moment. What is public may be called by any thread; all
 * state belongs to the event loop of its connection.
 */
final class Exchange {
    private final HttpClient client;
    private volatile EventLoop loop;
    private boolean aborted;
    private final CompletableFuture<ResponseHead> head = new CompletableFuture<>();
    private final Deque<ByteString> early = new ArrayDeque<>();

    private @Nullable OutgoingRequest request;
    private @Nullable ConnectionPool pool;
    private @Nullable HttpConnection connection;
    private @Nullable ScheduledFuture<?> timer;
    private @Nullable ScheduledFuture<?> claim;
    private @Nullable BodyReader reader;
    private @Nullable Throwable failure;
    private boolean repeatable;
    private boolean whole;

    /** It takes place on the event loop {@code home}, or the calling one where that is null, unless a connection waits elsewhere. */
    Exchange(HttpClient client, EventLoops.@Nullable Loop home) {
        this.client = client;
        this.loop = client.nextLoop(home);
    }

    /** The thread that everything about this exchange happens on. */
    EventLoop loop() {
        return loop;
    }

    /**
     * Sends the request. The stage completes on the event loop; it fails with {@link Abandoned} when no headers come in time.
     * Throws {@link UnusableKey} for a header that HTTP cannot carry and {@link IllegalArgumentException} for a bad URL.
     */
    CompletionStage<ResponseHead> send(WireRequest wire, Duration timeout) {
        HttpClient.Prepared prepared = client.prepare(wire);
        EventLoop chosen = choose(prepared);
        if (chosen.inEventLoop()) {
            begin(prepared, timeout.toMillis());
        } else {
            chosen.execute(() -> begin(prepared, timeout.toMillis()));
        }
        return head;
    }

    /** Nothing has happened on an event loop yet, except where it was given up before it was sent. */
    private synchronized EventLoop choose(HttpClient.Prepared prepared) {
        if (!aborted) {
            loop = client.loopFor(prepared, loop);
        }
        return loop;
    }

    private void begin(HttpClient.Prepared prepared, long timeoutMillis) {
        if (failure != null) {
            return;
        }
        request = prepared.request();
        repeatable = prepared.check();
        timer = loop.schedule(() -> end(Abandoned.timedOut(timeoutMillis)), timeoutMillis, TimeUnit.MILLISECONDS);
        pool = client.pool(loop, prepared);
        pool.take(this);
    }

    /** Ends the exchange in any phase and closes its connection. */
    void abort(Abandoned why) {
        head.completeExceptionally(why);
        EventLoop chosen;
        synchronized (this) {
            aborted = true;
            chosen = loop;
        }
        chosen.execute(() -> end(why));
    }

    /** The response's whole body; the stage fails when it is larger, or silent for longer, than allowed. */
    CompletionStage<ByteString> whole(ResponseHead answer, long mostBytes, Duration idle) {
        WholeBody body = new WholeBody(this, answer, mostBytes, idle);
        read(body);
        return body.result();
    }

    /** Gives up the body. */
    void discard() {
        abort(Abandoned.cancelled());
    }

    /** Hands the body to that reader, from its first byte on. */
    void read(BodyReader by) {
        if (!loop.inEventLoop()) {
            loop.execute(() -> read(by));
            return;
        }
        if (claim != null) {
            claim.cancel(false);
            claim = null;
        }
        reader = by;
        while (reader == by && !early.isEmpty()) {
            by.part(early.remove());
        }
        if (reader != by) {
            // It has what it wanted and left the rest.
            return;
        }
        if (failure != null) {
            by.broken(failure);
        } else if (whole) {
            by.end();
        } else {
            by.pause();
            resume();
        }
    }

    /** The reader gives back what it was given, for the reader that follows; on the event loop. */
    void unread(List<ByteString> parts) {
        reader = null;
        for (int i = parts.size() - 1; i >= 0; i--) {
            early.addFirst(parts.get(i));
        }
    }

    /**
     * The reader wants no more: another one takes the rest within that time, or {@code unclaimed} runs and the exchange is
     * given up. On the event loop.
     */
    void leave(Duration patience, Runnable unclaimed) {
        reader = null;
        pause();
        claim = loop.schedule(
                () -> {
                    unclaimed.run();
                    end(Abandoned.cancelled());
                },
                patience.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** Stops reading from the connection after what the socket gave already; by the reader, on the event loop. */
    void pause() {
        if (connection != null) {
            connection.pause();
        }
    }

    /** Reads on. */
    void resume() {
        if (!loop.inEventLoop()) {
            loop.execute(this::resume);
        } else if (connection != null) {
            connection.resume();
        }
    }

    OutgoingRequest request() {
        if (request == null) {
            throw new IllegalStateException("nothing to send yet");
        }
        return request;
    }

    /** Whether the request changes nothing at the provider, so that it may be sent again. */
    boolean mayBeRepeated() {
        return repeatable && failure == null;
    }

    void onConnection(@Nullable HttpConnection serving) {
        connection = serving;
    }

    void onHead(ResponseHead came) {
        stopTimer();
        head.complete(came);
        if (reader == null) {
            pause();
        }
    }

    void onPart(ByteBuf bytes) {
        ByteString part = ByteString.fromArrayUnsafe(ByteBufUtil.getBytes(bytes));
        if (reader == null) {
            early.add(part);
        } else {
            reader.part(part);
        }
    }

    void onReadComplete() {
        if (reader != null) {
            reader.pause();
        }
    }

    void onEnd() {
        connection = null;
        whole = true;
        if (reader != null) {
            reader.end();
        }
    }

    void onClosed(Throwable why) {
        connection = null;
        end(why);
    }

    /** Ends it with a failure unless it is over; the connection is closed. */
    void end(Throwable why) {
        if (failure != null || whole) {
            return;
        }
        failure = why;
        stopTimer();
        if (connection != null) {
            connection.abort();
            connection = null;
        } else if (pool != null) {
            pool.forget(this);
        }
        head.completeExceptionally(why);
        if (reader != null) {
            reader.broken(why);
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
