package dev.switchboard.node.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.node.PemFiles;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot start says so in one line and ends with code 2; nothing is half-started (contract.md §1). */
class CommandLineIT {
    private static final Duration LIMIT = NodeUnderTest.PATIENCE;

    @TempDir
    Path folder;

    @Test
    void aPortInUseIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            refused(
                    "switchboard.http.port = " + taken.getLocalPort(),
                    Map.of(),
                    "start",
                    "--port",
                    "" + taken.getLocalPort());
        }
    }

    @Test
    void aShortAdminKeyIsRefusedWithoutShowingIt() throws Exception {
        String line = refused("switchboard.auth.admin-key", Map.of("ADMIN_DASHBOARD_KEY", "short-one"), "start");
        assertThat(line).doesNotContain("short-one");
    }

    @Test
    void anUnreachableDatabaseIsNamedWithoutItsPassword() throws Exception {
        String line = refused(
                "jdbc:postgresql://127.0.0.1:1/x",
                Map.of(
                        "DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/x",
                        "DATABASE_USER", "u",
                        "DATABASE_PASSWORD", "hidden-password",
                        "SWITCHBOARD_CLUSTER_PORT", "0"),
                "start",
                "--port",
                "0");
        assertThat(line).doesNotContain("hidden-password");
    }

    @Test
    void aClusterWhoseNodesCannotStartSaysSoOnce() throws Exception {
        String port = Integer.toString(TestPorts.inARow(3).get(0));
        String line = refused(
                "switchboard.database.url = jdbc:postgresql://127.0.0.1:1/x",
                Map.of("DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/x"),
                "cluster",
                "--port",
                port);
        assertThat(line).startsWith("switchboard: ");
        // What only a node finds out: somebody else's tables are in the database.
        refused(
                "switchboard.database.url = jdbc:h2:mem:x",
                Map.of("DATABASE_URL", "jdbc:h2:mem:x;INIT=CREATE TABLE IF NOT EXISTS others(x INT)"),
                "cluster",
                "--port",
                port);
        refused("--port = 65534: 3 nodes", Map.of(), "cluster", "--port", "65534");
        refused("switchboard.cluster.port = 65535", Map.of("SWITCHBOARD_CLUSTER_PORT", "65535"), "cluster");
        refused(
                "switchboard.cluster.host = nowhere.invalid",
                Map.of("SWITCHBOARD_CLUSTER_HOST", "nowhere.invalid"),
                "cluster");
        refused("--port = 99999: must be between", Map.of(), "simulate", "--port", "99999");
        refused(
                "switchboard.database.url",
                Map.of("DATABASE_URL", "jdbc:postgresql://h:99999/x"),
                "start",
                "--port",
                "0");
    }

    @Test
    void aNodeToldToStopWhileItStartsEndsWellAndWithoutAWord() throws Exception {
        // What a start leaves in its folder, one after the other; before the first of them Java itself may still be
        // starting.
        for (String sign : List.of("switchboard.lock", "encryption.key", "switchboard.mv.db")) {
            Path data = folder.resolve("data-" + sign);
            try (NodeUnderTest node = NodeUnderTest.run(
                    folder,
                    Map.of("SWITCHBOARD_CLUSTER_PORT", "0"),
                    "start",
                    "--port",
                    "0",
                    "--data",
                    data.toString())) {
                await().atMost(LIMIT).pollInterval(Duration.ofMillis(10)).until(() -> Files.exists(data.resolve(sign)));
                assertThat(node.terminate()).as(node.errors()).isZero();
                assertThat(node.errors()).doesNotContain("Exception");
            }
        }
    }

    @Test
    void theSimulatorEndsWellWhenToldToStop() throws Exception {
        String port = Integer.toString(TestPorts.inARow(1).get(0));
        try (NodeUnderTest simulator = NodeUnderTest.run(folder, Map.of(), "simulate", "--port", port)) {
            await().atMost(LIMIT).until(() -> simulator.output().contains("Simulator at"));
            assertThat(simulator.terminate()).isZero();
        }
    }

    @Test
    void aNodeThatStoppedLeavesNoAddressBehind() throws Exception {
        Path data = folder.resolve("data");
        try (NodeUnderTest node = NodeUnderTest.start(data, Map.of())) {
            assertThat(data).isDirectoryContaining("glob:**/node-*.url");
            assertThat(node.terminate()).isZero();
        }
        assertThat(data).isDirectoryNotContaining("glob:**/node-*.url");
    }

    @Test
    void badOptionsAndBadConfigurationAreNamed() throws Exception {
        refused("--porf", Map.of(), "start", "--porf", "1");
        Path config = Files.writeString(folder.resolve("bad.conf"), "switchboard.sesion.ttl = 3m");
        refused("switchboard.session.ttl", Map.of(), "start", "--config", config.toString());
        refused(
                "cannot be read",
                Map.of(),
                "start",
                "--config",
                folder.resolve("none.conf").toString());
    }

    @Test
    void checkPrintsEachProblemOnALineAndEndsWithOne() throws Exception {
        Path config = Files.writeString(
                folder.resolve("bad.conf"), "switchboard { http.port = -1, catalog = some, session.ttl = 0s }");
        try (NodeUnderTest check = NodeUnderTest.run(folder, Map.of(), "check", "--config", config.toString())) {
            assertThat(check.awaitEnd(LIMIT)).isEqualTo(1);
            assertThat(check.output().strip().lines()).hasSize(3).allSatisfy(line -> assertThat(line)
                    .startsWith("switchboard."));
        }
    }

    @Test
    void aSecondNodeOnTheSameEmbeddedDatabaseIsRefused() throws Exception {
        Path data = folder.resolve("data");
        try (NodeUnderTest first = NodeUnderTest.start(data, Map.of())) {
            assertThat(first.url()).startsWith("http://127.0.0.1:");
            refused("switchboard.data-dir", Map.of(), "start", "--port", "0", "--data", data.toString());
        }
    }

    @Test
    void aNodeWithTlsIsBackedUpByTheCommandAndUnusableFilesAreNamed() throws Exception {
        PemFiles files = PemFiles.make(folder, "EC", "gateway.example");
        Map<String, String> tls = Map.of(
                "SWITCHBOARD_TLS_CERTIFICATE", files.certificate().toString(),
                "SWITCHBOARD_TLS_KEY", files.key().toString());
        Path data = folder.resolve("data");
        Path backup = folder.resolve("backup");
        try (NodeUnderTest node = NodeUnderTest.start(data, tls)) {
            assertThat(node.url()).startsWith("https://127.0.0.1:");
            assertThat(node.output()).doesNotContain("Warning");
            try (NodeUnderTest command =
                    NodeUnderTest.run(folder, tls, "backup", backup.toString(), "--data", data.toString())) {
                assertThat(command.awaitEnd(LIMIT)).as(command.errors()).isZero();
            }
            assertThat(backup).isNotEmptyFile();
        }
        refused(
                "switchboard.http.tls: " + files.certificate(),
                Map.of(
                        "SWITCHBOARD_TLS_CERTIFICATE", files.certificate().toString(),
                        "SWITCHBOARD_TLS_KEY", files.certificate().toString()),
                "start");
    }

    @Test
    void aNodeThatTheNetworkCanReachWithoutTlsSaysSoWhenItStarts() throws Exception {
        try (NodeUnderTest node = NodeUnderTest.start(folder.resolve("data"), Map.of("SWITCHBOARD_HOST", "0.0.0.0"))) {
            assertThat(node.output() + node.errors())
                    .contains("Warning: 0.0.0.0 is reachable from the network and speaks no TLS");
        }
        try (NodeUnderTest node = NodeUnderTest.start(folder.resolve("data"), Map.of())) {
            assertThat(node.output() + node.errors()).doesNotContain("Warning");
        }
    }

    @Test
    void remotingRefusesAKeyThatAkkaCannotRead() throws Exception {
        PemFiles files = PemFiles.make(folder, "EC", "switchboard.internal");
        refused(
                "switchboard.cluster.tls: " + files.key() + ": is a key of type EC, remoting takes RSA",
                Map.of(
                        "SWITCHBOARD_CLUSTER_TLS_CERTIFICATE",
                                files.certificate().toString(),
                        "SWITCHBOARD_CLUSTER_TLS_KEY", files.key().toString(),
                        "SWITCHBOARD_CLUSTER_TLS_AUTHORITY", files.certificate().toString()),
                "start");
    }

    private String refused(String named, Map<String, String> environment, String... arguments) throws Exception {
        String[] all = arguments;
        if (java.util.Set.of("start", "cluster").contains(arguments[0])
                && !List.of(arguments).contains("--data")) {
            all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
            all[arguments.length] = "--data";
            all[arguments.length + 1] = folder.resolve("unused").toString();
        }
        try (NodeUnderTest node = NodeUnderTest.run(folder, environment, all)) {
            assertThat(node.awaitEnd(LIMIT)).as(node.output() + node.errors()).isEqualTo(2);
            String line = node.errors().strip();
            assertThat(line.lines()).hasSize(1);
            assertThat(line).contains(named);
            return line;
        }
    }
}
