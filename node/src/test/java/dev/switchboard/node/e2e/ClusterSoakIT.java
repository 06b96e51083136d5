package dev.switchboard.node.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes on PostgreSQL at half of what they can do, one of which is restarted every two minutes, in turn but for the
 * last: {@code -Dswitchboard.soak=PT30M} long. No request fails, and the node that is never restarted holds at the end what
 * it held after the first third: heap, file handles, database connections, actors.
 */
@Tag("proof")
class ClusterSoakIT {
    private static final Duration LENGTH = Duration.parse(System.getProperty("switchboard.soak", "PT30M"));
    private static final Duration BETWEEN_RESTARTS =
            Duration.parse(System.getProperty("switchboard.soak.restart", "PT2M"));
    private static final Duration WARM_UP = Duration.ofSeconds(40);
    private static final Duration MEASURED = Duration.ofSeconds(15);
    private static final int CLIENTS = 16;
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
    /** Living ones, streams among them; references to dead ones stay in caches of Akka's, which are bounded. */
    private static final Pattern ACTORS = Pattern.compile(
            "(?m)^\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+akka\\."
                    + "(?:actor\\.typed\\.internal\\.adapter\\.ActorAdapter|stream\\.impl\\.fusing\\.ActorGraphInterpreter)\\s");

    @TempDir
    Path folder;

    /** What a node holds: live bytes of its heap, file handles, actors, and the connections to the database of all. */
    private record Held(long heap, long handles, long actors, long connections) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "heap %.1f MB, %d file handles, %d actors, %d database connections",
                    heap / 1e6,
                    handles,
                    actors,
                    connections);
        }
    }

    @Test
    void nothingGrows() throws Exception {
        try (PostgresCluster cluster = new PostgresCluster(folder, 3, Map.of())) {
            cluster.form();
            int lasting = cluster.ports.get(2);
            try (PacedLoad load = new PacedLoad(cluster.ports, cluster.rig.apiKey())) {
                load.capacity(CLIENTS, WARM_UP);
                double capacity = load.capacity(CLIENTS, MEASURED);
                say("capacity %.0f requests a second; soak of %s at half of it", capacity, LENGTH);
                load.slowest();
                long warmUp = load.answered();
                load.begin(capacity / 2);
                long begun = System.nanoTime();
                @Nullable Held first = null;
                for (int turn = 0; since(begun).compareTo(LENGTH) < 0; turn++) {
                    Duration next = BETWEEN_RESTARTS.multipliedBy(turn + 1L);
                    await().atMost(BETWEEN_RESTARTS.multipliedBy(2))
                            .until(() -> !load.wrong().isEmpty() || since(begun).compareTo(next) > 0);
                    restart(cluster, load, cluster.ports.get(turn % 2));
                    assertThat(load.wrong()).isEmpty();
                    Held held = held(cluster, lasting);
                    say(
                            "after %d s: %s; %d requests answered, %d not sent, slowest %.2f s",
                            since(begun).toSeconds(), held, load.answered() - warmUp, load.leftOut(), load.slowest());
                    if (first == null && since(begun).compareTo(LENGTH.dividedBy(3)) > 0) {
                        first = held;
                    }
                }
                Held last = held(cluster, lasting);
                say("at the end: %s; %d requests answered, none failed", last, load.answered() - warmUp);
                assertThat(load.wrong()).isEmpty();
                isFlat(first, last);
                assertThat(load.leftOut()).as("requests not sent").isLessThan(load.answered() / 5);
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> cluster.rig.heldAnywhere(cluster.ports) == 0);
        }
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    /**
     * A tenth, and the connections that a restarted node opens, is what one sample differs from the next by; a leak of a byte
     * a request would show as much more.
     */
    private static void isFlat(@Nullable Held first, Held last) {
        assertThat(first).as("a sample after the first third").isNotNull();
        assertThat(last.heap()).as("heap").isLessThan(first.heap() * 11 / 10 + 8_000_000);
        assertThat(last.handles()).as("file handles").isLessThan(first.handles() * 11 / 10 + 20);
        assertThat(last.actors()).as("actors").isLessThan(first.actors() * 11 / 10 + 20);
        assertThat(last.connections()).as("connections").isLessThanOrEqualTo(first.connections() + 10);
    }

    private static void restart(PostgresCluster cluster, PacedLoad load, int port) throws Exception {
        cluster.node(port).handle().destroy();
        await("not ready")
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> ClusterRig.status(port, "/readyz") != 200);
        load.avoid(port);
        assertThat(cluster.node(port).awaitEnd(Duration.ofSeconds(60))).isZero();
        cluster.again(port);
        load.use(port);
    }

    private static Held held(PostgresCluster cluster, int port) throws Exception {
        long pid = cluster.node(port).handle().pid();
        String histogram = jcmd(pid, "GC.class_histogram");
        long actors = ACTORS.matcher(histogram)
                .results()
                .mapToLong(row -> Long.parseLong(row.group(1)))
                .sum();
        Matcher total = TOTAL.matcher(histogram);
        assertThat(total.find()).as(histogram).isTrue();
        try (Stream<Path> handles = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return new Held(Long.parseLong(total.group(1)), handles.count(), actors, cluster.connections());
        }
    }

    private static String jcmd(long pid, String command) throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(pid),
                        command))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said;
    }

    private static void say(String format, Object... values) {
        System.out.println("soak: " + String.format(Locale.ROOT, format, values));
    }
}
