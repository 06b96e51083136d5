package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.node.TestNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Good clients beside hostile ones on one node: the good ones see no error and their p99 at most doubles, and memory is
 * what it was. {@code switchboard.proof.hostile-minutes} sets for how long.
 */
@Tag("proof")
class HostileClientsTest {
    private static final double MINUTES =
            Double.parseDouble(System.getProperty("switchboard.proof.hostile-minutes", "20"));
    private static final Duration HOSTILE = Duration.ofMillis((long) (MINUTES * 60_000));
    /** Quiet and hostile times alternate, so that what else the machine does meets both. */
    private static final int ROUNDS = 5;

    private static final Duration QUIET = Duration.ofMillis(Math.max(30_000, HOSTILE.toMillis() / 5));
    private static final Duration WARM_UP = Duration.ofSeconds(20);
    private static final int GOOD_EVERY_MS = 20;
    private static final int HOSTILE_EVERY_MS = 25;
    /** Hostile connections held open at a time; each must be closed by the node or, when there are more, by us. */
    private static final int HELD = 400;

    /** What half a body is given. */
    private static final Duration LONGEST_BODY = Duration.ofMinutes(1);

    private static final long MOST_GROWTH = 128L << 20;
    private static final String CONFIG =
            """
            switchboard {
              http { header-timeout = 5s, keep-alive-timeout = 10s, write-timeout = 5s, max-connections = 2000, max-body = 1 MiB }
              bootstrap {
                platforms = [ { id = endless, name = "Endless", adapter = openai, base-url = "%s" } ]
                models = [ { platform = endless, id = words } ]
                keys = [ { platform = endless, key = "sk-endless" } ]
              }
            }
            """;

    private final SplittableRandom random = new SplittableRandom(7);
    private final ScheduledExecutorService good = Executors.newScheduledThreadPool(8);
    private final ScheduledExecutorService hostile = Executors.newScheduledThreadPool(4);
    private final ConcurrentLinkedDeque<Socket> held = new ConcurrentLinkedDeque<>();
    /** Those of streams are apart: a look at them would read, and they are never to read. */
    private final ConcurrentLinkedDeque<Socket> neverReading = new ConcurrentLinkedDeque<>();

    private final AtomicLong attacks = new AtomicLong();
    private EndlessProvider provider;
    private TestNode node;
    private int port;

    private interface Attack {
        void on(Socket socket) throws IOException;
    }

    @BeforeEach
    void start() throws Exception {
        provider = new EndlessProvider();
        node = TestNode.start(CONFIG.formatted(provider.baseUrl()));
        port = URI.create(node.baseUrl()).getPort();
    }

    @AfterEach
    void stop() throws Exception {
        good.shutdownNow();
        hostile.shutdownNow();
        node.stop();
        provider.close();
    }

