package dev.switchboard.node.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Many open streams, or a few fast ones, read by one thread; a process of its own. Every event tells when upstream was due to
 * send it, so its lateness is the whole way's. Prints {@code open} when all streams are open, then one line of JSON.
 */
public final class StreamClient {
    private static final byte[] TIME = "\"t=".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ERROR = "\"error\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 18);
    private final byte[] bytes = new byte[1 << 18];
    private final Latencies lateness = new Latencies();
    private final String body;
    private final int port;
    private final boolean again;
    private int opened;
    private int broken;
    private long events;

    private StreamClient(int port, String body, boolean again) throws IOException {
        this.port = port;
        this.body = body;
        this.again = again;
    }

    private final class Stream {
        private final SocketChannel channel;
        private final byte[] request;
        private int time;
        private int error;
        private int end;
        private long value = -1;
        private boolean begun;
        private boolean heard;

        Stream(int session) throws IOException {
            channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
            request = Traffic.request(port, body, session);
            send();
        }

        private void send() throws IOException {
            ByteBuffer out = ByteBuffer.wrap(request);
            while (out.hasRemaining()) {
                channel.write(out);
            }
        }

        void read() throws IOException {
            buffer.clear();
            int got = channel.read(buffer);
            if (got < 0) {
                throw new IOException("closed");
            }
            buffer.flip();
            buffer.get(bytes, 0, got);
            if (!begun) {
                begun = true;
                opened++;
                if (!new String(bytes, 0, Math.min(got, 12), StandardCharsets.US_ASCII).equals("HTTP/1.1 200")) {
                    throw new IOException(
                            "refused: " + new String(bytes, 0, Math.min(got, 400), StandardCharsets.UTF_8));
                }
            }
            for (int i = 0; i < got; i++) {
                accept(bytes[i]);
            }
        }

        private void accept(byte b) throws IOException {
            if (value >= 0) {
                if (b >= '0' && b <= '9') {
                    value = value * 10 + b - '0';
                    return;
                }
                lateness.add(System.nanoTime() - value);
                events++;
                heard = true;
                value = -1;
            }
            time = b == TIME[time] ? time + 1 : b == TIME[0] ? 1 : 0;
            if (time == TIME.length) {
                time = 0;
                value = 0;
            }
            error = b == ERROR[error] ? error + 1 : b == ERROR[0] ? 1 : 0;
            if (error == ERROR.length) {
                throw new IOException("an error frame");
            }
            end = b == END[end] ? end + 1 : b == END[0] ? 1 : 0;
            if (end == END.length) {
                end = 0;
                if (!again) {
                    throw new IOException("ended");
                }
                send();
            }
        }
    }

    /** Arguments: {@code port= streams= interval= events= seconds= ramp=}; interval 0: as fast as it goes, again and again. */
    public static void main(String[] args) throws IOException {
        Options options = new Options(args);
        int interval = options.number("interval", 1000);
        int wanted = options.number("events", 1_000_000);
        StreamClient client =
                new StreamClient(options.number("port", 0), Traffic.streamBody(interval, wanted), interval == 0);
        client.run(options.number("streams", 64), options.number("seconds", 10), options.number("ramp", 1));
    }

    private void run(int count, int seconds, int ramp) throws IOException {
        List<Stream> streams = new ArrayList<>();
        long start = System.nanoTime();
        while (streams.size() < count || opened + broken < count) {
            double share = (System.nanoTime() - start) / (ramp * 1e9);
            while (streams.size() < Math.min(count, share * count)) {
                streams.add(new Stream(streams.size()));
            }
            take();
            if (share > 8 && opened + broken < count) {
                throw new IOException("only " + opened + " of " + count + " streams opened");
            }
        }
        System.out.println("open");
        System.out.flush();
        lateness.clear();
        events = 0;
        streams.forEach(stream -> stream.heard = false);
        long began = System.nanoTime();
        while (System.nanoTime() - began < seconds * 1_000_000_000L) {
            take();
        }
        double lasted = (System.nanoTime() - began) / 1e9;
        ObjectNode result = new ObjectMapper().createObjectNode();
        result.put("streams", count);
        result.put("broken", broken);
        result.put("silent", streams.stream().filter(stream -> !stream.heard).count());
        result.put("eventsPerSecond", events / lasted);
        result.put("p50Ms", lateness.millis(0.5));
        result.put("p99Ms", lateness.millis(0.99));
        System.out.println(new ObjectMapper().writeValueAsString(result));
    }

    private void take() throws IOException {
        selector.select(5);
        for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
            SelectionKey key = keys.next();
            keys.remove();
            if (key.attachment() instanceof Stream stream) {
                try {
                    stream.read();
                } catch (IOException e) {
                    if (broken++ == 0) {
                        System.err.println("first broken stream: " + e.getMessage());
                    }
                    stream.channel.close();
                }
            }
        }
    }
}
