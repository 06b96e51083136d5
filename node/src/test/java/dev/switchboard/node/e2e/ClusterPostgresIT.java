package dev.switchboard.node.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.node.persistence.TcpProxy;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes started one by one on PostgreSQL: killed, restarted in turn, and left without their database. The system
 * property {@code switchboard.test.postgres-url} names a server that runs already, with an empty database.
 */
class ClusterPostgresIT {
    private static final String EXTERNAL = System.getProperty("switchboard.test.postgres-url");

    @TempDir
    Path folder;

    private final Map<Integer, NodeUnderTest> nodes = new TreeMap<>();
    private List<Integer> remoting = List.of();
    private String databaseUrl = "";

    @Test
    void losesNothingWhenNodesOrTheDatabaseGoAway() throws Exception {
        try (EmbeddedPostgres server = EXTERNAL != null ? null : EmbeddedPostgres.start();
                TcpProxy database = new TcpProxy(portOf(server));
                ClusterRig rig = new ClusterRig(folder)) {
            databaseUrl = urlOf(server).replaceFirst("//[^/]+/", "//127.0.0.1:" + database.port() + "/");
            remoting = ClusterRig.freePorts(3);
            try {
                long begun = System.nanoTime();
                for (int port : rig.ports) {
                    launch(rig, port);
                }
                rig.awaitReady(rig.ports.get(0), rig.ports.get(1), rig.ports.get(2));
                double formed = (System.nanoTime() - begun) / 1e9;
                NodeUnderTest first = nodes.get(rig.ports.get(0));
                rig.keys(first.apiKey(), first.adminKey());
                try (ClusterProof proof = new ClusterProof("postgresql", rig)) {
                    proof.say("formed in %.1f s", formed);
                    proof.warmUp();
                    kill(rig, proof);
                    for (int port : rig.ports) {
                        proof.survivesStop(port, () -> nodes.get(port).handle().destroy());
                        assertThat(nodes.get(port).awaitEnd(Duration.ofSeconds(60)))
                                .isZero();
                        launch(rig, port);
                        rig.awaitReady(port);
                        proof.load().use(port);
                    }
                    withoutDatabase(rig, proof, database);
                    proof.nothingIsLeft();
                }
            } finally {
                for (NodeUnderTest node : nodes.values()) {
                    node.close();
                }
            }
        }
    }

    private void kill(ClusterRig rig, ClusterProof proof) throws Exception {
        int hosting = rig.singletonsPort(rig.ports.get(1));
        proof.survivesKill(hosting, "the singletons' node", () -> nodes.get(hosting)
                .handle()
                .destroyForcibly());
        launch(rig, hosting);
        rig.awaitReady(hosting);
        proof.load().use(hosting);
    }

    private void withoutDatabase(ClusterRig rig, ClusterProof proof, TcpProxy database) throws Exception {
        int port = rig.ports.get(0);
        // Shards still move to the node that joined last; a session that moves needs the database to be read.
        await("shards at rest")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofSeconds(1))
                .during(Duration.ofSeconds(7))
                .until(new ShardsAtRest(rig, port));
        database.cut();
        long cut = System.nanoTime();
        await("readiness tells").atMost(Duration.ofSeconds(20)).until(() -> ClusterRig.status(port, "/readyz") == 503);
        proof.say("readiness told of the lost database after %.1f s", (System.nanoTime() - cut) / 1e9);
        assertThat(ClusterRig.text(port, "/readyz")).contains("the database does not answer");
        await().atMost(Duration.ofSeconds(20)).until(() -> proof.load().everySessionHit(cut, 2));
        assertThat(proof.load().lostSince(cut)).isEmpty();
        HttpResponse<String> fresh =
                rig.chat(port, "begun-without-database", "auto", false, "hello").get();
        assertThat(fresh.statusCode()).as(fresh.body()).isEqualTo(200);
        String session = fresh.headers().firstValue("X-Session-Key").orElseThrow();
        String via = fresh.headers().firstValue("X-Routed-Via").orElseThrow();
        assertThat(rig.admin("DELETE", port, "/api/sessions/" + session + "/bans/failing", "")
                        .statusCode())
                .as("an admin write")
                .isEqualTo(503);

