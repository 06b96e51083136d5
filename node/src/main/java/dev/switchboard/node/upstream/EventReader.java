package dev.switchboard.node.upstream;

import akka.util.ByteString;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.sse.SseDecoder;
import dev.switchboard.node.relay.sse.SseTooLarge;
import io.netty.handler.codec.compression.DecompressionException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The events of a streamed answer out of the bytes of its body, one at a time: decompressed, cut into server-sent events,
 * translated. One owner at a time.
 */
final class EventReader {
    private final @Nullable Unpacker unpacker;
    private final SseDecoder decoder = new SseDecoder(HttpAttempt.MOST_EVENT_BYTES);
    private final Adapter.Translator translator;
    private final Queue<RelayEvent> ready = new ArrayDeque<>();
    private boolean finished;
    private boolean begun;
    private boolean document;

    EventReader(@Nullable Unpacker unpacker, Adapter.Translator translator) {
        this.unpacker = unpacker;
        this.translator = translator;
    }

    /** Takes bytes of the body; throws {@link SseTooLarge}. */
    void add(ByteString bytes) {
        if (unpacker == null) {
            feed(bytes);
        } else {
            unpacker.add(bytes);
        }
    }

    /** The body is whole: what is left of it counts. */
    void finish() {
        finished = true;
    }

    /** The next event, null where more bytes are needed; throws {@link SseTooLarge} and {@link DecompressionException}. */
    @Nullable
    RelayEvent next() {
        RelayEvent next = ready.poll();
        while (next == null && unpacker != null) {
            ByteString piece = unpacker.next();
            if (piece == null) {
                break;
            }
            feed(piece);
            next = ready.poll();
        }
        if (next == null && finished) {
            finished = false;
            decoder.finish(event -> ready.addAll(translator.translate(event)));
            next = ready.poll();
        }
        return next;
    }

    /** Whether more than blanks has come. */
    boolean hasBegun() {
        return begun;
    }

    /** Whether the body is no stream but JSON, whatever its content type says; there are no events then. */
    boolean isDocument() {
        return document;
    }

    private void feed(ByteString bytes) {
        if (!begun) {
            begin(bytes);
        }
        if (document) {
            return;
        }
        decoder.feed(bytes, event -> ready.addAll(translator.translate(event)));
    }

    /** No line of a stream begins with a brace. */
    private void begin(ByteString bytes) {
        for (int i = 0; i < bytes.length() && !begun; i++) {
            byte next = bytes.apply(i);
            boolean blank = next == ' ' || next == '\t' || next == '\r' || next == '\n';
            begun = !blank && !ByteOrderMark.holds(next);
            document = begun && next == '{';
        }
    }

    void close() {
        if (unpacker != null) {
            unpacker.close();
        }
    }
}
