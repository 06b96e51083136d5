package dev.switchboard.node.chat;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** JSON strings in UTF-8: where one ends, looked for in eight bytes at once, and what it says. */
final class PlainText {
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long TOPS = 0x8080808080808080L;
    private static final long QUOTES = ONES * '"';
    private static final long SLASHES = ONES * '\\';
    private static final long BLANKS = ONES * ' ';

    private PlainText() {}

    /**
     * Where the quote is that closes a string whose first {@link #special} byte is there; -1 where none does, or a control
     * character stands in it.
     */
    static int end(byte[] in, int special) {
        int i = special;
        while (i < in.length && in[i] == '\\') {
            i = special(in, i + 2);
        }
        return i < in.length && in[i] == '"' ? i : -1;
    }

    /** The first byte from there on that does not stand for itself: quote, backslash or control character. */
    static int special(byte[] in, int from) {
        int i = from;
        for (; i <= in.length - Long.BYTES; i += Long.BYTES) {
            long eight = (long) EIGHT.get(in, i);
            long quote = eight ^ QUOTES;
            long slash = eight ^ SLASHES;
            // The top bit of a byte is set where it is less than what is taken away; the lowest such byte is surely
            // one.
            long found = ((quote - ONES & ~quote) | (slash - ONES & ~slash) | (eight - BLANKS & ~eight)) & TOPS;
            if (found != 0) {
                return i + Long.numberOfTrailingZeros(found) / Byte.SIZE;
            }
        }
        while (i < in.length && in[i] != '"' && in[i] != '\\' && (in[i] >= ' ' || in[i] < 0)) {
            i++;
        }
        return i;
    }

    /** The text between those indexes, with its first {@link #special} byte; null where it is not well-formed or may not be. */
    static @Nullable String read(byte[] in, int from, int special, int end) {
        return special == end ? decoded(in, from, end - from) : unescaped(in, from, special, end);
    }

    private static @Nullable String decoded(byte[] in, int from, int length) {
        String text = new String(in, from, length, StandardCharsets.UTF_8);
        // Stands for what is no UTF-8; whoever means the character itself is read the long way.
        return text.indexOf('\uFFFD') < 0 ? text : null;
    }

    /** No escape is shorter than the UTF-8 of what it stands for. */
    private static @Nullable String unescaped(byte[] in, int from, int firstSlash, int to) {
        byte[] out = new byte[to - from];
        int size = 0;
        int copied = from;
        int slash = firstSlash;
        while (slash < to) {
            System.arraycopy(in, copied, out, size, slash - copied);
            size += slash - copied;
            copied = slash + 2;
            int escape = in[slash + 1];
            if (escape == 'u') {
                int point = point(in, slash, to);
                if (point < 0) {
                    return null;
                }
                size = encode(point, out, size);
                copied = slash + (point < Character.MIN_SUPPLEMENTARY_CODE_POINT ? 6 : 12);
            } else {
                int meant = meant(escape);
                if (meant < 0) {
                    return null;
                }
                out[size++] = (byte) meant;
            }
            slash = special(in, copied);
        }
        System.arraycopy(in, copied, out, size, to - copied);
        return decoded(out, 0, size + to - copied);
    }

    private static int meant(int escape) {
        return switch (escape) {
            case '"', '\\', '/' -> escape;
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            default -> -1;
        };
    }

    /** The character of a numbered escape, or of two that are one; -1 where there is none. */
    private static int point(byte[] in, int slash, int to) {
        int unit = unit(in, slash, to);
        if (unit < Character.MIN_SURROGATE || unit > Character.MAX_SURROGATE) {
            return unit;
        }
        int low = unit(in, slash + 6, to);
        boolean pair = Character.isHighSurrogate((char) unit) && low >= 0 && Character.isLowSurrogate((char) low);
        return pair ? Character.toCodePoint((char) unit, (char) low) : -1;
    }

    private static int unit(byte[] in, int slash, int to) {
        if (slash + 6 > to || in[slash] != '\\' || in[slash + 1] != 'u') {
            return -1;
        }
        int unit = 0;
        for (int i = slash + 2; i < slash + 6; i++) {
            int digit = Character.digit(in[i], 16);
            if (digit < 0) {
                return -1;
            }
            unit = 16 * unit + digit;
        }
        return unit;
    }

    private static int encode(int point, byte[] out, int at) {
        int i = at;
        if (point < 0x80) {
            out[i++] = (byte) point;
        } else if (point < 0x800) {
            out[i++] = (byte) (0xC0 | point >> 6);
            out[i++] = (byte) (0x80 | point & 0x3F);
        } else {
            if (point < Character.MIN_SUPPLEMENTARY_CODE_POINT) {
                out[i++] = (byte) (0xE0 | point >> 12);
            } else {
                out[i++] = (byte) (0xF0 | point >> 18);
                out[i++] = (byte) (0x80 | point >> 12 & 0x3F);
            }
            out[i++] = (byte) (0x80 | point >> 6 & 0x3F);
            out[i++] = (byte) (0x80 | point & 0x3F);
        }
        return i;
    }
}
