package dev.switchboard.node.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Follows a client's bytes from request to request, as Akka HTTP's parser will, to tell heads and trailers from bodies. Of a
 * body it looks at the lines that frame its chunks only. After anything that it does not know for certain all is taken for head.
 */
final class RequestFraming {
    /** RFC 9112 §2.2 asks for one; a client that ends bodies with a line end of its own sends no more than that either. */
    private static final int MOST_EMPTY_LINES = 2;

    /** Enough for the two headers that say how long a body is. */
    private static final int MOST_KEPT = 64;

    private static final int MOST_DIGITS = 18;
    private static final long ONES = 0x0101010101010101L;
    private static final long SIGNS = ONES << 7;
    private static final long LINE_FEEDS = ONES * '\n';
    private static final String LENGTH = "content-length:";
    private static final String ENCODING = "transfer-encoding:";

    private enum Place {
        REQUEST_LINE,
        HEADERS,
        TRAILER,
        UNKNOWN,
        BODY,
        CHUNK_SIZE,
        CHUNK_EXTENSION,
        CHUNK,
        CHUNK_END
    }

    private Place place = Place.REQUEST_LINE;
    /** The beginning of the line that is read. */
    private final byte[] line = new byte[MOST_KEPT];

    private int lineLength;
    /** Empty lines left out before the request line that is awaited. */
    private int emptyLines;
    /** What is left of the body or chunk; the size of a chunk while its line is read. */
    private long left;

    private boolean chunked;
    /** Whether a header of this head said how long the body is. */
    private boolean framed;
    /** Whether the header before this line did. */
    private boolean frames;

    /** Whether the next byte belongs to a head or trailer. */
    boolean inHead() {
        return place.compareTo(Place.UNKNOWN) <= 0;
    }

    /** Takes so many bytes unread if all of them are of a body whose length is known; else takes none. */
    boolean skips(int length) {
        if (place != Place.BODY || left < length) {
            return false;
        }
        skip(length);
        return true;
    }

    /**
     * How many bytes from an index on are empty lines before a request line, which are to be left out and not taken; 0 after
     * as many as are allowed.
     */
    int emptyLines(ByteBuffer bytes, int from) {
        int at = from;
        while (awaitsEmptyLine() && at + 1 < bytes.limit() && bytes.get(at) == '\r' && bytes.get(at + 1) == '\n') {
            emptyLines++;
            at += 2;
        }
        return at - from;
    }

    /** Whether the byte at an index, the last one there is, may begin an empty line before a request line. */
    boolean mayBeginEmptyLine(ByteBuffer bytes, int at) {
        return awaitsEmptyLine() && at + 1 == bytes.limit() && bytes.get(at) == '\r';
    }

    private boolean awaitsEmptyLine() {
        return place == Place.REQUEST_LINE && lineLength == 0 && emptyLines < MOST_EMPTY_LINES;
    }

    /** Takes bytes from an index on for as long as they are all of a head or all of none; answers where that ends. */
    int take(ByteBuffer bytes, int from) {
        return inHead() ? head(bytes, from) : body(bytes, from);
    }

    private int head(ByteBuffer bytes, int from) {
        if (place == Place.UNKNOWN) {
            return bytes.limit();
        }
        int at = from;
        while (at < bytes.limit()) {
            int end = lineFeed(bytes, at);
            keep(bytes, at, end);
            at = end + 1;
            if (end == bytes.limit()) {
                return end;
            }
            line();
            lineLength = 0;
            if (!inHead() || place == Place.REQUEST_LINE) {
                break;
            }
        }
        return at;
    }

    private void keep(ByteBuffer bytes, int from, int to) {
        if (lineLength < MOST_KEPT) {
            bytes.get(from, line, lineLength, Math.min(MOST_KEPT - lineLength, to - from));
        }
        lineLength += to - from;
    }

    /** The first line feed from an index on; the end of the bytes where there is none. */
    private static int lineFeed(ByteBuffer bytes, int from) {
        int at = from;
        for (; at <= bytes.limit() - Long.BYTES; at += Long.BYTES) {
            long others = bytes.getLong(at) ^ LINE_FEEDS;
            // Zero exactly where no byte of these eight is zero.
            if (((others - ONES) & ~others & SIGNS) != 0) {
                break;
            }
        }
        while (at < bytes.limit() && bytes.get(at) != '\n') {
            at++;
        }
        return at;
    }

