package dev.switchboard.node.http;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.TLSProtocol.SessionBytes;
import akka.stream.TLSProtocol.SslTlsInbound;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a question mark of every byte of a request's head that begins a longer UTF-8 sequence which the end of a line cuts
 * short. Akka HTTP's parser takes such a byte in a header's value together with as many bytes as the sequence would have, the
 * end of the line and the next header's beginning among them: a Content-Length would be lost, and a body read as the next
 * request. A sequence of a head that the end of a read cuts short waits for its rest. Bodies pass as they came, at once.
 * Empty lines before a request line, which that parser takes for a method, are left out (RFC 9112 §2.2).
 */
final class WholeSequences<I extends SslTlsInbound> extends GraphStage<FlowShape<I, SslTlsInbound>> {
    private static final long SIGNS = 0x8080808080808080L;
    private static final byte SUBSTITUTE = '?';

    private final Inlet<I> in = Inlet.create("WholeSequences.in");
    private final Outlet<SslTlsInbound> out = Outlet.create("WholeSequences.out");
    private final FlowShape<I, SslTlsInbound> shape = FlowShape.of(in, out);

    @Override
    public FlowShape<I, SslTlsInbound> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic {
        private final RequestFraming framing = new RequestFraming();
        private @Nullable SessionBytes held;
        /** How many of the held bytes the framing has taken. */
        private int heldTaken;

        private Logic() {
            super(shape);
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    pass(grab(in));
                }

                @Override
                public void onUpstreamFinish() {
                    SessionBytes last = held;
                    if (last == null) {
                        completeStage();
                    } else {
                        emit(out, last, () -> completeStage());
                    }
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    if (!isClosed(in)) {
                        pull(in);
                    }
                }
            });
        }

        private void pass(I element) {
            if (!(element instanceof SessionBytes read) || read.bytes().isEmpty()) {
                push(out, element);
                return;
            }
            SessionBytes before = held;
            if (before == null && framing.skips(read.bytes().length())) {
                push(out, element);
                return;
            }
            held = null;
            ByteString all = before == null ? read.bytes() : before.bytes().concat(read.bytes());
            ByteBuffer buffer = all.asByteBuffer();
            int length = buffer.limit();
            byte[] bytes = null;
            boolean changed = false;
            int whole = length;
            int from = 0;
            int at = heldTaken;
            heldTaken = 0;
            while (at < length) {
                int empty = framing.emptyLines(buffer, at);
                if (empty > 0) {
                    bytes = without(bytes == null ? all.toArray() : bytes, at, empty);
                    changed = true;
                    buffer = ByteBuffer.wrap(bytes);
                    length = bytes.length;
                    whole = length;
                    from = at;
                    continue;
                }
                if (framing.mayBeginEmptyLine(buffer, at)) {
                    bytes = bytes == null ? all.toArray() : bytes;
                    whole = at;
                    break;
                }
                boolean head = framing.inHead();
                at = framing.take(buffer, at);
                if (head && !isAscii(buffer, from, at)) {
                    bytes = bytes == null ? all.toArray() : bytes;
                    changed |= substitute(bytes, from, at);
                    whole = at < length ? length : length - pending(bytes, from);
                }
                from = at;
            }
            if (bytes == null) {
                push(out, before == null ? element : new SessionBytes(read.session(), all));
                return;
            }
            ByteString passed = changed ? ByteString.fromArrayUnsafe(bytes) : all;
            if (whole < length) {
                held = new SessionBytes(read.session(), ByteString.fromArray(bytes, whole, length - whole));
                heldTaken = at - whole;
            }
            if (whole > 0) {
                push(out, new SessionBytes(read.session(), passed.take(whole)));
            } else {
                pull(in);
            }
        }
    }

    private static byte[] without(byte[] bytes, int from, int length) {
        byte[] rest = new byte[bytes.length - length];
        System.arraycopy(bytes, 0, rest, 0, from);
        System.arraycopy(bytes, from + length, rest, from, rest.length - from);
        return rest;
    }

    private static boolean isAscii(ByteBuffer bytes, int from, int to) {
        int at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            if ((bytes.getLong(at) & SIGNS) != 0) {
                return false;
            }
        }
        for (; at < to; at++) {
            if (bytes.get(at) < 0) {
                return false;
            }
        }
        return true;
    }

    /** How many bytes follow the one that begins a sequence, as the parser sees it; 0 for every other byte. */
    static int following(byte first) {
        if ((first & 0xE0) == 0xC0) {
            return 1;
        }
        if ((first & 0xF0) == 0xE0) {
            return 2;
        }
        return (first & 0xF8) == 0xF0 ? 3 : 0;
    }

    private static boolean substitute(byte[] bytes, int from, int to) {
        boolean changed = false;
        for (int i = from; i < to; i++) {
            int end = Math.min(to - 1, i + following(bytes[i]));
            for (int k = i + 1; k <= end; k++) {
                if (bytes[k] == '\r' || bytes[k] == '\n') {
                    bytes[i] = SUBSTITUTE;
                    changed = true;
                    break;
                }
            }
        }
        return changed;
    }

    /** How many bytes at the end of the head that begins at an index may be a sequence whose rest is still to come. */
    private static int pending(byte[] bytes, int from) {
        for (int back = Math.min(3, bytes.length - from); back > 0; back--) {
            if (following(bytes[bytes.length - back]) >= back) {
                return back;
            }
        }
        return 0;
    }
}
