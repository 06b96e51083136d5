package dev.switchboard.node.upstream;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy on loopback that takes CONNECT and leads every tunnel to one port of this machine. */
final class ConnectProxy implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int target;
    private final String answer;
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    /** The heads of the requests as they came. */
    final List<String> heads = new CopyOnWriteArrayList<>();

    /** A proxy that answers with that status line; tunnels only where it begins with 200. */
    ConnectProxy(int target, String answer) throws IOException {
        this.target = target;
        this.answer = answer;
        start("accept", this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, "connect-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                open.add(client);
                start("client", () -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = client.getInputStream();
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
                int next = in.read();
                if (next < 0) {
                    return;
                }
                head.write(next);
            }
            heads.add(head.toString(StandardCharsets.UTF_8));
            client.getOutputStream().write(("HTTP/1.1 " + answer + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            if (answer.startsWith("200")) {
                tunnel(client);
            }
        } catch (IOException e) {
            // A tunnel ends with either of its ends.
        }
    }

    private void tunnel(Socket client) throws IOException {
        try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            open.add(server);
            start("back", () -> copy(server, client));
            client.getInputStream().transferTo(server.getOutputStream());
        }
    }

    private static void copy(Socket from, Socket to) {
        try (to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // A tunnel ends with either of its ends.
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket one : open) {
            one.close();
        }
    }
}
