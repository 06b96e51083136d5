package dev.switchboard.node.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.switchboard.node.settings.SettingsLoader;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which ports the nodes of one machine take; every number here is far from those that tests listen on. */
class ClusterPortsTest {
    private static final String HTTP = "switchboard.http.port";

    @Test
    void eachNodeHasPortsOfItsOwn() throws Exception {
        ClusterPorts ports = choose(Map.of(
                "PORT", "11000",
                "SWITCHBOARD_OPS_HOST", "127.0.0.1",
                "SWITCHBOARD_OPS_PORT", "11100",
                "SWITCHBOARD_CLUSTER_PORT", "11200",
                "SWITCHBOARD_CLUSTER_BIND_PORT", "11300"));

        assertThat(ports.http()).containsExactly(11_000, 11_001, 11_002);
        assertThat(ports.ops()).containsExactly(11_100, 11_101, 11_102);
        assertThat(ports.remoting()).containsExactly(11_200, 11_201, 11_202);
        assertThat(ports.bind()).containsExactly(11_300, 11_301, 11_302);
    }

    @Test
    void remotingTakesAnyPortsWhereNoneIsSet() throws Exception {
        ClusterPorts ports = choose(Map.of("PORT", "0"));
        int first = ports.http().get(0);
        assertThat(first).isPositive();
        assertThat(ports.http()).containsExactly(first, first + 1, first + 2);
        assertThat(ports.remoting()).hasSize(3).doesNotHaveDuplicates().doesNotContain(0);
        assertThat(ports.ops()).isEmpty();
        assertThat(ports.bind()).isEmpty();
    }

    @Test
    void portsThatAreTakenAsTheyComeDoNotMeet() throws Exception {
        ClusterPorts ports = choose(Map.of(
                "PORT", "0",
                "SWITCHBOARD_OPS_HOST", "127.0.0.1",
                "SWITCHBOARD_OPS_PORT", "0",
                "SWITCHBOARD_CLUSTER_BIND_PORT", "0"));
        assertThat(Stream.of(ports.http(), ports.ops(), ports.bind(), ports.remoting())
                        .flatMap(List::stream))
                .hasSize(12)
                .allMatch(port -> port > 0);
        assertThat(Stream.of(ports.http(), ports.ops(), ports.bind()).flatMap(List::stream))
                .doesNotHaveDuplicates();
    }

    @Test
    void portsThatThereAreNotAreRefused() {
        assertThat(refusal(Map.of("PORT", "65534")))
                .isEqualTo("switchboard.http.port = 65534: 3 nodes take ports 65534 to 65536, and the highest there is"
                        + " is 65535");
        assertThat(refusal(Map.of("PORT", "11000", "SWITCHBOARD_CLUSTER_PORT", "65535")))
                .startsWith("switchboard.cluster.port = 65535: 3 nodes take ports");
    }

    @Test
    void portsThatMeetAreRefused() {
        assertThat(refusal(Map.of("PORT", "11000", "SWITCHBOARD_OPS_HOST", "0.0.0.0", "SWITCHBOARD_OPS_PORT", "11002")))
                .isEqualTo("switchboard.ops.port = 11002 for node 1: is the port of node 3 by switchboard.http.port");
    }

    private static ClusterPorts choose(Map<String, String> environment) throws Exception {
        return ClusterPorts.choose(SettingsLoader.load(null, environment, Map.of()), 3, HTTP, new SplittableRandom(7));
    }

    private static String refusal(Map<String, String> environment) {
        return String.valueOf(catchThrowableOfType(StartFailure.class, () -> choose(environment))
                .getMessage());
    }
}