    private void line() {
        boolean empty = lineLength == 0 || (lineLength == 1 && line[0] == '\r');
        if (place == Place.REQUEST_LINE) {
            place = empty ? Place.UNKNOWN : Place.HEADERS;
            emptyLines = 0;
        } else if (place == Place.TRAILER) {
            place = empty ? Place.REQUEST_LINE : Place.TRAILER;
        } else if (place == Place.HEADERS && empty) {
            endHead();
        } else if (place == Place.HEADERS) {
            header();
        }
    }

    private void header() {
        if (line[0] == ' ' || line[0] == '\t') {
            // The header before goes on.
            place = frames ? Place.UNKNOWN : place;
            return;
        }
        frames = false;
        if (begins(LENGTH)) {
            String value = value(LENGTH);
            framing(isDigits(value));
            left = place == Place.HEADERS ? Long.parseLong(value) : 0;
        } else if (begins(ENCODING)) {
            framing(value(ENCODING).equals("chunked"));
            chunked = true;
        }
    }

    private boolean begins(String name) {
        if (lineLength < name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if ((line[i] | 0x20) != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private String value(String name) {
        int length = Math.min(lineLength, MOST_KEPT) - name.length();
        return new String(line, name.length(), length, StandardCharsets.ISO_8859_1)
                .toLowerCase(Locale.ROOT)
                .trim();
    }

    private void framing(boolean understood) {
        if (framed || !understood || lineLength > MOST_KEPT) {
            place = Place.UNKNOWN;
        }
        framed = true;
        frames = true;
    }

    private static boolean isDigits(String text) {
        return !text.isEmpty()
                && text.length() <= MOST_DIGITS
                && text.chars().allMatch(sign -> sign >= '0' && sign <= '9');
    }

    private void endHead() {
        place = chunked ? Place.CHUNK_SIZE : left > 0 ? Place.BODY : Place.REQUEST_LINE;
        chunked = false;
        framed = false;
        frames = false;
    }

    private int body(ByteBuffer bytes, int from) {
        int at = from;
        while (at < bytes.limit() && !inHead()) {
            switch (place) {
                case BODY, CHUNK -> at += skip(bytes.limit() - at);
                case CHUNK_SIZE -> size(bytes.get(at++));
                case CHUNK_EXTENSION -> extension(bytes.get(at++));
                default -> chunkEnd(bytes.get(at++));
            }
        }
        return at;
    }

    private int skip(int available) {
        int skipped = (int) Math.min(left, available);
        left -= skipped;
        if (left == 0) {
            place = place == Place.BODY ? Place.REQUEST_LINE : Place.CHUNK_END;
        }
        return skipped;
    }

    /** The line's length tells a size of zero from none, and its first byte whether a carriage return came. */
    private void size(byte next) {
        int digit = Character.digit(next, 16);
        boolean returned = lineLength > 0 && line[0] == '\r';
        if (next == '\n' && lineLength > 0) {
            chunkBegins();
        } else if (returned || left > Integer.MAX_VALUE) {
            place = Place.UNKNOWN;
        } else if (digit >= 0) {
            left = left * 16 + digit;
            sized(next);
        } else if (next == ' ' || next == '\t') {
            sized(next);
        } else if (next == '\r' && lineLength > 0) {
            sized(next);
        } else if (next == ';' && lineLength > 0) {
            place = Place.CHUNK_EXTENSION;
        } else {
            place = Place.UNKNOWN;
        }
    }

    private void sized(byte next) {
        line[0] = next;
        lineLength = 1;
    }

    private void extension(byte next) {
        if (next == '\n') {
            chunkBegins();
        }
    }

    private void chunkBegins() {
        lineLength = 0;
        place = left == 0 ? Place.TRAILER : Place.CHUNK;
    }

    /** The line end after a chunk's bytes. */
    private void chunkEnd(byte next) {
        if (next == '\n') {
            place = Place.CHUNK_SIZE;
            lineLength = 0;
        } else if (next == '\r' && lineLength == 0) {
            lineLength = 1;
        } else {
            place = Place.UNKNOWN;
        }
    }
}
