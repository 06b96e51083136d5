package dev.switchboard.node.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What surrounds a cluster is wrong: a clock, a disk, another cluster at the same addresses. */
@Tag("proof")
class ClusterHostileIT {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Pattern BAN_ENDS = Pattern.compile("until (\\S+)");

    @TempDir
    Path folder;

    @Test
    void aClockFiveMinutesAheadAndACompanionOfAnotherNameChangeNothing() throws Exception {
        Path faketime = faketime();
        try (PostgresCluster cluster = new PostgresCluster(folder, 2, Map.of())) {
            int skewed = cluster.ports.get(1);
            cluster.prepare(
                    skewed,
                    Map.of(
                            "LD_PRELOAD",
                            faketime.toString(),
                            "FAKETIME",
                            "+5m",
                            "FAKETIME_DONT_FAKE_MONOTONIC",
                            "1",
                            // Every wait of the JVM returns at once otherwise, and it spins.
                            "FAKETIME_FORCE_MONOTONIC_FIX",
                            "0",
                            // It asks for the time ten times slower otherwise.
                            "FAKETIME_DISABLE_SHM",
                            "1"),
                    NodeUnderTest.Launch.HERE.target());
            double formed = cluster.form();
            assertThat(cluster.node(skewed).errors())
                    .containsPattern(
                            "clock is (299|300) s ahead of the database's; the node goes by the database's time");
            try (ClusterProof proof = new ClusterProof("hostile", cluster.rig, cluster.ports);
                    NodeUnderTest blue = cluster.companion("blue")) {
                proof.say("formed with a clock 5 minutes ahead in %.1f s", formed);
                proof.warmUp();
                assertThat(cluster.rig.bans(skewed))
                        .isEqualTo(cluster.rig.bans(cluster.ports.get(0)))
                        .allSatisfy((session, bans) -> {
                            Matcher end = BAN_ENDS.matcher(bans);
                            assertThat(end.find()).isTrue();
                            assertThat(Duration.between(Instant.now(), Instant.parse(end.group(1))))
                                    .isBetween(Duration.ofMinutes(27), Duration.ofMinutes(30));
                        });
                long begun = System.nanoTime();
                await("a line about nobody who answers")
                        .atMost(ClusterRig.PATIENCE)
                        .until(() -> {
                            blue.requireRunning();
                            return blue.errors().contains("Still no member of cluster blue: nobody answers as one at");
                        });
                proof.everyNodeServesEverySession(begun);
                assertThat(cluster.rig
                                .api(skewed, "/api/cluster")
                                .path("members")
                                .findValuesAsText("status"))
                        .containsExactly("Up", "Up");
                // A cooldown of the skewed node's making ends on time everywhere.
                proof.settingIsKnownEverywhere();
                proof.cooldownIsKnownEverywhere();
                proof.nothingIsLeft();
            }
        }
    }

    @Test
    void aFullDiskUnderTheNodesOfOneMachineIsSaidAndDamagesNothing() throws Exception {
        Path data = Files.createDirectories(folder.resolve("small"));
        command("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", data.toString());
        try (ClusterRig rig = new ClusterRig(folder)) {
            try (NodeUnderTest launcher = launch(rig, data)) {
                rig.awaitReady(launcher, rig.ports.get(0), rig.ports.get(1), rig.ports.get(2));
                rig.keys(launcher.apiKey(), launcher.adminKey());
                assertThat(rig.admin("PUT", rig.ports.get(0), "/api/settings", "{\"session.ttl\":\"31m\"}")
                                .statusCode())
                        .isEqualTo(200);
                try (ClusterProof proof = new ClusterProof("full disk", rig, rig.ports)) {
                    proof.warmUp();
                    Path ballast = fill(data.resolve("ballast"));
                    long full = System.nanoTime();
                    await("an admin write is refused")
                            .atMost(LONG)
                            .until(() ->
                                    rig.admin("PUT", rig.ports.get(1), "/api/settings", "{\"session.ttl\":\"32m\"}")
                                                    .statusCode()
                                            == 503);
                    await("readiness tells")
                            .atMost(LONG)
                            .until(() -> ClusterRig.status(rig.ports.get(0), "/readyz") == 503);
                    proof.say("readiness told of the full disk %.1f s after it", (System.nanoTime() - full) / 1e9);
                    await("a line about the disk").atMost(LONG).until(() -> (launcher.output() + launcher.errors())
                            .contains("is full"));
                    proof.everyNodeServesEverySession(System.nanoTime());
                    Files.delete(ballast);
                    long room = System.nanoTime();
                    await("an admin write succeeds again")
                            .atMost(LONG)
                            .until(() ->
                                    rig.admin("PUT", rig.ports.get(1), "/api/settings", "{\"session.ttl\":\"33m\"}")
                                                    .statusCode()
                                            == 200);
                    await("readiness tells").atMost(LONG).until(() -> rig.ports.stream()
                            .allMatch(port -> ClusterRig.status(port, "/readyz") == 200));
                    proof.say(
                            "everything was ready again %.1f s after there was room", (System.nanoTime() - room) / 1e9);
                    proof.settingIsKnownEverywhere();
                    assertThat(rig.admin("PUT", rig.ports.get(0), "/api/settings", "{\"session.ttl\":\"34m\"}")
                                    .statusCode())
                            .isEqualTo(200);
                }
                assertThat(launcher.terminate()).isZero();
            }
            try (NodeUnderTest again = launch(rig, data)) {
                rig.awaitReady(again, rig.ports.get(0), rig.ports.get(1), rig.ports.get(2));
                assertThat(rig.api(rig.ports.get(2), "/api/settings").findValuesAsText("value"))
                        .contains("34m");
                assertThat(again.terminate()).isZero();
            }
        } finally {
            command("umount", "--lazy", data.toString());
        }
    }

    private NodeUnderTest launch(ClusterRig rig, Path data) throws IOException {
        return NodeUnderTest.run(
                folder,
                Map.of(),
                "cluster",
                "--port",
                Integer.toString(rig.ports.get(0)),
                "--data",
                data.toString(),
                "--config",
                rig.config.toString());
    }

    /** Writes until nothing more can be written. */
    private static Path fill(Path file) throws IOException {
        byte[] block = new byte[64 * 1024];
        try (OutputStream out = Files.newOutputStream(file)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
            // What is left of the last page too.
            return file;
        }
    }

    private static Path faketime() throws IOException {
        try (Stream<Path> found =
                Files.find(Path.of("/usr/lib"), 4, (path, kind) -> path.endsWith("libfaketime.so.1"))) {
            Optional<Path> library = found.findFirst();
            assertThat(library)
                    .as("libfaketime, without which nothing is proved here: apt-get install faketime")
                    .isPresent();
            return library.orElseThrow();
        }
    }

    private static void command(String... words) throws Exception {
        Process process =
                new ProcessBuilder(List.of(words)).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(String.join(" ", words) + ", which needs root: " + said)
                .isZero();
    }
}
