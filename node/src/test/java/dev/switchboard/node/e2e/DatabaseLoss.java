package dev.switchboard.node.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.node.persistence.TcpProxy;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A cluster whose database goes away under load and comes back. */
final class DatabaseLoss {
    private final PostgresCluster cluster;
    private final ClusterProof proof;

    DatabaseLoss(PostgresCluster cluster, ClusterProof proof) {
        this.cluster = cluster;
        this.proof = proof;
    }

    /** Answers a session that was begun meanwhile, once it is stored, and what its model was. */
    Begun survived() throws Exception {
        ClusterRig rig = cluster.rig;
        TcpProxy database = cluster.database;
        int port = cluster.ports.get(0);
        // Shards still move to the node that joined last; a session that moves needs the database to be read.
        rig.awaitShardsAtRest(port);
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
        for (int each : cluster.ports) {
            await().atMost(Duration.ofSeconds(40)).until(() -> ClusterRig.status(each, "/readyz") == 200);
        }
        proof.say("ready again %.1f s after the database came back", (System.nanoTime() - mended) / 1e9);
        assertThat(proof.load().lostSince(cut)).isEmpty();
        // What was pinned meanwhile is written by now or soon: it outlives its owner's node.
        await().atMost(Duration.ofSeconds(40)).until(() -> cluster.stored(session));
        return new Begun("begun-without-database", session, via);
    }

    /** A session begun while the database was away: the client's name of it, its key, what served it. */
    record Begun(String id, String key, String via) {
        /** It is still pinned to what it began with. */
        void isStillPinned(ClusterRig rig, int asked) throws Exception {
            HttpResponse<String> again =
                    rig.chat(asked, id, "auto", false, "hello").get();
            assertThat(again.headers().firstValue("X-Session-Status")).contains("hit");
            assertThat(again.headers().firstValue("X-Routed-Via")).contains(via);
        }
    }
}
