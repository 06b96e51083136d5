package dev.switchboard.node.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes that find each other by addresses and by service records in DNS, and by Kubernetes' API, for which a name server and an API server of the test stand
 * in; then one is told by the API to leave, or counted as lost, ends, is started again and finds the other once more.
 */
@Tag("proof")
class ClusterDiscoveryIT {
    private static final List<String> HOSTS = List.of("127.0.0.1", "127.0.0.2");
    private static final Duration ENDS = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Test
    void byAddressesInDnsAndAMemberLeaves() throws Exception {
        int management = TestPorts.inARow(1).get(0);
        byDns(management, 0, "", "leave", "dns");
    }

    @Test
    void byServiceRecordsInDnsAndAMemberIsDown() throws Exception {
        int management = TestPorts.inARow(1).get(0);
        byDns(
                management,
                management,
                "switchboard.cluster.discovery.port-name = management\n",
                "down",
                "service records");
    }

    private void byDns(int management, int servicePort, String configuration, String action, String how)
            throws Exception {
        List<InetAddress> addresses = new ArrayList<>();
        for (String host : HOSTS) {
            addresses.add(InetAddress.getByName(host));
        }
        try (NameServer names = new NameServer(addresses, servicePort);
                PostgresCluster cluster = nodes(
                        management,
                        Map.of(
                                "SWITCHBOARD_CLUSTER_DISCOVERY", "dns",
                                "SWITCHBOARD_CLUSTER_SERVICE", "switchboard.internal"),
                        configuration
                                + "akka.io.dns.async-dns.nameservers = [\"127.0.0.1:%d\"]%n".formatted(names.port()))) {
            find(cluster, how);
            goAndComeBack(cluster, action, how);
        }
    }

    @Test
    void byKubernetesAndAMemberIsDown() throws Exception {
        int management = TestPorts.inARow(1).get(0);
        try (PodsApi api = new PodsApi(folder, HOSTS, management)) {
            Map<String, String> environment = new HashMap<>(api.environment());
            environment.put("SWITCHBOARD_CLUSTER_DISCOVERY", "kubernetes");
            try (PostgresCluster cluster = nodes(
                    management,
                    environment,
                    api.configuration() + "switchboard.cluster.discovery.port-name = management\n")) {
                find(cluster, "kubernetes");
                goAndComeBack(cluster, "down", "kubernetes");
            }
        }
    }

    private PostgresCluster nodes(int management, Map<String, String> discovery, String configuration)
            throws Exception {
        Map<String, String> environment = new HashMap<>(discovery);
        environment.put("SWITCHBOARD_CLUSTER_MANAGEMENT_PORT", Integer.toString(management));
        PostgresCluster cluster = new PostgresCluster(folder, HOSTS.size(), environment);
        Files.writeString(cluster.rig.config, configuration, StandardOpenOption.APPEND);
        for (int i = 0; i < HOSTS.size(); i++) {
            cluster.prepare(
                    cluster.ports.get(i),
                    Map.of("SWITCHBOARD_CLUSTER_HOST", HOSTS.get(i)),
                    NodeUnderTest.Launch.HERE.target());
        }
        return cluster;
    }

    private static void find(PostgresCluster cluster, String how) throws Exception {
        System.out.printf("%s: formed in %.1f s%n", how, cluster.form());
        areTwo(cluster);
    }

    private static void areTwo(PostgresCluster cluster) {
        for (int port : cluster.ports) {
            await("two members seen by " + port).atMost(ENDS).until(() -> cluster.rig
                    .api(port, "/api/cluster")
                    .path("members")
                    .findValuesAsText("status")
                    .equals(List.of("Up", "Up")));
        }
    }

    private static void goAndComeBack(PostgresCluster cluster, String action, String how) throws Exception {
        int asked = cluster.ports.get(0);
        int gone = cluster.ports.get(1);
        String address = cluster.address(gone);
        String path = "/api/cluster/members/" + URLEncoder.encode(address, StandardCharsets.UTF_8) + "/" + action;
        assertThat(cluster.rig.admin("POST", asked, path, "{}").statusCode())
                .as("without confirmation")
                .isEqualTo(400);
        assertThat(cluster.node(gone).handle().isAlive()).isTrue();
        HttpResponse<String> answer = cluster.rig.admin("POST", asked, path, "{\"confirm\":\"%s\"}".formatted(address));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        assertThat(cluster.node(gone).awaitEnd(ENDS)).isZero();
        System.out.printf("%s: after %s ready again %.1f s after its start%n", how, action, cluster.again(gone));
        areTwo(cluster);
    }
}