        database.mend();
        long mended = System.nanoTime();
        for (int each : rig.ports) {
            await().atMost(Duration.ofSeconds(40)).until(() -> ClusterRig.status(each, "/readyz") == 200);
        }
        proof.say("ready again %.1f s after the database came back", (System.nanoTime() - mended) / 1e9);
        assertThat(proof.load().lostSince(cut)).isEmpty();
        // What was pinned meanwhile is written by now or soon: it outlives its owner's node.
        await().atMost(Duration.ofSeconds(40)).until(() -> stored(session));
        int owner = URI.create(httpUrlOf(
                        rig,
                        rig.api(port, "/api/sessions/" + session).path("node").asText()))
                .getPort();
        int asked = rig.ports.stream().filter(each -> each != owner).findFirst().orElseThrow();
        proof.survivesKill(
                owner, "a shard's node", () -> nodes.get(owner).handle().destroyForcibly());
        HttpResponse<String> again = rig.chat(asked, "begun-without-database", "auto", false, "hello")
                .get();
        assertThat(again.headers().firstValue("X-Session-Status")).contains("hit");
        assertThat(again.headers().firstValue("X-Routed-Via")).contains(via);
        launch(rig, owner);
        rig.awaitReady(owner);
    }

    /** True while the placement of shards is what it was at the last look. */
    private static final class ShardsAtRest implements Callable<Boolean> {
        private final ClusterRig rig;
        private final int port;
        private String last = "";

        private ShardsAtRest(ClusterRig rig, int port) {
            this.rig = rig;
            this.port = port;
        }

        @Override
        public Boolean call() throws Exception {
            String now = rig.api(port, "/api/cluster").path("shards").toString();
            boolean same = now.equals(last);
            last = now;
            return same;
        }
    }

    private boolean stored(String session) throws Exception {
        try (var connection = java.sql.DriverManager.getConnection(databaseUrl, "postgres", "postgres");
                var query = connection.prepareStatement("SELECT 1 FROM durable_state WHERE persistence_id = ?")) {
            query.setString(1, "session|" + session);
            return query.executeQuery().next();
        }
    }

    private static String httpUrlOf(ClusterRig rig, String address) throws Exception {
        for (var member : rig.api(rig.ports.get(0), "/api/cluster").path("members")) {
            if (member.path("address").asText().equals(address)) {
                return member.path("httpUrl").asText();
            }
        }
        throw new AssertionError("no member " + address);
    }

    private void launch(ClusterRig rig, int port) throws Exception {
        NodeUnderTest before = nodes.get(port);
        if (before != null) {
            before.close();
        }
        int index = rig.ports.indexOf(port);
        Map<String, String> environment = new HashMap<>(Map.of(
                "DATABASE_URL",
                databaseUrl,
                "DATABASE_USER",
                "postgres",
                "DATABASE_PASSWORD",
                "postgres",
                "ENCRYPTION_KEY",
                "0123456789abcdef".repeat(4),
                "SWITCHBOARD_CLUSTER_HOST",
                "127.0.0.1",
                "SWITCHBOARD_CLUSTER_PORT",
                Integer.toString(remoting.get(index))));
        environment.put(
                "SWITCHBOARD_CLUSTER_SEEDS",
                remoting.stream().map(each -> "127.0.0.1:" + each).collect(Collectors.joining(",")));
        nodes.put(
                port,
                NodeUnderTest.run(
                        folder,
                        environment,
                        "start",
                        "--port",
                        Integer.toString(port),
                        "--data",
                        folder.resolve("data-" + index).toString(),
                        "--config",
                        rig.config.toString()));
    }

    private static int portOf(EmbeddedPostgres server) {
        return server != null
                ? server.getPort()
                : URI.create(EXTERNAL.substring("jdbc:".length())).getPort();
    }

    private static String urlOf(EmbeddedPostgres server) {
        return server != null ? server.getJdbcUrl("postgres", "postgres") : EXTERNAL;
    }
}
