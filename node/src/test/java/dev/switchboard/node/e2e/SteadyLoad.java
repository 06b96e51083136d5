package dev.switchboard.node.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** A few conversations that go on at a light pace over all nodes, as a load balancer would spread them. */
final class SteadyLoad implements AutoCloseable {
    private static final int SESSIONS = 16;
    private static final int THREADS = 4;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(60);

    /** One request; status 0 is a connection that died. Times are of {@link System#nanoTime}. */
    record Row(long sentAt, long endedAt, int session, int port, int status, String pin, String via, String key) {
        boolean hit() {
            return status == 200 && "hit".equals(pin);
        }

        double endedAfter(long since) {
            return (endedAt - since) / 1e9;
        }
    }

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final List<Integer> ports;
    private final String apiKey;
    private final ConcurrentLinkedQueue<Row> rows = new ConcurrentLinkedQueue<>();
    private final Set<Integer> avoided = ConcurrentHashMap.newKeySet();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    SteadyLoad(List<Integer> ports, String apiKey) {
        this.ports = List.copyOf(ports);
        this.apiKey = apiKey;
        for (int i = 0; i < THREADS; i++) {
            int first = i;
            Thread thread = new Thread(() -> run(first), "load-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    /** No new request goes to this port. */
    void avoid(int port) {
        avoided.add(port);
    }

    void use(int port) {
        avoided.remove(port);
    }

    private void run(int first) {
        int turn = first;
        while (!stopped) {
            // One further each round: else two nodes would always get the same conversations.
            turn++;
            for (int session = first; session < SESSIONS && !stopped; session += THREADS) {
                List<Integer> usable =
                        ports.stream().filter(port -> !avoided.contains(port)).toList();
                if (!usable.isEmpty()) {
                    rows.add(one(session, usable.get(turn++ % usable.size())));
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private Row one(int session, int port) {
        long sent = System.nanoTime();
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
                            .header("Authorization", "Bearer " + apiKey)
                            .header("X-Session-Id", "steady-" + session)
                            .timeout(Duration.ofSeconds(40))
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                                            .formatted("Hello again. ".repeat(100))))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return new Row(
                    sent,
                    System.nanoTime(),
                    session,
                    port,
                    answer.statusCode(),
                    header(answer, "X-Session-Status"),
                    header(answer, "X-Routed-Via"),
                    header(answer, "X-Session-Key"));
        } catch (IOException e) {
            return new Row(sent, System.nanoTime(), session, port, 0, "", "", "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Row(sent, System.nanoTime(), session, port, 0, "", "", "");
        }
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    /** Requests sent since, oldest first. */
    List<Row> since(long nanos) {
        return rows.stream()
                .filter(row -> row.sentAt() >= nanos)
                .sorted(Comparator.comparingLong(Row::sentAt))
                .toList();
    }

    /** Requests sent since that were not served by their conversation's pinned model. */
    List<Row> lostSince(long nanos) {
        return since(nanos).stream().filter(row -> !row.hit()).toList();
    }

    /** Whether every conversation was served by its pinned model at least {@code times} times since. */
    boolean everySessionHit(long nanos, int times) {
        Map<Integer, Long> hits = since(nanos).stream()
                .filter(Row::hit)
                .collect(Collectors.groupingBy(Row::session, Collectors.counting()));
        return hits.size() == SESSIONS && hits.values().stream().allMatch(count -> count >= times);
    }

    /** How many pairs of a conversation and a node there are by which it was served by its pinned model since. */
    long hitsSince(long nanos) {
        return since(nanos).stream()
                .filter(Row::hit)
                .map(row -> row.session() + " " + row.port())
                .distinct()
                .count();
    }

    /** Seconds from {@code nanos} until the last conversation had its first answer. */
    double lastFirstHit(long nanos) {
        Map<Integer, Double> first = new HashMap<>();
        for (Row row : since(nanos)) {
            if (row.hit()) {
                first.merge(row.session(), row.endedAfter(nanos), Math::min);
            }
        }
        return first.values().stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
    }

    /** The longest that a request sent since took, in seconds. */
    double slowest(long nanos) {
        return since(nanos).stream()
                .mapToDouble(row -> row.endedAfter(row.sentAt()))
                .max()
                .orElse(Double.NaN);
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join(45_000);
        }
    }
}
