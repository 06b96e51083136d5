package dev.switchboard.node.upstream;

import akka.util.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An HTTP request in the bytes that go out, head and body together: one buffer, one write. */
final class OutgoingRequest {
    private static final String USER_AGENT = "User-Agent";
    private static final String ACCEPT_ENCODING = "Accept-Encoding";
    private static final String OURS = USER_AGENT + ": switchboard/0.1.0\r\n";
    private static final String PLAIN = ACCEPT_ENCODING + ": identity\r\n";
    /** What the client itself says about body and connection. */
    private static final List<String> NOBODYS =
            List.of("host", "content-length", "content-type", "transfer-encoding", "connection", "expect");

    private static final int USUAL_HEAD = 384;

    private final byte[] head;
    private final @Nullable ByteString body;

    private OutgoingRequest(byte[] head, @Nullable ByteString body) {
        this.head = head;
        this.body = body;
    }

    /**
     * A POST of JSON where there is a body, else a GET. Names of headers are alike in any case and the last value holds. Throws
     * {@link UnusableKey} for a value that HTTP cannot carry.
     *
     * @param start what {@link #start} made of the URL
     */
    static OutgoingRequest of(String start, Map<String, String> headers, @Nullable ByteString body) {
        StringBuilder text = new StringBuilder(USUAL_HEAD)
                .append(body == null ? "GET " : "POST ")
                .append(start);
        Map<String, String> asNamed = headers.size() > 1 ? alike(headers) : headers;
        text.append(names(asNamed, USER_AGENT) ? "" : OURS).append(names(asNamed, ACCEPT_ENCODING) ? "" : PLAIN);
        asNamed.forEach((name, value) -> append(text, name, value));
        if (body != null) {
            text.append("Content-Type: application/json\r\nContent-Length: ")
                    .append(body.length())
                    .append("\r\n");
        }
        return new OutgoingRequest(text.append("\r\n").toString().getBytes(StandardCharsets.UTF_8), body);
    }

    /** The head of every request to a URL, from behind its method to the Host header. */
    static String start(String target, Destination destination) {
        return target + " HTTP/1.1\r\nHost: " + destination.authority() + "\r\n";
    }

    private static boolean names(Map<String, String> headers, String name) {
        for (String each : headers.keySet()) {
            if (each.equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    /** One for each name. */
    private static Map<String, String> alike(Map<String, String> headers) {
        Map<String, String> last = new LinkedHashMap<>();
        headers.forEach((name, value) -> {
            last.keySet().removeIf(name::equalsIgnoreCase);
            last.put(name, value);
        });
        return last;
    }

    private static void append(StringBuilder text, String name, String value) {
        if (value.isBlank() || !isPlain(value)) {
            throw new UnusableKey("The value of header " + name + " holds characters that cannot be sent.");
        }
        for (String nobodys : NOBODYS) {
            if (name.equalsIgnoreCase(nobodys)) {
                return;
            }
        }
        text.append(name).append(": ").append(value).append("\r\n");
    }

    private static boolean isPlain(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < ' ' || value.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    /**
     * All of it, anew for each connection that it is sent on.
     *
     * @param direct whether the buffer goes to the kernel as it is; TLS reads one on the heap faster
     */
    ByteBuf bytes(ByteBufAllocator allocator, boolean direct) {
        int length = head.length + (body == null ? 0 : body.length());
        ByteBuf bytes = direct ? allocator.directBuffer(length) : allocator.heapBuffer(length);
        bytes.writeBytes(head);
        if (body != null) {
            for (ByteBuffer part : body.getByteBuffers()) {
                bytes.writeBytes(part);
            }
        }
        return bytes;
    }
}
