package dev.switchboard.node.upstream;

import akka.util.ByteString;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Collects a body, up to a size and as long as it keeps coming. */
final class WholeBody implements BodyReader {
    private static final int FIRST = 4 * 1024;
    private static final long MOST_RESERVED = 1 << 20;

    private final Exchange exchange;
    private final long most;
    private final Duration idle;
    private final @Nullable Unpacker unpacker;
    private final CompletableFuture<ByteString> result = new CompletableFuture<>();
    private final int declared;
    private byte[] bytes = {};
    private @Nullable ByteString onlyPart;
    private int size;
    private long lastNanos;
    private @Nullable ScheduledFuture<?> check;

    WholeBody(Exchange exchange, ResponseHead head, long most, Duration idle) {
        this.exchange = exchange;
        this.most = most;
        this.idle = idle;
        this.unpacker = Unpacker.of(head.encoding());
        this.declared = (int) Math.max(0, Math.min(head.length(), MOST_RESERVED));
    }

    /** Completes on the event loop. */
    CompletionStage<ByteString> result() {
        return result;
    }

    @Override
    public void part(ByteString part) {
        lastNanos = System.nanoTime();
        if (unpacker == null) {
            add(part);
            return;
        }
        unpacker.add(part);
        try {
            for (ByteString piece = unpacker.next(); piece != null && !result.isDone(); piece = unpacker.next()) {
                add(piece);
            }
        } catch (RuntimeException e) {
            exchange.end(e);
        }
    }

    private void add(ByteString part) {
        int length = part.length();
        if (result.isDone()) {
            return;
        }
        if (size + (long) length > most) {
            exchange.end(new TooLarge(most));
            return;
        }
        if (size == 0 && length == declared) {
            onlyPart = part;
        } else {
            append(part, length);
        }
        size += length;
    }

    private void append(ByteString part, int length) {
        if (bytes.length < size + length) {
            int least = Math.max(bytes.length == 0 ? declared : FIRST, size + length);
            bytes = Arrays.copyOf(bytes, Math.max(least, (int) Math.min(most, bytes.length * 2L)));
        }
        if (onlyPart != null) {
            onlyPart.copyToArray(bytes, 0);
            onlyPart = null;
        }
        part.copyToArray(bytes, size);
    }

    @Override
    public void pause() {
        if (check == null && !result.isDone()) {
            lastNanos = System.nanoTime();
            check = exchange.loop().schedule(this::check, idle.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void check() {
        long left = idle.toNanos() - (System.nanoTime() - lastNanos);
        if (left <= 0) {
            exchange.end(new TimeoutException("the body stopped coming"));
        } else {
            check = exchange.loop().schedule(this::check, left, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void end() {
        close();
        result.complete(
                onlyPart != null
                        ? onlyPart
                        : ByteString.fromArrayUnsafe(bytes.length == size ? bytes : Arrays.copyOf(bytes, size)));
    }

    @Override
    public void broken(Throwable why) {
        close();
        result.completeExceptionally(why);
    }

    /** A check that is left waiting would keep the whole exchange in memory until it is due. */
    private void close() {
        if (check != null) {
            check.cancel(false);
        }
        if (unpacker != null) {
            unpacker.close();
        }
    }
}
