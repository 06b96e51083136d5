package dev.switchboard.node.relay.sse;

import akka.util.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns bytes into server-sent events, as the specification says (LF, CR LF or CR; optional space; data over many lines;
 * comments; byte order mark), with two differences: an event that the end of input cuts off before its blank line still
 * counts, and an event over the cap throws {@link SseTooLarge}. Comments are dropped without being stored.
 */
public final class SseDecoder {
    private static final int FIRST_CARRY = 256;

    private final int cap;
    private byte[] carry = new byte[0];
    private int carried;
    private boolean inComment;
    private boolean skipLineFeed;
    private boolean firstLine = true;
    /** The first line of data, as nearly every event has no other; then all of them. */
    private @Nullable ByteString firstData;

    private @Nullable ByteArrayOutputStream allData;
    private String type = SseEvent.MESSAGE;

    /** A decoder whose events and lines are at most so many bytes. */
    public SseDecoder(int cap) {
        this.cap = cap;
    }

    /** Takes more bytes and tells the events that are whole now; throws {@link SseTooLarge}. */
    public void feed(ByteString chunk, Consumer<SseEvent> out) {
        byte[] bytes = chunk.toArrayUnsafe();
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            byte b = bytes[i];
            if (skipLineFeed) {
                skipLineFeed = false;
                if (b == '\n') {
                    start = i + 1;
                    continue;
                }
            }
            if (b == '\n' || b == '\r') {
                endOfLine(bytes, start, i, out);
                skipLineFeed = b == '\r';
                start = i + 1;
            }
        }
        keep(bytes, start, bytes.length);
    }

    /** The input is over: a line or event without its end counts. */
    public void finish(Consumer<SseEvent> out) {
        if (carried > 0) {
            endOfLine(carry, 0, 0, out);
        }
        dispatch(out);
    }

    private void keep(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length == 0 || inComment) {
            return;
        }
        if (carried == 0 && !firstLine && bytes[from] == ':') {
            inComment = true;
            return;
        }
        check(carried + length);
        if (carry.length < carried + length) {
            carry = Arrays.copyOf(carry, Math.max(FIRST_CARRY, Math.max(carry.length * 2, carried + length)));
        }
        System.arraycopy(bytes, from, carry, carried, length);
        carried += length;
    }

    private void endOfLine(byte[] bytes, int from, int to, Consumer<SseEvent> out) {
        if (inComment) {
            inComment = false;
            return;
        }
        if (carried > 0) {
            keep(bytes, from, to);
            byte[] whole = carry;
            int length = carried;
            carried = 0;
            carry = new byte[0];
            line(whole, 0, length, out);
        } else {
            line(bytes, from, to, out);
        }
    }

    private void line(byte[] bytes, int start, int to, Consumer<SseEvent> out) {
        int from = start;
        if (firstLine) {
            firstLine = false;
            boolean marked = to - from >= 3
                    && bytes[from] == (byte) 0xEF
                    && bytes[from + 1] == (byte) 0xBB
                    && bytes[from + 2] == (byte) 0xBF;
            from += marked ? 3 : 0;
        }
        if (from == to) {
            dispatch(out);
            return;
        }
        int colon = from;
        while (colon < to && bytes[colon] != ':') {
            colon++;
        }
        int value = Math.min(colon + 1, to);
        if (value < to && bytes[value] == ' ') {
            value++;
        }
        if (is(bytes, from, colon, "data")) {
            addData(bytes, value, to);
        } else if (is(bytes, from, colon, "event")) {
            type = new String(bytes, value, to - value, StandardCharsets.UTF_8);
        }
    }

    private static boolean is(byte[] bytes, int from, int to, String name) {
        if (to - from != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (bytes[from + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void addData(byte[] bytes, int from, int to) {
        ByteString first = firstData;
        if (first == null) {
            check(to - from);
            firstData = ByteString.fromArray(bytes, from, to - from);
            return;
        }
        ByteArrayOutputStream all = allData;
        if (all == null) {
            all = new ByteArrayOutputStream(first.length() + to - from + 1);
            all.writeBytes(first.toArrayUnsafe());
            allData = all;
        }
        check(all.size() + 1 + to - from);
        all.write('\n');
        all.write(bytes, from, to - from);
    }

    private void dispatch(Consumer<SseEvent> out) {
        ByteString first = firstData;
        if (first != null) {
            ByteString data = allData == null ? first : ByteString.fromArrayUnsafe(allData.toByteArray());
            out.accept(new SseEvent(type.isEmpty() ? SseEvent.MESSAGE : type, data));
        }
        firstData = null;
        allData = null;
        type = SseEvent.MESSAGE;
    }

    private void check(int size) {
        if (size > cap) {
            throw new SseTooLarge(cap);
        }
    }
}
