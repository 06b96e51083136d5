package dev.switchboard.node.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Iterator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * An upstream in one thread and a process of its own: a chat completion, or a stream at the pace that the prompt names
 * ({@code interval=ms events=n}; interval 0 is as fast as the reader). Every event is a write of its own, as providers send
 * them, and carries the time it was due.
 */
public final class UpstreamServer {
    private static final int BACKLOG = 16_384;
    private static final byte[] HEAD = ("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);

    private final Selector selector = Selector.open();
    private final PriorityQueue<Stream> due = new PriorityQueue<>(Comparator.comparingLong(stream -> stream.nextNanos));
    private final byte[] answer;

    private UpstreamServer() throws IOException {
        String json = Traffic.answer();
        answer = ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + json.length() + "\r\n\r\n"
                        + json)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static final class Stream {
        private final SelectionKey key;
        private final long intervalNanos;
        private long left;
        private long nextNanos;

        Stream(SelectionKey key, long intervalNanos, long events, long firstNanos) {
            this.key = key;
            this.intervalNanos = intervalNanos;
            this.left = events;
            this.nextNanos = firstNanos;
        }
    }

    private static final class Connection {
        private final ByteBuffer in = ByteBuffer.allocate(8192);
        private @Nullable ByteBuffer unsent;
        private @Nullable Stream stream;
    }

    /** Argument: {@code port=}. */
    public static void main(String[] args) throws IOException {
        UpstreamServer server = new UpstreamServer();
        server.run(new Options(args).number("port", 0));
    }

    private void run(int port) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        while (true) {
            Stream first = due.peek();
            long wait = first == null ? 1000 : Math.max(0, (first.nextNanos - System.nanoTime()) / 1_000_000);
            if (wait == 0) {
                selector.selectNow();
            } else {
                selector.select(wait);
            }
            for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
                SelectionKey key = keys.next();
                keys.remove();
                serve(listener, key);
            }
            sendDue();
        }
    }

    private void serve(ServerSocketChannel listener, SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                accept(listener);
            } else if (key.attachment() instanceof Connection connection) {
                if (key.isReadable()) {
                    read(key, connection);
                }
                if (key.isValid() && key.isWritable()) {
                    flush(key, connection);
                }
            }
        } catch (IOException e) {
            close(key);
        }
    }

    private void accept(ServerSocketChannel listener) throws IOException {
        for (SocketChannel channel = listener.accept(); channel != null; channel = listener.accept()) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, new Connection());
        }
    }

    private static void close(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException e) {
            key.cancel();
        }
    }

    private static SocketChannel channel(SelectionKey key) {
        return (SocketChannel) key.channel();
    }

    private void read(SelectionKey key, Connection connection) throws IOException {
        if (channel(key).read(connection.in) < 0) {
            close(key);
            return;
        }
        String text = new String(connection.in.array(), 0, connection.in.position(), StandardCharsets.ISO_8859_1);
        int head = text.indexOf("\r\n\r\n");
        if (head < 0 || text.length() < head + 4 + contentLength(text, head)) {
            return;
        }
        connection.in.clear();
        int interval = text.indexOf("interval=");
        if (interval < 0) {
            write(key, connection, ByteBuffer.wrap(answer));
            return;
        }
        long millis = numberAt(text, interval + "interval=".length());
        long events = numberAt(text, text.indexOf("events=", interval) + "events=".length());
        write(key, connection, ByteBuffer.wrap(HEAD));
        Stream stream = new Stream(key, millis * 1_000_000, events, System.nanoTime());
        connection.stream = stream;
        if (millis > 0) {
            due.add(stream);
        } else {
            key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }
    }

    private static int contentLength(String text, int head) {
        int at = text.regionMatches(true, 0, "GET", 0, 3) ? -1 : indexOfIgnoringCase(text, "content-length:", head);
        return at < 0 ? 0 : (int) numberAt(text, at + "content-length:".length());
    }

    private static int indexOfIgnoringCase(String text, String wanted, int end) {
        for (int i = 0; i < end; i++) {
            if (text.regionMatches(true, i, wanted, 0, wanted.length())) {
                return i;
            }
        }
        return -1;
    }

    private static long numberAt(String text, int from) {
        long value = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                value = value * 10 + c - '0';
            } else if (c != ' ' || value > 0) {
                break;
            }
        }
        return value;
    }

    private void sendDue() {
        long now = System.nanoTime();
        for (Stream stream = due.peek(); stream != null && stream.nextNanos <= now; stream = due.peek()) {
            due.remove();
            if (stream.key.isValid() && stream.key.attachment() instanceof Connection connection) {
                try {
                    event(stream, connection);
                    if (stream.left > 0) {
                        stream.nextNanos += stream.intervalNanos;
                        due.add(stream);
                    }
                } catch (IOException e) {
                    close(stream.key);
                }
            }
        }
    }

    /** A fast stream sends one event a turn of the loop, so that all get their share. */
    private void flush(SelectionKey key, Connection connection) throws IOException {
        ByteBuffer rest = connection.unsent;
        if (rest != null) {
            channel(key).write(rest);
            if (rest.hasRemaining()) {
                return;
            }
            connection.unsent = null;
        }
        Stream stream = connection.stream;
        if (stream != null && stream.intervalNanos == 0 && stream.left > 0) {
            stream.nextNanos = System.nanoTime();
            event(stream, connection);
        } else {
            key.interestOps(SelectionKey.OP_READ);
        }
    }

    private void event(Stream stream, Connection connection) throws IOException {
        stream.left--;
        String data = "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
                + "\"model\":\"bench-0\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"t=" + stream.nextNanos
                + " \"},\"finish_reason\":" + (stream.left == 0 ? "\"stop\"" : "null") + "}]}\n\n";
        if (stream.left == 0) {
            data += "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
                    + "\"model\":\"bench-0\",\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":99,"
                    + "\"total_tokens\":108}}\n\ndata: [DONE]\n\n";
        }
        String chunk =
                Integer.toHexString(data.length()) + "\r\n" + data + "\r\n" + (stream.left == 0 ? "0\r\n\r\n" : "");
        write(stream.key, connection, ByteBuffer.wrap(chunk.getBytes(StandardCharsets.ISO_8859_1)));
        if (stream.left == 0) {
            connection.stream = null;
        }
    }

    private static void write(SelectionKey key, Connection connection, ByteBuffer bytes) throws IOException {
        ByteBuffer before = connection.unsent;
        if (before == null) {
            channel(key).write(bytes);
            if (!bytes.hasRemaining()) {
                return;
            }
            connection.unsent = bytes;
        } else {
            ByteBuffer both = ByteBuffer.allocate(before.remaining() + bytes.remaining());
            connection.unsent = both.put(before).put(bytes).flip();
        }
        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }
}
