package dev.switchboard.node.proof;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A bare socket that sends one request, reads what it likes, and leaves when it likes. */
final class LeavingClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();

    private LeavingClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
    }

    static LeavingClient send(URI node, @Nullable String key, @Nullable String session, String body)
            throws IOException {
        Socket socket = new Socket(node.getHost(), node.getPort());
        socket.setSoTimeout(20_000);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = "POST /v1/chat/completions HTTP/1.1\r\nHost: node\r\nContent-Type: application/json\r\n"
                + "Authorization: Bearer " + key + "\r\n"
                + (session == null ? "" : "X-Session-Id: " + session + "\r\n") + "Content-Length: " + bytes.length
                + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return new LeavingClient(socket);
    }

    /** Reads until the words have come; all that was read so far. */
    String readUntil(String words) throws IOException {
        byte[] buffer = new byte[8192];
        while (!text().contains(words)) {
            int count = in.read(buffer);
            if (count < 0) {
                throw new AssertionError("the answer ended before '" + words + "': " + text());
            }
            read.write(buffer, 0, count);
        }
        return text();
    }

    String text() {
        return read.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
