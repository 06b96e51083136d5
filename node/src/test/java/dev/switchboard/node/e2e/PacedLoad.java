package dev.switchboard.node.e2e;

import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Requests of many sessions at a fixed rate, or as fast as a number of clients can; every fifth is a stream. */
final class PacedLoad implements AutoCloseable {
    private static final int SESSIONS = 300;
    private static final int MOST_OPEN = 400;
    private static final long TICK_MILLIS = 5;
    private static final int MOST_REMEMBERED = 50;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final List<Integer> ports;
    private final String apiKey;
    private final Set<Integer> avoided = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong leftOut = new AtomicLong();
    private final AtomicLong slowest = new AtomicLong();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    PacedLoad(List<Integer> ports, String apiKey) {
        this.ports = List.copyOf(ports);
        this.apiKey = apiKey;
    }

    /** No new request goes to this port. */
    void avoid(int port) {
        avoided.add(port);
    }

    void use(int port) {
        avoided.remove(port);
    }

    /** Requests a second that {@code clients} get answered who each ask again as soon as they are. */
    double capacity(int clients, Duration time) {
        long before = answered.get();
        long begun = System.nanoTime();
        long end = begun + time.toNanos();
        for (int i = 0; i < clients; i++) {
            again(end);
        }
        await().atMost(time.plusMinutes(1)).until(() -> open.get() == 0);
        return (answered.get() - before) / ((System.nanoTime() - begun) / 1e9);
    }

    private void again(long end) {
        if (System.nanoTime() < end) {
            one(() -> again(end));
        }
    }

    /**
     * From now on {@code rate} requests are sent each second, whatever becomes of them; but none while {@value #MOST_OPEN}
     * are open, as when a starting node takes the processors of a small machine for itself.
     */
    void begin(double rate) {
        timer.scheduleAtFixedRate(new Pace(rate), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Sends what is due by now. */
    private final class Pace implements Runnable {
        private final long begun = System.nanoTime();
        private final double rate;
        private long done;

        private Pace(double rate) {
            this.rate = rate;
        }

        @Override
        public void run() {
            long due = (long) ((System.nanoTime() - begun) / 1e9 * rate);
            for (; done < due && !closed; done++) {
                if (open.get() < MOST_OPEN) {
                    one(() -> {});
                } else {
                    leftOut.incrementAndGet();
                }
            }
        }
    }

    private void one(Runnable then) {
        long number = sent.getAndIncrement();
        List<Integer> usable =
                ports.stream().filter(port -> !avoided.contains(port)).toList();
        int port = usable.get((int) (number % usable.size()));
        boolean stream = number % 5 == 0;
        long session = number % SESSIONS;
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + apiKey)
                .header("X-Session-Id", "paced-" + session)
                .timeout(Duration.ofSeconds(40))
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"model\":\"auto\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                                .formatted(stream, "Hello again. ".repeat(100))))
                .build();
        long begun = System.nanoTime();
        open.incrementAndGet();
        http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .whenCompleteAsync(
                        (answer, failure) -> {
                            slowest.accumulateAndGet(System.nanoTime() - begun, Math::max);
                            if (failure != null) {
                                remember("port " + port + ": " + failure);
                            } else if (answer.statusCode() != 200
                                    || stream && !answer.body().endsWith("data: [DONE]\n\n")) {
                                remember("port " + port + ": " + answer.statusCode() + " " + answer.body());
                            } else {
                                answered.incrementAndGet();
                            }
                            then.run();
                            open.decrementAndGet();
                        },
                        Runnable::run);
    }

    private void remember(String what) {
        if (wrong.size() < MOST_REMEMBERED) {
            wrong.add(what);
        }
    }

    /** What went wrong so far, the first of it. */
    List<String> wrong() {
        return List.copyOf(wrong);
    }

    /** How many requests were not sent because too many were open. */
    long leftOut() {
        return leftOut.get();
    }

    long answered() {
        return answered.get();
    }

    /** The longest that a request took since the last call, in seconds. */
    double slowest() {
        return slowest.getAndSet(0) / 1e9;
    }

    @Override
    public void close() {
        closed = true;
        timer.shutdownNow();
    }
}
