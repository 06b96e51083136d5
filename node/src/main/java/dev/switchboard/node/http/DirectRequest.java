package dev.switchboard.node.http;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.headers.RawHeader;
import dev.switchboard.node.socket.Dialogue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a program's request to {@code /v1} out of the bytes of one connection: a POST of JSON whose length is given, whose
 * answer is not to be streamed, and whose head is as every client writes it. It refuses nothing: whatever is otherwise, if
 * only unusual, is for Akka HTTP to read. So each rule here may be stricter than HTTP's, and none laxer.
 */
final class DirectRequest {
    /** Of head and body: longer ones gain little. */
    static final int MOST_BYTES = 64 << 10;

    private static final byte[] METHOD = "POST ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PREFIX = "POST /v1/".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VERSION = " HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final String STREAM = "\"stream\"";
    private static final int MOST_LINES = 64;

    /** What frames a message otherwise, or means something to more than its endpoint. */
    private static final Set<String> UNUSUAL = Set.of(
            "transfer-encoding",
            "content-encoding",
            "expect",
            "upgrade",
            "te",
            "trailer",
            "keep-alive",
            "proxy-connection",
            "origin",
            "cookie",
            "http2-settings");

    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,6}");
    private static final Pattern HOST = Pattern.compile("[\\w.-]+(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}))?");
    private static final Pattern BEARER = Pattern.compile("Bearer [\\w.~+/=-]+");

    private static final Set<String> JSON = Set.of("application/json", "application/json; charset=utf-8");

    private final List<Line> lines = new ArrayList<>();
    private final List<HttpHeader> headers = new ArrayList<>();
    private byte[] bytes = {};
    private int length;
    private int at;
    private int count;
    private String path = "";
    private byte[] pathBytes = {};
    private int bodyFrom;
    private int bodyLength;
    private boolean json;
    private boolean host;

    private enum Kind {
        LENGTH,
        TYPE,
        HOST,
        OTHER
    }

    /**
     * A line of the head before, so that one that comes again is not read again.
     *
     * @param header null for one that is the body's
     * @param number the body's length, where it is that line
     */
    private record Line(byte[] bytes, Kind kind, @Nullable HttpHeader header, int number) {}

    /** As {@link Dialogue#hear}. */
    Dialogue.Heard hear(byte[] received, int size) {
        bytes = received;
        length = size;
        at = 0;
        if (!head() || bodyLength > MOST_BYTES - bodyFrom || size > bodyFrom + bodyLength) {
            return Dialogue.Heard.OTHER;
        }
        if (size < bodyFrom + bodyLength) {
            return Dialogue.Heard.PART;
        }
        return mayStream() ? Dialogue.Heard.OTHER : Dialogue.Heard.WHOLE;
    }

    /** Whether the body holds {@code "stream"} as anything but a field that is false. */
    private boolean mayStream() {
        String body = new String(bytes, bodyFrom, bodyLength, StandardCharsets.ISO_8859_1);
        for (int i = body.indexOf(STREAM); i >= 0; i = body.indexOf(STREAM, i + 1)) {
            int value = past(body, i + STREAM.length(), ": ");
            if (!body.startsWith("false", value)) {
                return true;
            }
        }
        return false;
    }

    private static int past(String text, int from, String passed) {
        int i = from;
        while (i < text.length() && passed.indexOf(text.charAt(i)) >= 0) {
            i++;
        }
        return i;
    }

    /** The path of the request that was heard whole. */
    String path() {
        return path;
    }

    /** Its headers, in their order, without those of its body. */
    List<HttpHeader> headers() {
        return List.copyOf(headers);
    }

    /** Its body, in an array of its own. */
    byte[] body() {
        return Arrays.copyOfRange(bytes, bodyFrom, bodyFrom + bodyLength);
    }

    /** Lets go of the bytes. */
    void forget() {
        bytes = METHOD;
    }

    private boolean head() {
        headers.clear();
        count = 0;
        bodyLength = -1;
        json = false;
        host = false;
        if (!requestLine()) {
            return false;
        }
        while (at + 1 < length && bytes[at] != '\r') {
            if (!line()) {
                return false;
            }
        }
        bodyFrom = at + 2;
        return bodyFrom <= length && bytes[at] == '\r' && bytes[at + 1] == '\n' && bodyLength > 0 && json && host;
    }

    private boolean requestLine() {
        if (!stands(PREFIX)) {
            return false;
        }
        int from = METHOD.length;
        int to = PREFIX.length;
        while (to < length && isPlain(bytes[to]) && !(bytes[to] == '/' && bytes[to - 1] == '/')) {
            to++;
        }
        at = to;
        if (!stands(VERSION)) {
            return false;
        }
        at += VERSION.length;
        if (!Arrays.equals(pathBytes, 0, pathBytes.length, bytes, from, to)) {
            pathBytes = Arrays.copyOfRange(bytes, from, to);
            path = new String(pathBytes, StandardCharsets.US_ASCII);
        }
        return true;
    }

    private static boolean isPlain(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '/' || b == '_' || b == '-';
    }

    private boolean stands(byte[] expected) {
        return length - at >= expected.length
                && Arrays.equals(expected, 0, expected.length, bytes, at, at + expected.length);
    }

    private boolean line() {
        Line known = count < lines.size() ? lines.get(count) : null;
        if (known == null || !stands(known.bytes())) {
            known = read();
            if (known == null || count == MOST_LINES) {
                return false;
            }
            if (count < lines.size()) {
                lines.set(count, known);
            } else {
                lines.add(known);
            }
        }
        at += known.bytes().length;
        count++;
        if (known.header() != null) {
            headers.add(known.header());
        }
        return isFirst(known);
    }

    /** Takes what the line says of the message; false where another one said so before. */
    private boolean isFirst(Line line) {
        boolean first = true;
        switch (line.kind()) {
            case LENGTH -> {
                first = bodyLength < 0;
                bodyLength = line.number();
            }
            case TYPE -> {
                first = !json;
                json = true;
            }
            case HOST -> {
                first = !host;
                host = true;
            }
            case OTHER -> {
                // Of these there may be several.
            }
        }
        return first;
    }

    /** The line with its end, or null where it is unusual or not whole. */
    private @Nullable Line read() {
        int colon = at;
        while (colon < length && isOfAName(bytes[colon])) {
            colon++;
        }
        if (colon == at || colon == length || bytes[colon] != ':') {
            return null;
        }
        int end = colon + 1;
        while (end < length && bytes[end] >= ' ' && bytes[end] < 0x7F) {
            end++;
        }
        if (end + 1 >= length || bytes[end] != '\r' || bytes[end + 1] != '\n') {
            return null;
        }
        String name = new String(bytes, at, colon - at, StandardCharsets.US_ASCII);
        String value = new String(bytes, colon + 1, end - colon - 1, StandardCharsets.US_ASCII).strip();
        return line(Arrays.copyOfRange(bytes, at, end + 2), name, value);
    }

    private static @Nullable Line line(byte[] all, String name, String value) {
        String lower = name.toLowerCase(Locale.ROOT);
        switch (lower) {
            case "content-length":
                int number = number(value);
                return number > 0 ? new Line(all, Kind.LENGTH, null, number) : null;
            case "content-type":
                return JSON.contains(value.toLowerCase(Locale.ROOT)) ? new Line(all, Kind.TYPE, null, 0) : null;
            case "host":
                return HOST.matcher(value).matches()
                        ? new Line(all, Kind.HOST, RawHeader.create(name, value), 0)
                        : null;
            case "authorization":
                // Akka HTTP mends some others.
                return BEARER.matcher(value).matches() ? other(all, name, value) : null;
            case "connection":
                return value.equalsIgnoreCase("keep-alive") ? other(all, name, value) : null;
            default:
                return UNUSUAL.contains(lower) || lower.startsWith("sec-websocket-") ? null : other(all, name, value);
        }
    }

    private static Line other(byte[] all, String name, String value) {
        return new Line(all, Kind.OTHER, RawHeader.create(name, value), 0);
    }

    /** HTTP's token; RFC 9110 §5.6.2. */
    private static boolean isOfAName(byte b) {
        return (b >= 'a' && b <= 'z')
                || (b >= 'A' && b <= 'Z')
                || (b >= '0' && b <= '9')
                || (b > 0 && "!#$%&'*+-.^_`|~".indexOf(b) >= 0);
    }

    private static int number(String digits) {
        return LENGTH.matcher(digits).matches() ? Integer.parseInt(digits) : -1;
    }
}
