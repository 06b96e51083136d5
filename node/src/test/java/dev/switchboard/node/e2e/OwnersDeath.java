package dev.switchboard.node.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/**
 * A turn that streams through one node while the node dies that owns its session, or its platform. The caller notices
 * nothing; the new owner learns of the turn from the turn itself.
 */
final class OwnersDeath {
    private static final int WORDS = 250;
    private static final String LONG = "[[words=" + WORDS + " pace=100ms]] go on";
    private static final Duration BEGUN = Duration.ofSeconds(30);
    private static final Duration ANSWERS = Duration.ofSeconds(15);

    private final ClusterRig rig;
    private final List<Integer> ports;
    private final ClusterProof proof;

    OwnersDeath(ClusterRig rig, List<Integer> ports, ClusterProof proof) {
        this.rig = rig;
        this.ports = ports;
        this.proof = proof;
    }

    /** Kills the owner of a session whose turn runs through another node; answers its port. */
    int ofTheSession(IntConsumer kill) throws Exception {
        // A node that has just joined owns next to nothing.
        rig.awaitShardsAtRest(ports.get(0));
        HttpResponse<String> first =
                rig.chat(ports.get(0), "mid-turn", "auto", false, "hello").get();
        String session = first.headers().firstValue("X-Session-Key").orElseThrow();
        String via = first.headers().firstValue("X-Routed-Via").orElseThrow();
        int owner = rig.portOf(
                rig.api(ports.get(0), "/api/sessions/" + session).path("node").asText(), ports.get(0));
        int through = other(owner);
        CompletableFuture<HttpResponse<String>> running = rig.chat(through, "mid-turn", "auto", true, LONG);
        awaitChunks(through, session);
        strike(owner, "the session's owner mid-turn", kill);
        String platform = via.substring(0, via.indexOf('/'));
        assertThat(rig.api(through, "/api/in-flight").findValuesAsText("platform"))
                .as("the turn goes on")
                .contains(platform);
        isWhole(running);
        HttpResponse<String> next =
                rig.chat(through, "mid-turn", "auto", false, "hello").get();
        assertThat(next.headers().firstValue("X-Session-Status")).contains("hit");
        assertThat(next.headers().firstValue("X-Routed-Via")).contains(via);
        return owner;
    }

    /** Kills the owner of the platform that serves a turn of another node; its lease still keeps others away afterwards. */
    int ofThePlatform(IntConsumer kill) throws Exception {
        rig.awaitShardsAtRest(ports.get(0));
        // A shard whose node has died is nobody's until it is used again.
        await("the platform serves")
                .atMost(BEGUN)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> rig.chat(ports.get(0), "guarding", "guarded/one", false, "hello")
                                .get()
                                .statusCode()
                        == 200);
        int owner = rig.ownerOfPlatform("guarded", ports.get(0));
        int through = other(owner);
        CompletableFuture<HttpResponse<String>> running = rig.chat(through, "guarding", "guarded/one", true, LONG);
        await().atMost(BEGUN).until(() -> rig.api(through, "/api/in-flight")
                .findValuesAsText("platform")
                .contains("guarded"));
        awaitRival(through, false);
        strike(owner, "the platform's owner mid-turn", kill);
        assertThat(running).as("the turn that holds the platform").isNotDone();
        assertThat(rig.chat(through, "rival", "guarded/one", false, "hello")
                        .get()
                        .statusCode())
                .as("another session on the platform, of which the new owner must know that it is taken")
                .isNotEqualTo(200);
        isWhole(running);
        awaitRival(through, true);
        return owner;
    }

    private void awaitRival(int through, boolean served) {
        await("the platform is " + (served ? "free" : "taken"))
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> (rig.chat(through, "rival", "guarded/one", false, "hello")
                                        .get()
                                        .statusCode()
                                == 200)
                        == served);
    }

    private void strike(int owner, String what, IntConsumer kill) {
        proof.load().avoid(owner);
        long killed = System.nanoTime();
        kill.accept(owner);
        await("every conversation answers").atMost(ANSWERS).until(() -> proof.load()
                .everySessionHit(killed, 1));
        proof.say(
                "kill -9 of %s: every conversation answered after %.1f s",
                what, proof.load().lastFirstHit(killed));
    }

    private void awaitChunks(int through, String session) {
        await("the turn streams").atMost(BEGUN).until(() -> {
            for (JsonNode turn : rig.api(through, "/api/in-flight")) {
                if (turn.path("sessionKey").asText().equals(session)
                        && turn.path("chunks").asLong() > 0) {
                    return true;
                }
            }
            return false;
        });
    }

    private static void isWhole(CompletableFuture<HttpResponse<String>> running) throws Exception {
        HttpResponse<String> answer = running.get();
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).endsWith("data: [DONE]\n\n").doesNotContain("\"error\"");
        assertThat(answer.body().lines().filter(line -> line.contains("\"content\"")))
                .as("words")
                .hasSizeGreaterThanOrEqualTo(WORDS);
    }

    private int other(int port) {
        return ports.stream().filter(each -> each != port).findFirst().orElseThrow();
    }
}
