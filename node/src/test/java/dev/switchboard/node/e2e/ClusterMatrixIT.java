package dev.switchboard.node.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes on PostgreSQL: each is killed and stopped in turn, then the database goes away and a session's owner dies. */
@Tag("proof")
class ClusterMatrixIT {
    @TempDir
    Path folder;

    @Test
    void threeNodesLoseNothingWhicheverGoesAway() throws Exception {
        try (PostgresCluster cluster = new PostgresCluster(folder, 3, Map.of())) {
            double formed = cluster.form();
            try (ClusterProof proof = new ClusterProof("three nodes", cluster.rig, cluster.ports)) {
                proof.say("formed in %.1f s", formed);
                proof.warmUp();
                int hosting = cluster.rig.singletonsPort(cluster.ports.get(1));
                kill(cluster, proof, hosting, "the singletons' node");
                for (int port : cluster.ports) {
                    kill(cluster, proof, port, "node " + cluster.ports.indexOf(port));
                }
                for (int port : cluster.ports) {
                    proof.survivesStop(port, () -> cluster.node(port).handle().destroy());
                    assertThat(cluster.node(port).awaitEnd(Duration.ofSeconds(60)))
                            .isZero();
                    again(cluster, proof, port);
                }
                OwnersDeath death = new OwnersDeath(cluster.rig, cluster.ports, proof);
                again(cluster, proof, death.ofTheSession(port -> destroy(cluster, port)));
                again(cluster, proof, death.ofThePlatform(port -> destroy(cluster, port)));
                DatabaseLoss.Begun begun = new DatabaseLoss(cluster, proof).survived();
                int owner = cluster.ownerOf(begun.key(), cluster.ports.get(0));
                kill(cluster, proof, owner, "a shard's node");
                begun.isStillPinned(cluster.rig, cluster.other(owner));
                proof.settingIsKnownEverywhere();
                proof.cooldownIsKnownEverywhere();
                proof.nothingIsLeft();
            }
        }
    }

    private static void destroy(PostgresCluster cluster, int port) {
        cluster.node(port).handle().destroyForcibly();
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
