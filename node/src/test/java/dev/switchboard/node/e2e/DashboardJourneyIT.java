package dev.switchboard.node.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person at the dashboard of three packaged nodes, played by Chromium; the steps are in {@code dashboard-web/e2e}. */
class DashboardJourneyIT {
    private static final Duration LIMIT = Duration.ofMinutes(8);
    private static final Path WEB =
            Path.of("..", "dashboard-web").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    @Test
    void everyPageServesWithoutAReloadAndWithoutABarrier() throws Exception {
        Path chromium = Path.of(System.getenv().getOrDefault("CHROMIUM", "/usr/bin/chromium"));
        if (!Files.isExecutable(chromium)) {
            withoutChromium(chromium);
            return;
        }
        int port = TestPorts.inARow(1).get(0);
        Path simulated = Files.createDirectories(folder.resolve("simulator"));
        try (NodeUnderTest simulator =
                NodeUnderTest.run(simulated, Map.of(), "simulate", "--port", Integer.toString(port))) {
            awaitPort(port);
            Path config = Files.writeString(folder.resolve("journey.conf"), configuration(port));
            List<Integer> ports = TestPorts.inARow(3);
            try (NodeUnderTest nodes = NodeUnderTest.run(
                    folder,
                    Map.of(),
                    "cluster",
                    "--nodes",
                    "3",
                    "--port",
                    Integer.toString(ports.get(0)),
                    "--config",
                    config.toString(),
                    "--data",
                    folder.resolve("data").toString())) {
                await().atMost(ClusterRig.PATIENCE)
                        .until(() -> ports.stream().allMatch(each -> ClusterRig.status(each, "/readyz") == 200));
                Path printed = Files.createTempFile(folder, "journey", ".txt");
                int code = journey(nodes, ports.get(0), "http://127.0.0.1:" + port, chromium, printed);
                String steps = Files.readString(printed);
                System.out.println(steps);
                assertThat(code).as(steps).isZero();
            }
        }
    }

    /** The process of the third node, which the journey kills. */
    private static String victim(NodeUnderTest nodes) throws Exception {
        Matcher said = Pattern.compile("\\[node 3] is process (\\d+)").matcher(nodes.output());
        assertThat(said.find()).as(nodes.output()).isTrue();
        return said.group(1);
    }

    private static int journey(NodeUnderTest nodes, int port, String simulator, Path chromium, Path printed)
            throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                "node",
                "e2e/journey.mjs",
                Path.of("target", "screenshots").toAbsolutePath().toString());
        builder.environment()
                .putAll(Map.of(
                        "CHROMIUM", chromium.toString(),
                        "JOURNEY_URL", "http://127.0.0.1:" + port,
                        "JOURNEY_API_KEY", nodes.apiKey(),
                        "JOURNEY_ADMIN_KEY", nodes.adminKey(),
                        "JOURNEY_VICTIM", victim(nodes),
                        "JOURNEY_VICTIM_URL", "http://127.0.0.1:" + (port + 2),
                        "JOURNEY_SIMULATOR", simulator));
        Process process = builder.directory(WEB.toFile())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        try {
            return process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) ? process.exitValue() : -1;
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }

    /**
     * Cooldowns last, and a node that hangs is left to whoever looks, for longer than the slowest machine needs to look;
     * everything else is as shipped.
     */
    private static String configuration(int port) {
        return """
                switchboard.catalog = none
                switchboard.cooldown.transient = 90s
                akka.cluster.split-brain-resolver.stable-after = 60s
                switchboard.bootstrap {
                  platforms = [
                    { id = alpha, name = "Alpha", adapter = openai, base-url = "http://127.0.0.1:%1$d/alpha/v1" }
                    { id = beta, name = "Beta", adapter = openai, base-url = "http://127.0.0.1:%1$d/beta/v1" }
                  ]
                  models = [
                    { platform = alpha, id = a-large, name = "A Large", intelligence-rank = 1, rpm = 60, rpd = 5000 }
                    { platform = alpha, id = a-small, name = "A Small", intelligence-rank = 4, rpm = 120, rpd = 10000 }
                    { platform = beta, id = b-large, name = "B Large", intelligence-rank = 2, context-window = 200000 }
                    { platform = beta, id = b-mini, name = "B Mini", intelligence-rank = 7, context-window = 16000 }
                  ]
                  keys = [ { platform = beta, key = "sk-beta-0123456789", label = "team" } ]
                }
                """
                .formatted(port);
    }

    private static void withoutChromium(Path looked) {
        String line = "*".repeat(100);
        System.out.println(String.join(
                "\n",
                line,
                "* THE DASHBOARD WAS NOT TESTED: there is no Chromium at " + looked + ".",
                "* Install it (apt-get install chromium) or set CHROMIUM to its path, and run ./mvnw verify again.",
                "* With CI=true this is a failure.",
                line));
        assertThat(System.getenv("CI")).as("no Chromium at " + looked).isNotEqualTo("true");
    }

    private static void awaitPort(int port) {
        await().atMost(NodeUnderTest.PATIENCE).ignoreExceptions().until(() -> {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                return socket.isConnected();
            }
        });
    }
}
