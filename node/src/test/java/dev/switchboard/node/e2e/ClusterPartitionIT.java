package dev.switchboard.node.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes on machines of their own, one of which the others stop to hear: while it still reaches the database, then when
 * it reaches nothing. The two go on, the one ends; when it hears them again it is started again and joins.
 */
@Tag("proof")
class ClusterPartitionIT {
    /** It counts itself as lost when the others do, and ends 2 s later; a loaded machine gets half as much again. */
    private static final Duration ENDS = Duration.ofSeconds(15);

    @TempDir
    Path folder;

    @Test
    void theSideWithMoreNodesGoesOn() throws Exception {
        assertThat(Namespaces.refused())
                .as("network namespaces, without which nothing is proved here: run this proof as root on Linux")
                .isEmpty();
        try (Namespaces machines = Namespaces.of(3);
                PostgresCluster cluster = new PostgresCluster(folder, 3, Map.of(), machines)) {
            double formed = cluster.form();
            try (ClusterProof proof = new ClusterProof("partition", cluster.rig, cluster.ports)) {
                proof.say("formed in %.1f s", formed);
                proof.warmUp();
                int oldest = cluster.rig.singletonsPort(cluster.ports.get(0));
                int other = cluster.other(oldest);
                int index = cluster.ports.indexOf(other);
                HttpResponse<String> broken = lose(
                                cluster,
                                proof,
                                other,
                                "a node cut off from the others",
                                () -> machines.cutFromOthers(index))
                        .get(20, TimeUnit.SECONDS);
                assertThat(broken.body()).as("the stream on the losing side").contains("\"stream_error\"");
                machines.mend(index);
                joinsAgain(cluster, proof, other);
                int hosting = cluster.ports.indexOf(oldest);
                lose(cluster, proof, oldest, "the singletons' node cut off from all", () -> {
                    machines.unplug(hosting);
                    cluster.clientsOf(oldest).cut();
                });
                machines.plugIn(hosting);
                cluster.clientsOf(oldest).mend();
                joinsAgain(cluster, proof, oldest);
                proof.nothingIsLeft();
            }
        }
    }

    private static CompletableFuture<HttpResponse<String>> lose(
            PostgresCluster cluster, ClusterProof proof, int port, String what, Cut cut) throws Exception {
        CompletableFuture<Double> ended = new CompletableFuture<>();
        CompletableFuture<HttpResponse<String>> dying = proof.survivesLoss(port, what, () -> {
            long begun = System.nanoTime();
            cluster.node(port)
                    .handle()
                    .onExit()
                    .thenAcceptAsync(gone -> ended.complete((System.nanoTime() - begun) / 1e9), Runnable::run);
            try {
                cut.make();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        int code = cluster.node(port).awaitEnd(ENDS);
        double seconds = ended.get(1, TimeUnit.SECONDS);
        proof.say("%s: ended by itself with %d after %.1f s", what, code, seconds);
        assertThat(seconds).isLessThan(ENDS.toSeconds());
        assertThat(cluster.node(port).errors()).contains("including myself");
        return dying;
    }

    private static void joinsAgain(PostgresCluster cluster, ClusterProof proof, int port) throws Exception {
        proof.say("ready again %.1f s after its start", cluster.again(port));
        proof.load().use(port);
    }

    /** What separates a node. */
    @FunctionalInterface
    private interface Cut {
        void make() throws IOException;
    }
}
