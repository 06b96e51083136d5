package dev.switchboard.node.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.PemFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes on PostgreSQL that find each other by a list, speak TLS and have the lease decide: one is stopped, strangers are
 * refused, the database goes away, and the older node is killed.
 */
@Tag("proof")
class ClusterPostgresIT {
    @TempDir
    Path folder;

    @Test
    void twoNodesLoseNothingWhenEitherOrTheDatabaseGoesAway() throws Exception {
        PemFiles pem = PemFiles.make(folder, "RSA", "switchboard.internal");
        List<Integer> management = ClusterRig.freePorts(2);
        try (PostgresCluster cluster = new PostgresCluster(
                folder,
                2,
                Map.of(
                        "SWITCHBOARD_CLUSTER_DOWNING",
                        "lease-majority",
                        "SWITCHBOARD_CLUSTER_TLS_CERTIFICATE",
                        pem.certificate().toString(),
                        "SWITCHBOARD_CLUSTER_TLS_KEY",
                        pem.key().toString(),
                        "SWITCHBOARD_CLUSTER_TLS_AUTHORITY",
                        pem.certificate().toString()))) {
            cluster.discoverBy(management);
            double formed = cluster.form();
            List<Integer> ports = cluster.ports;
            try (ClusterProof proof = new ClusterProof("two nodes", cluster.rig, ports)) {
                proof.say("formed in %.1f s", formed);
                proof.warmUp();
                strangersAreRefused(cluster);
                int hosting = cluster.rig.singletonsPort(ports.get(0));
                proof.survivesStop(hosting, () -> cluster.node(hosting).handle().destroy());
                assertThat(cluster.node(hosting).awaitEnd(Duration.ofSeconds(60)))
                        .isZero();
                cluster.launch(hosting);
                cluster.rig.awaitReady(hosting);
                proof.load().use(hosting);
                DatabaseLoss.Begun begun = new DatabaseLoss(cluster, proof).survived();
                int older = cluster.rig.singletonsPort(ports.get(0));
                int survivor =
                        ports.stream().filter(port -> port != older).findFirst().orElseThrow();
                proof.survivesKill(older, "the older of two", () -> cluster.node(older)
                        .handle()
                        .destroyForcibly());
                begun.isStillPinned(cluster.rig, survivor);
                cluster.launch(older);
                cluster.rig.awaitReady(older);
                proof.nothingIsLeft();
            }
        }
    }

    /** Each ends with 2 and one line that names what does not fit; members do not notice. */
    private static void strangersAreRefused(PostgresCluster cluster) throws Exception {
        try (NodeUnderTest key = cluster.stranger(Map.of("ENCRYPTION_KEY", "fedcba9876543210".repeat(4)));
                NodeUnderTest name = cluster.stranger(Map.of("SWITCHBOARD_CLUSTER_NAME", "blue"));
                NodeUnderTest alone = cluster.stranger(
                        Map.of("SWITCHBOARD_CLUSTER_DISCOVERY", "none", "SWITCHBOARD_CLUSTER_SEEDS", ""))) {
            refused(key, "switchboard.encryption-key");
            refused(name, "switchboard.cluster.name = blue: the database is in use by cluster switchboard");
            refused(alone, "switchboard.cluster.seed-nodes");
        }
    }

    private static void refused(NodeUnderTest node, String line) throws Exception {
        assertThat(node.awaitEnd(Duration.ofSeconds(60)))
                .as(node.output() + node.errors())
                .isEqualTo(2);
        assertThat(node.errors().strip().lines()).singleElement().asString().contains(line);
    }
}
