package dev.switchboard.node.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes on PostgreSQL: the owner of a platform is killed right after a burst, before it has saved the counts of it. */
@Tag("proof")
class ClusterCountsIT {
    private static final int BURST = 60;
    private static final String PLATFORM = "alpha";

    @TempDir
    Path folder;

    @Test
    void countsThatTheOwnerHadNotSavedAreCountedAgainOnce() throws Exception {
        try (PostgresCluster cluster = new PostgresCluster(folder, 3, Map.of())) {
            cluster.form();
            ClusterRig rig = cluster.rig;
            rig.awaitShardsAtRest(cluster.ports.get(0));
            chat(rig, cluster.ports.get(0), "first");
            int owner = rig.ownerOfPlatform(PLATFORM, cluster.ports.get(0));
            int through = cluster.ports.stream()
                    .filter(port -> port != owner)
                    .findFirst()
                    .orElseThrow();
            for (int i = 0; i < BURST; i++) {
                chat(rig, through, "burst-" + i);
            }
            long before = used(rig, through);
            assertThat(before).isGreaterThanOrEqualTo(BURST);
            cluster.node(owner).handle().destroyForcibly();
            await("another node owns the platform")
                    .atMost(Duration.ofSeconds(30))
                    .ignoreExceptions()
                    .until(() -> rig.chat(through, "after", PLATFORM + "/one", false, "hello")
                                    .get()
                                    .statusCode()
                            == 200);
            await("all of the burst counts")
                    .atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(used(rig, through)).isEqualTo(before + 1));
            await("and counts once")
                    .during(Duration.ofSeconds(6))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> used(rig, through) == before + 1);
        }
    }

    private static void chat(ClusterRig rig, int port, String session) throws Exception {
        assertThat(rig.chat(port, session, PLATFORM + "/one", false, "hello")
                        .get()
                        .statusCode())
                .isEqualTo(200);
    }

    /** Requests of today on the platform's key. */
    private static long used(ClusterRig rig, int port) throws Exception {
        for (JsonNode key : rig.api(port, "/api/keys")) {
            if (key.path("platform").asText().equals(PLATFORM)) {
                return key.at("/usage/rpd").asLong();
            }
        }
        throw new AssertionError("no key of " + PLATFORM);
    }
}
