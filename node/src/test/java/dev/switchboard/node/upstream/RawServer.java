package dev.switchboard.node.upstream;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An HTTP server on loopback that says exactly the bytes a test wants, one request after the other per connection. */
final class RawServer implements AutoCloseable {
    private final ServerSocket socket;
    private final Script script;
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    /** Requests as they came: head and body. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    /** Connections accepted so far. */
    final AtomicInteger connections = new AtomicInteger();

    /** Opens when a connection was closed by the other side. */
    final CountDownLatch closedByPeer = new CountDownLatch(1);

    /** Opens when a request has come in whole. */
    final CountDownLatch asked = new CountDownLatch(1);

    /** What is said to one request. */
    interface Script {
        void answer(OutputStream out, RawServer server) throws Exception;
    }

    RawServer(Script script) throws IOException {
        this.script = script;
        this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread acceptor = new Thread(this::accept, "raw-server");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    /** A server that says the text and closes. */
    static RawServer saying(String response) throws IOException {
        return new RawServer((out, server) -> {
            out.write(response.getBytes(StandardCharsets.UTF_8));
            out.flush();
        });
    }

    static String json(int status, String headers, String body) {
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return "HTTP/1.1 " + status + " X\r\nContent-Type: application/json\r\n" + headers + "Content-Length: " + length
                + "\r\n\r\n" + body;
    }

    static String sse(String events) {
        return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" + events;
    }

    String url() {
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    /** Waits until the other side closes this connection. */
    void awaitClose() throws InterruptedException {
        closedByPeer.await(20, TimeUnit.SECONDS);
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                connections.incrementAndGet();
                open.add(connection);
                Thread thread = new Thread(() -> serve(connection), "raw-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = connection.getInputStream();
            while (readRequest(in)) {
                asked.countDown();
                Thread watcher = watch(in);
                script.answer(connection.getOutputStream(), this);
                if (watcher != null) {
                    return;
                }
            }
        } catch (Exception e) {
            closedByPeer.countDown();
        }
    }

    /** Reads ahead so that a close by the other side is seen while the script is still talking. */
    private @Nullable Thread watch(InputStream in) {
        if (!watching) {
            return null;
        }
        Thread watcher = new Thread(
                () -> {
                    try {
                        while (in.read() >= 0) {
                            // Nothing is expected.
                        }
                    } catch (IOException e) {
                        // A reset is a close.
                    }
                    closedByPeer.countDown();
                },
                "raw-watch");
        watcher.setDaemon(true);
        watcher.start();
        return watcher;
    }

    private volatile boolean watching = true;

    /** Serves many requests on one connection instead of watching for its close. */
    RawServer keepingAlive() {
        watching = false;
        return this;
    }

    private boolean readRequest(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                return false;
            }
            head.write(b);
        }
        String text = head.toString(StandardCharsets.UTF_8);
        int length = 0;
        for (String line : text.split("\r\n")) {
            if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(15).trim());
            }
        }
        requests.add(text + new String(in.readNBytes(length), StandardCharsets.UTF_8));
        return true;
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket connection : open) {
            connection.close();
        }
    }
}
