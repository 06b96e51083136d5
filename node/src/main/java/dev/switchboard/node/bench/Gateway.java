package dev.switchboard.node.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One node, or several as a cluster, of this very build: separate processes with everything on that users have on. */
final class Gateway implements AutoCloseable {
    private static final String MAIN = "dev.switchboard.node.main.Main";
    private static final int MODELS_A_PLATFORM = 20;
    private static final long READY_SECONDS = 90;

    private final Child child;
    private final int port;
    private final int nodes;
    private final double readySeconds;

    private Gateway(Child child, int port, int nodes, double readySeconds) {
        this.child = child;
        this.port = port;
        this.nodes = nodes;
        this.readySeconds = readySeconds;
    }

    /**
     * How to start it.
     *
     * @param upstream the port that every platform's base URL names
     * @param models how many models the catalogue holds
     * @param options JVM options in place of this process's own
     */
    record Setup(int upstream, int models, int nodes, Path data, List<String> options) {}

    /** Starts and waits until every node is ready. */
    static Gateway start(Setup setup, Path folder) throws IOException, InterruptedException {
        Path config = Files.createTempFile(folder, "bench-", ".conf");
        Files.writeString(config, config(setup));
        int port = Programs.freePort();
        List<String> arguments = new ArrayList<>(
                setup.nodes() == 1 ? List.of("start") : List.of("cluster", "--nodes", Integer.toString(setup.nodes())));
        arguments.addAll(List.of(
                "--port",
                Integer.toString(port),
                "--config",
                config.toString(),
                "--data",
                setup.data().toString()));
        long start = System.nanoTime();
        Child child = Child.start(
                "gateway",
                Programs.java(setup.options(), MAIN, arguments),
                Map.of("SWITCHBOARD_CONFIG", "", "DATABASE_URL", ""),
                folder);
        for (int node = 0; node < setup.nodes(); node++) {
            awaitReady(child, port + node);
        }
        return new Gateway(child, port, setup.nodes(), (System.nanoTime() - start) / 1e9);
    }

    private static String config(Setup setup) {
        StringBuilder text = new StringBuilder("switchboard.catalog = none\nswitchboard.auth.api-key = \"")
                .append(Traffic.API_KEY)
                .append("\"\nswitchboard.bootstrap {\n  platforms = [\n");
        int platforms = (setup.models() + MODELS_A_PLATFORM - 1) / MODELS_A_PLATFORM;
        for (int i = 0; i < platforms; i++) {
            text.append("    { id = bench%d, name = Bench, adapter = openai, base-url = \"http://127.0.0.1:%d/v1\" }\n"
                    .formatted(i, setup.upstream()));
        }
        text.append("  ]\n  models = [\n");
        for (int i = 0; i < setup.models(); i++) {
            text.append(
                    "    { platform = bench%d, id = bench-%d, name = Bench, intelligence-rank = %d, context-window = 128000 }\n"
                            .formatted(i / MODELS_A_PLATFORM, i, i + 1));
        }
        text.append("  ]\n  keys = [\n");
        for (int i = 0; i < platforms; i++) {
            text.append("    { platform = bench%d, key = \"sk-bench-key-%d\" }\n".formatted(i, i));
        }
        return text.append("  ]\n}\n").toString();
    }

    private static void awaitReady(Child child, int port) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest ready = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/readyz"))
                .timeout(Duration.ofSeconds(2))
                .build();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (true) {
            try {
                if (client.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                if (!child.isAlive()) {
                    throw new IOException("the gateway did not start: " + child.output(), e);
                }
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("the gateway was not ready in time: " + child.output());
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    int port() {
        return port;
    }

    /** The ports of all nodes. */
    List<Integer> ports() {
        List<Integer> ports = new ArrayList<>();
        for (int node = 0; node < nodes; node++) {
            ports.add(port + node);
        }
        return ports;
    }

    double readySeconds() {
        return readySeconds;
    }

    /** CPU time of all its processes in microseconds. */
    long cpuMicros() throws IOException {
        return ProcessStat.cpuMicros(child.pid());
    }

    /** Resident memory of the node in bytes; of the supervisor where it is a cluster. */
    long residentBytes() throws IOException {
        return ProcessStat.residentBytes(child.pid());
    }

    @Override
    public void close() {
        child.close();
    }
}
