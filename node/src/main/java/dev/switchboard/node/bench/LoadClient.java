package dev.switchboard.node.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * JSON requests from one thread, as fast as the answers come or at a fixed rate; a process of its own. Prints one line of
 * JSON. Latency counts from the sending, or from when it was due where every connection was busy.
 */
public final class LoadClient {
    private static final int MOST_ANSWER = 1 << 20;

    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
    private final List<Connection> connections = new ArrayList<>();
    private final Queue<Connection> idle = new ArrayDeque<>();
    private final Queue<Long> overdue = new ArrayDeque<>();
    private final Latencies latencies = new Latencies();
    private final List<Integer> perSecond = new ArrayList<>();
    private final byte[][] requests;
    private int nextRequest;
    private long errors;
    private boolean paced;
    private boolean sending;

    private LoadClient(int port, int sessions) throws IOException {
        requests = new byte[sessions][];
        String body = Traffic.body();
        for (int i = 0; i < sessions; i++) {
            requests[i] = Traffic.request(port, body, i);
        }
    }

    private final class Connection {
        private final SocketChannel channel;
        private final byte[] answer = new byte[1 << 14];
        private int filled;
        private int length = -1;
        private long startedNanos;

        Connection(int port) throws IOException {
            channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
        }

        void send(long sinceNanos) throws IOException {
            filled = 0;
            length = -1;
            startedNanos = sinceNanos;
            ByteBuffer out = ByteBuffer.wrap(requests[nextRequest]);
            nextRequest = (nextRequest + 1) % requests.length;
            while (out.hasRemaining()) {
                channel.write(out);
            }
        }

        /** Whether the answer is complete. */
        boolean read() throws IOException {
            buffer.clear();
            int got = channel.read(buffer);
            if (got < 0) {
                throw new IOException("the connection was closed");
            }
            buffer.flip();
            if (filled + got > answer.length) {
                throw new IOException("an answer of more than " + answer.length + " bytes");
            }
            buffer.get(answer, filled, got);
            filled += got;
            if (length < 0) {
                length = wholeLength();
            }
            return length >= 0 && filled >= length;
        }

        private int wholeLength() throws IOException {
            for (int i = 3; i < filled; i++) {
                if (answer[i] == '\n' && answer[i - 1] == '\r' && answer[i - 2] == '\n') {
                    String head = new String(answer, 0, i, StandardCharsets.ISO_8859_1);
                    if (!head.startsWith("HTTP/1.1 200")) {
                        errors++;
                    }
                    String lower = head.toLowerCase(Locale.ROOT);
                    int at = lower.indexOf("content-length:");
                    if (at < 0) {
                        throw new IOException("an answer without a length: " + head);
                    }
                    int end = lower.indexOf('\r', at);
                    int declared = Integer.parseInt(lower.substring(at + 15, end < 0 ? lower.length() : end)
                            .trim());
                    return i + 1 + Math.min(declared, MOST_ANSWER);
                }
            }
            return -1;
        }
    }

    /** Arguments: {@code ports= connections= seconds= sessions= rate= warm-port= warm-seconds= skip=}. */
    public static void main(String[] args) throws IOException {
        Options options = new Options(args);
        int[] ports = options.numbers("ports");
        int connections = options.number("connections", 64);
        int rate = options.number("rate", 0);
        LoadClient client = new LoadClient(ports[0], options.number("sessions", connections));
        int warm = options.number("warm-port", 0);
        if (warm > 0) {
            client.run(new int[] {warm}, connections, options.number("warm-seconds", 5), 0, 0);
        }
        ObjectNode result =
                client.run(ports, connections, options.number("seconds", 10), rate, options.number("skip", 0));
        System.out.println(new ObjectMapper().writeValueAsString(result));
    }

    private ObjectNode run(int[] ports, int count, int seconds, int rate, int skipSeconds) throws IOException {
        reset();
        for (int i = 0; i < count; i++) {
            connections.add(new Connection(ports[i % ports.length]));
        }
        paced = rate > 0;
        sending = true;
        long cpu = cpuMicros();
        long start = System.nanoTime();
        if (paced) {
            idle.addAll(connections);
        } else {
            for (Connection connection : connections) {
                connection.send(System.nanoTime());
            }
        }
        pump(start, seconds, skipSeconds, rate);
        double lasted = (System.nanoTime() - start) / 1e9 - skipSeconds;
        ObjectNode result = result(lasted, cpuMicros() - cpu);
        for (Connection connection : connections) {
            connection.channel.close();
        }
        return result;
    }

    private void reset() {
        connections.clear();
        idle.clear();
        overdue.clear();
        latencies.clear();
        perSecond.clear();
        errors = 0;
    }

    private void pump(long start, int seconds, int skipSeconds, int rate) throws IOException {
        long end = start + seconds * 1_000_000_000L;
        long measured = start + skipSeconds * 1_000_000_000L;
        boolean skipping = skipSeconds > 0;
        long sent = 0;
        for (long now = start; now < end; now = System.nanoTime()) {
            if (skipping && now >= measured) {
                skipping = false;
                latencies.clear();
                errors = 0;
            }
            long due = paced ? start + (long) (sent * 1e9 / rate) : Long.MAX_VALUE;
            while (due <= now) {
                sent++;
                Connection free = idle.poll();
                if (free == null) {
                    overdue.add(due);
                } else {
                    free.send(System.nanoTime());
                }
                due = start + (long) (sent * 1e9 / rate);
            }
            selector.select(paced ? Math.max(1, (due - now) / 1_000_000) : 100);
            take(start);
        }
        sending = false;
    }

    private void take(long start) throws IOException {
        for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
            SelectionKey key = keys.next();
            keys.remove();
            if (key.attachment() instanceof Connection connection && connection.read()) {
                long now = System.nanoTime();
                latencies.add(now - connection.startedNanos);
                count((int) ((now - start) / 1_000_000_000L));
                next(connection, now);
            }
        }
    }

    private void next(Connection connection, long now) throws IOException {
        @Nullable Long due = paced ? overdue.poll() : Long.valueOf(now);
        if (due == null) {
            idle.add(connection);
        } else if (sending) {
            connection.send(due);
        }
    }

    private void count(int second) {
        while (perSecond.size() <= second) {
            perSecond.add(0);
        }
        perSecond.set(second, perSecond.get(second) + 1);
    }

    private ObjectNode result(double seconds, long cpuMicros) {
        ObjectNode result = new ObjectMapper().createObjectNode();
        result.put("requests", latencies.count());
        result.put("errors", errors);
        result.put("rate", latencies.count() / seconds);
        result.put("p50Ms", latencies.millis(0.5));
        result.put("p99Ms", latencies.millis(0.99));
        result.put("clientCpuShare", cpuMicros / 1e6 / seconds);
        ArrayNode timeline = result.putArray("perSecond");
        perSecond.forEach(timeline::add);
        return result;
    }

    private static long cpuMicros() throws IOException {
        return ProcessStat.cpuMicros(ProcessHandle.current().pid());
    }
}
