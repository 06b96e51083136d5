package dev.switchboard.node.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.PemFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes on PostgreSQL that find each other by a list, speak TLS and have the lease decide: strangers are refused, the
 * older node is killed; as a proof also one is stopped, the database goes away, and the younger is killed.
 */
class ClusterPostgresIT {
    @TempDir
    Path folder;

    @Test
    void theOlderOfTwoMayDieAndStrangersAreRefused() throws Exception {
        try (PostgresCluster cluster = twoNodes();
                ClusterProof proof = formed(cluster)) {
            new Strangers(cluster).areRefused();
            proof.warmUp();
            kill(cluster, proof, cluster.rig.singletonsPort(cluster.ports.get(0)), "the older of two");
            proof.settingIsKnownEverywhere();
            proof.nothingIsLeft();
        }
    }

    @Test
    @Tag("proof")
    void twoNodesLoseNothingWhenEitherOrTheDatabaseGoesAway() throws Exception {
        try (PostgresCluster cluster = twoNodes();
                ClusterProof proof = formed(cluster)) {
            proof.warmUp();
            int stopped = cluster.rig.singletonsPort(cluster.ports.get(0));
            proof.survivesStop(stopped, () -> cluster.node(stopped).handle().destroy());
            assertThat(cluster.node(stopped).awaitEnd(Duration.ofSeconds(60))).isZero();
            again(cluster, proof, stopped);
            DatabaseLoss.Begun begun = new DatabaseLoss(cluster, proof).survived();
            int older = cluster.rig.singletonsPort(cluster.ports.get(0));
            kill(cluster, proof, cluster.other(older), "the younger of two");
            kill(cluster, proof, older, "the older of two");
            begun.isStillPinned(cluster.rig, cluster.other(older));
            proof.nothingIsLeft();
        }
    }

    private PostgresCluster twoNodes() throws Exception {
        PemFiles pem = PemFiles.make(folder, "RSA", "switchboard.internal");
        PostgresCluster cluster = new PostgresCluster(
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
                        pem.certificate().toString()));
        cluster.discoverBy(TestPorts.inARow(2));
        return cluster;
    }

    private static ClusterProof formed(PostgresCluster cluster) throws Exception {
        double seconds = cluster.form();
        ClusterProof proof = new ClusterProof("two nodes", cluster.rig, cluster.ports);
        proof.say("formed in %.1f s", seconds);
        return proof;
    }

    private static void kill(PostgresCluster cluster, ClusterProof proof, int port, String what) throws Exception {
        proof.survivesKill(port, what, () -> cluster.node(port).handle().destroyForcibly());
        again(cluster, proof, port);
    }

    private static void again(PostgresCluster cluster, ClusterProof proof, int port) throws Exception {
        proof.say("ready again %.1f s after its start", cluster.again(port));
        proof.load().use(port);
    }
}
