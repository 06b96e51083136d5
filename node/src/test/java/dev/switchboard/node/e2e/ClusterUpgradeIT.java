package dev.switchboard.node.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes of an earlier build under load are replaced one by one by this one, and one of them is put back: every session
 * is served through nodes of both, no request fails, no pin is lost.
 */
@Tag("proof")
class ClusterUpgradeIT {
    @TempDir
    Path folder;

    @Test
    void nodesOfTwoBuildsServeTheSameSessions() throws Exception {
        try (OlderBuild older = OlderBuild.make(folder);
                PostgresCluster cluster = new PostgresCluster(folder, 3, Map.of())) {
            cluster.ports.forEach(port -> cluster.prepare(port, Map.of(), older.target()));
            double formed = cluster.form();
            try (ClusterProof proof = new ClusterProof("upgrade", cluster.rig, cluster.ports)) {
                proof.say("three nodes of %s formed in %.1f s", older.name(), formed);
                proof.warmUp();
                int first = cluster.ports.get(0);
                for (int port : cluster.ports) {
                    replace(cluster, proof, port, NodeUnderTest.Launch.HERE.target());
                    if (port == first) {
                        // Changes of mind are part of an upgrade: back to the earlier build, and on again.
                        replace(cluster, proof, port, older.target());
                        replace(cluster, proof, port, NodeUnderTest.Launch.HERE.target());
                    }
                    long mixed = System.nanoTime();
                    proof.everyNodeServesEverySession(mixed);
                    proof.settingIsKnownEverywhere();
                }
                proof.cooldownIsKnownEverywhere();
                proof.nothingIsLeft();
            }
        }
    }

    private static void replace(PostgresCluster cluster, ClusterProof proof, int port, Path target) throws Exception {
        cluster.prepare(port, Map.of(), target);
        proof.survivesStop(port, () -> cluster.node(port).handle().destroy());
        assertThat(cluster.node(port).awaitEnd(Duration.ofSeconds(60))).isZero();
        proof.say("ready again %.1f s after its start", cluster.again(port));
        proof.load().use(port);
    }
}
