package dev.switchboard.node.socket;

import akka.util.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose requests are answered on its event loop, one after the other, for as long as its {@link Dialogue}
 * understands each of them whole. What it does not, and all that follows, goes to a stream, as if nothing had come before.
 */
final class DirectConnection extends ChannelInboundHandlerAdapter {
    private static final byte[] NOTHING = {};

    /** What is read while an answer is awaited, about; bytes. */
    private static final int AHEAD = 16 << 10;

    /** The most of an answer that is handed over at once to be sent; bytes. */
    private static final int PIECE = 64 << 10;

    /** For the rest of a request; then the stream waits for it. */
    private static final Duration REST = Duration.ofSeconds(1);

    private enum State {
        /** For a request, or the rest of one. */
        HEARING,
        ANSWERING,
        /** Sends what is left of the last answer. */
        CLOSING,
        /** The stream has it, or nobody any more. */
        OVER
    }

    private final Channel channel;
    private final Dialogue dialogue;
    private final Duration idle;
    private final Runnable stream;
    private State state = State.HEARING;
    private byte[] received = NOTHING;
    private int length;
    private boolean partial;
    private boolean inputEnded;
    private ByteString unsent = ByteString.emptyByteString();

    private boolean isDue;
    private long dueAt;
    private long ringsAt;
    private @Nullable Future<?> timer;

    /**
     * To be begun on the connection's event loop.
     *
     * @param channel has a {@link HoldBack} in its pipeline, and has it again when {@code stream} runs
     * @param idle how long a client may take nothing of a last answer before the connection is broken
     */
    DirectConnection(Channel channel, Dialogue dialogue, Duration idle, Runnable stream) {
        this.channel = channel;
        this.dialogue = dialogue;
        this.idle = idle;
        this.stream = stream;
    }

    void begin() {
        HoldBack held = channel.pipeline().get(HoldBack.class);
        if (held != null) {
            dueIn(dialogue.firstPatience());
            channel.pipeline().addLast(this);
            channel.pipeline().remove(held);
            channel.config().setAutoRead(true);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf buffer = (ByteBuf) message;
        try {
            if (state == State.HEARING || state == State.ANSWERING) {
                keep(buffer);
            }
        } finally {
            buffer.release();
        }
        if (state == State.HEARING && unsent.isEmpty()) {
            hear();
        } else if (length >= AHEAD) {
            channel.config().setAutoRead(false);
        }
    }

    private void keep(ByteBuf buffer) {
        int more = buffer.readableBytes();
        if (length == 0) {
            received = new byte[more];
        } else if (received.length < length + more) {
            received = Arrays.copyOf(received, Math.max(length + more, 2 * received.length));
        }
        buffer.readBytes(received, length, more);
        length += more;
    }

    private void hear() {
        // Who does not read its answers is a stream's to hold up.
        switch (channel.isWritable() ? dialogue.hear(received, length) : Dialogue.Heard.OTHER) {
            case PART -> {
                if (!partial) {
                    partial = true;
                    dueIn(REST);
                }
            }
            case WHOLE -> answer();
            case OTHER -> leave();
        }
    }

    private void answer() {
        state = State.ANSWERING;
        partial = false;
        isDue = false;
        drop();
        // Behind the step that gives it: what follows from an answer is told before anybody can ask again.
        dialogue.answer()
                .whenCompleteAsync(
                        (answer, failure) -> channel.eventLoop().execute(() -> answered(answer)), Runnable::run);
    }

    private void answered(Dialogue.@Nullable Answer answer) {
        if (state != State.ANSWERING) {
            return;
        }
        if (answer == null) {
            channel.close();
            return;
        }
        state = State.HEARING;
        ByteString body = answer.body();
        ByteBuf buffer = channel.alloc().directBuffer(answer.head().length + Math.min(PIECE, body.size()));
        buffer.writeBytes(answer.head());
        write(buffer, body);
        send();
        if (answer.last() || (inputEnded && length == 0)) {
            close();
            return;
        }
        dueIn(dialogue.patience());
        leaveIfAsked();
    }

    private void write(ByteBuf begun, ByteString all) {
        for (ByteBuffer part : all.take(PIECE).getByteBuffers()) {
            begun.writeBytes(part);
        }
        unsent = all.drop(PIECE);
        channel.writeAndFlush(begun, channel.voidPromise());
    }

    private void send() {
        while (!unsent.isEmpty() && channel.isWritable()) {
            write(channel.alloc().directBuffer(Math.min(PIECE, unsent.size())), unsent);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (unsent.isEmpty() || !channel.isWritable()) {
            return;
        }
        send();
        if (state == State.CLOSING) {
            close();
        } else {
            leaveIfAsked();
        }
    }

    /** Who asks before the answer has gone as far as the socket's buffer has its next one from a stream. */
    private void leaveIfAsked() {
        if (state == State.HEARING && length > 0 && unsent.isEmpty()) {
            leave();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (!(event instanceof ChannelInputShutdownEvent)) {
            return;
        }
        inputEnded = true;
        if (state == State.ANSWERING) {
            dialogue.gone(false);
        } else if (state == State.HEARING && length == 0) {
            close();
        } else {
            leaveIfAsked();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        over();
        dialogue.gone(true);
    }

    /** From now on the stream has it all. */
    private void leave() {
        channel.config().setAutoRead(false);
        HoldBack held = new HoldBack();
        channel.pipeline().addLast(held);
        ChannelHandlerContext behind = channel.pipeline().context(held);
        held.channelRead(behind, Unpooled.wrappedBuffer(received, 0, length));
        if (inputEnded) {
            held.userEventTriggered(behind, ChannelInputShutdownEvent.INSTANCE);
        }
        channel.pipeline().remove(this);
        over();
        stream.run();
    }

    /** Behind what is left to be sent, as long as the client takes some of it now and then. */
    private void close() {
        state = State.CLOSING;
        drop();
        dueIn(idle);
        // What is left unread when a connection closes would break it before its last bytes arrive.
        channel.config().setAutoRead(true);
        if (unsent.isEmpty()) {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void over() {
        state = State.OVER;
        drop();
        unsent = ByteString.emptyByteString();
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void drop() {
        received = NOTHING;
        length = 0;
    }

    /** A timer for each request would cost more than its answer's way out: it runs on, and finds out when it rings. */
    private void dueIn(Duration time) {
        isDue = true;
        dueAt = System.nanoTime() + time.toNanos();
        if (timer == null || ringsAt - dueAt > 0) {
            ringAt(dueAt, time.toNanos());
        }
    }

    private void ringAt(long at, long nanos) {
        if (timer != null) {
            timer.cancel(false);
        }
        ringsAt = at;
        timer = channel.eventLoop().schedule(this::ring, nanos, TimeUnit.NANOSECONDS);
    }

    private void ring() {
        timer = null;
        long left = dueAt - System.nanoTime();
        if (!isDue || state == State.OVER) {
            return;
        }
        if (left > 0) {
            ringAt(dueAt, left);
        } else if (state == State.CLOSING) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        } else if (length > 0 && unsent.isEmpty()) {
            leave();
        } else {
            close();
        }
    }
}
