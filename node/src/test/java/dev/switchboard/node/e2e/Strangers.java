package dev.switchboard.node.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;

/** Processes that do not belong to a cluster and use its database: each ends with 2 and one line that names why. */
final class Strangers {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final PostgresCluster cluster;

    Strangers(PostgresCluster cluster) {
        this.cluster = cluster;
    }

    /** All of them; members, once registered, do not notice. */
    void areRefused() throws Exception {
        await().atMost(LIMIT)
                .until(() -> cluster.holds("SELECT 1 FROM cluster_member HAVING count(*) = ?", cluster.ports.size()));
        // A member of a later version, as it would have registered itself; each stranger looks at 127.0.0.1 first.
        cluster.execute(
                "INSERT INTO cluster_member (address, cluster, version, encryption_keys, seen_at)"
                        + " SELECT '9.later:1', cluster, '9.0.0', encryption_keys, seen_at + 600000 FROM cluster_member LIMIT 1");
        try (NodeUnderTest key = cluster.stranger(Map.of("ENCRYPTION_KEY", "fedcba9876543210".repeat(4)));
                NodeUnderTest name = cluster.stranger(Map.of("SWITCHBOARD_CLUSTER_NAME", "blue"));
                NodeUnderTest alone = cluster.stranger(
                        Map.of("SWITCHBOARD_CLUSTER_DISCOVERY", "none", "SWITCHBOARD_CLUSTER_SEEDS", ""));
                NodeUnderTest older = cluster.stranger(Map.of())) {
            refused(key, "switchboard.encryption-key");
            refused(name, "switchboard.cluster.name = blue: the database is in use by cluster switchboard");
            refused(alone, "switchboard.cluster.seed-nodes");
            refused(older, "cannot run beside version 9.0.0 of node 9.later:1: upgrade one minor version at a time");
        } finally {
            cluster.execute("DELETE FROM cluster_member WHERE version = '9.0.0'");
        }
    }

    private static void refused(NodeUnderTest node, String line) throws Exception {
        assertThat(node.awaitEnd(LIMIT)).as(node.output() + node.errors()).isEqualTo(2);
        assertThat(node.errors().strip().lines()).singleElement().asString().contains(line);
    }
}
