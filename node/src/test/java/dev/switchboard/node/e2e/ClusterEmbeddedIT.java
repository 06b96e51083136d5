package dev.switchboard.node.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./switchboard cluster} on the embedded database: three real processes under load, killed and stopped. */
class ClusterEmbeddedIT {
    @TempDir
    Path folder;

    @Test
    void losesNothingWhenNodesDieOrStop() throws Exception {
        try (ClusterRig rig = new ClusterRig(folder)) {
            List<Integer> ports = rig.ports;
            int base = ports.get(0);
            long begun = System.nanoTime();
            try (NodeUnderTest launcher = NodeUnderTest.run(
                    folder,
                    Map.of(),
                    "cluster",
                    "--nodes",
                    "3",
                    "--port",
                    Integer.toString(base),
                    "--data",
                    folder.resolve("data").toString(),
                    "--config",
                    rig.config.toString())) {
                rig.awaitReady(launcher, ports.get(0), ports.get(1), ports.get(2));
                double formed = (System.nanoTime() - begun) / 1e9;
                rig.keys(launcher.apiKey(), launcher.adminKey());
                try (ClusterProof proof = new ClusterProof("embedded", rig, ports)) {
                    proof.say("formed in %.1f s", formed);
                    proof.warmUp();
                    int hosting = rig.singletonsPort(base);
                    ProcessHandle host = node(launcher, base, hosting);
                    proof.survivesKill(hosting, "the singletons' node", host::destroyForcibly);
                    rejoin(launcher, rig, proof, hosting);
                    int other = ports.stream()
                            .filter(port -> port != hosting)
                            .reduce((a, b) -> b)
                            .orElseThrow();
                    ProcessHandle young = node(launcher, base, other);
                    proof.survivesStop(other, young::destroy);
                    rejoin(launcher, rig, proof, other);
                    // Last: conversations of the cooled model move their pins.
                    proof.cooldownIsKnownEverywhere();
                    proof.nothingIsLeft();
                }
                long stopping = System.nanoTime();
                assertThat(launcher.terminate()).isZero();
                System.out.printf("embedded: stopped in %.1f s%n", (System.nanoTime() - stopping) / 1e9);
                for (int port : ports) {
                    assertThat(ClusterRig.status(port, "/livez")).isZero();
                }
            }
        }
    }

    @Test
    @Tag("proof")
    void nodesEndWhenTheirLauncherIsKilled() throws Exception {
        int base = TestPorts.inARow(2).get(0);
        Map<String, String> secrets = Map.of(
                "SWITCHBOARD_API_KEY", "sb-planted-api-key",
                "ADMIN_DASHBOARD_KEY", "sb-admin-planted-admin-key",
                "ENCRYPTION_KEY", "5ec0de".repeat(10) + "5ec0");
        try (NodeUnderTest launcher = NodeUnderTest.run(
                folder,
                secrets,
                "cluster",
                "--nodes",
                "2",
                "--port",
                Integer.toString(base),
                "--data",
                folder.resolve("data").toString())) {
            await().atMost(ClusterRig.PATIENCE)
                    .until(() ->
                            ClusterRig.status(base, "/readyz") == 200 && ClusterRig.status(base + 1, "/readyz") == 200);
            List<ProcessHandle> nodes = launcher.handle().children().toList();
            assertThat(nodes).hasSize(2);
            for (ProcessHandle process : List.of(launcher.handle(), nodes.get(0), nodes.get(1))) {
                String line = Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
                assertThat(line).contains("--data").doesNotContain(secrets.values());
            }
            long killed = System.nanoTime();
            launcher.kill();
            for (ProcessHandle node : nodes) {
                node.onExit().get(60, TimeUnit.SECONDS);
            }
            System.out.printf(
                    "embedded: nodes ended %.1f s after their launcher%n", (System.nanoTime() - killed) / 1e9);
        }
    }

    private static void rejoin(NodeUnderTest launcher, ClusterRig rig, ClusterProof proof, int port)
            throws IOException {
        rig.awaitReady(launcher, port);
        int asked =
                rig.ports.stream().filter(other -> other != port).findFirst().orElseThrow();
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            List<String> states = rig.api(asked, "/api/cluster").path("members").findValuesAsText("status");
            return states.equals(List.of("Up", "Up", "Up"));
        });
        proof.load().use(port);
    }

    /** The process that the launcher last said to be the node with this port. */
    private static ProcessHandle node(NodeUnderTest launcher, int base, int port) throws IOException {
        Matcher said = Pattern.compile("\\[node %d] is process (\\d+)".formatted(port - base + 1))
                .matcher(launcher.output());
        return said.results()
                .reduce((earlier, later) -> later)
                .flatMap(last -> ProcessHandle.of(Long.parseLong(last.group(1))))
                .orElseThrow();
    }
}