    @Test
    void goodClientsNoticeNothing() throws Exception {
        run(WARM_UP);
        long before = usedMemory();
        List<Long> quietly = new ArrayList<>();
        List<Long> besetly = new ArrayList<>();
        for (int round = 1; round <= ROUNDS; round++) {
            quietly.addAll(run(QUIET.dividedBy(ROUNDS)));
            List<ScheduledFuture<?>> attackers = attackers();
            besetly.addAll(run(HOSTILE.dividedBy(ROUNDS)));
            attackers.forEach(attacker -> attacker.cancel(false));
            awaitAllClosed();
            System.out.printf("hostile: round %d of %d, %d attacks so far%n", round, ROUNDS, attacks.get());
        }
        long[] quiet = sorted(quietly);
        long[] beset = sorted(besetly);
        System.out.printf(
                "hostile: %d attacks in %s; good: quiet n=%d p50=%.1f ms p99=%.1f ms, beset n=%d p50=%.1f ms p99=%.1f ms%n",
                attacks.get(),
                HOSTILE,
                quiet.length,
                at(quiet, 0.5),
                at(quiet, 0.99),
                beset.length,
                at(beset, 0.5),
                at(beset, 0.99));
        assertThat(attacks.get()).isGreaterThan(HOSTILE.toMillis() / HOSTILE_EVERY_MS / 2);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> node.get("/api/in-flight").body().isEmpty());
        long growth = usedMemory() - before;
        System.out.printf("hostile: memory grew by %.1f MiB%n", growth / 1048576.0);
        assertThat(growth).isLessThan(MOST_GROWTH);
        assertThat(at(beset, 0.99)).isLessThanOrEqualTo(2 * at(quiet, 0.99));
    }

    /** All that were left alone are closed by the node's limits. */
    private void awaitAllClosed() {
        await().atMost(Duration.ofSeconds(60)).until(() -> provider.open.get() == provider.cut.get());
        neverReading.forEach(HostileClientsTest::close);
        neverReading.clear();
        await().atMost(LONGEST_BODY.plusSeconds(30)).until(() -> held.stream().allMatch(HostileClientsTest::isClosed));
    }

    private static long[] sorted(List<Long> times) {
        return times.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    /** Nanoseconds that good requests took; each of them must be answered well. */
    private Queue<Long> run(Duration time) throws Exception {
        Queue<Long> took = new ConcurrentLinkedQueue<>();
        Queue<String> problems = new ConcurrentLinkedQueue<>();
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        AtomicLong count = new AtomicLong();
        Future<?> pace = good.scheduleAtFixedRate(
                () -> good.execute(() -> request(client, count.incrementAndGet() % 4 == 0, took, problems)),
                0,
                GOOD_EVERY_MS,
                TimeUnit.MILLISECONDS);
        await().pollDelay(time).atMost(time.plusSeconds(30)).until(() -> true);
        pace.cancel(false);
        await().atMost(Duration.ofSeconds(30)).until(() -> took.size() + problems.size() >= count.get());
        assertThat(problems).isEmpty();
        return took;
    }

    private void request(HttpClient client, boolean stream, Queue<Long> took, Queue<String> problems) {
        long begun = System.nanoTime();
        try {
            HttpResponse<String> answer = client.send(
                    node.request(
                            "POST",
                            "/v1/chat/completions",
                            "{\"model\":\"demo/echo\",\"stream\":" + stream
                                    + ",\"messages\":[{\"role\":\"user\",\"content\":\"a good question\"}]}",
                            node.apiKey()),
                    BodyHandlers.ofString());
            boolean whole = stream
                    ? answer.body().endsWith("data: [DONE]\n\n")
                    : answer.body().contains("a good question");
            if (answer.statusCode() == 200 && whole) {
                took.add(System.nanoTime() - begun);
            } else {
                problems.add(answer.statusCode() + " " + answer.body());
            }
        } catch (IOException | InterruptedException e) {
            problems.add(e.toString());
        }
    }

    private List<ScheduledFuture<?>> attackers() {
        String bearer = "Authorization: Bearer " + node.apiKey() + "\r\n";
        byte[] noise = new byte[4096];
        List<Attack> attacks = List.of(
                socket -> {
                    synchronized (random) {
                        random.nextBytes(noise);
                    }
                    socket.getOutputStream().write(noise);
                },
                socket -> send(socket, "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-Half: "),
                socket -> send(socket, "GET /" + "a".repeat(30_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"),
                socket -> send(socket, "GET /livez HTTP/1.1\r\nHost: x\r\nX-Giant: " + "b".repeat(100_000)),
                socket -> send(
                        socket,
                        "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n" + bearer
                                + "Content-Length: 900000\r\n\r\n{\"a"),
                socket -> send(
                        socket,
                        "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n" + bearer + "Content-Length: 60000\r\n\r\n"
                                + "[".repeat(60_000)),
                socket -> send(
                        socket,
                        "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n"),
                socket -> send(
                        socket,
                        "POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n{\"adminKey\":\"guess\"} "),
                socket -> send(
                        socket, "GET /api/keys HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer guess\r\n\r\n".repeat(50)),
                socket -> send(socket, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                socket -> send(socket, "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003"),
                socket -> {
                    // A connection and nothing more.
                });
        ScheduledFuture<?> mixed = hostile.scheduleAtFixedRate(
                () -> attack(attacks.get((int) (this.attacks.get() % attacks.size())), 0),
                0,
                HOSTILE_EVERY_MS,
                TimeUnit.MILLISECONDS);
        String endless =
                "{\"model\":\"endless/words\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"go on\"}]}";
        ScheduledFuture<?> streams = hostile.scheduleAtFixedRate(
                () -> attack(
                        socket -> send(
                                socket,
                                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n" + bearer
                                        + "Content-Type: application/json\r\n" + "Content-Length: " + endless.length()
                                        + "\r\n\r\n" + endless),
                        1024),
                0,
                2,
                TimeUnit.SECONDS);
        ScheduledFuture<?> flood = hostile.scheduleAtFixedRate(
                () -> {
                    for (int i = 0; i < 100; i++) {
                        attack(socket -> {}, 0);
                    }
                },
                5,
                10,
                TimeUnit.SECONDS);
        return List.of(mixed, streams, flood);
    }

    private void attack(Attack attack, int receiveBuffer) {
        try {
            Socket socket = new Socket();
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
            (receiveBuffer > 0 ? neverReading : held).add(socket);
            attack.on(socket);
        } catch (IOException turnedAway) {
            // The node may close before everything is sent.
        }
        attacks.incrementAndGet();
        while (held.size() > HELD) {
            close(held.pollFirst());
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static boolean isClosed(Socket socket) {
        try {
            socket.setSoTimeout(1);
            byte[] rest = new byte[65_536];
            while (!socket.isClosed() && socket.getInputStream().read(rest) >= 0) {
                // What was answered before the end.
            }
            return true;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    private static void close(Socket socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double at(long[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1L, Math.round(sorted.length * share))] / 1e6;
    }

    private static long usedMemory() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
