package dev.switchboard.node.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

/** What cannot be bound names the setting at fault. */
class PortsTest {
    @Test
    void theHostIsAtFaultWhereItIsUnknownOrElsewhere() {
        assertThat(refusal("nowhere.invalid", 8080)).isEqualTo("the.host = nowhere.invalid: unknown host");
        // An address for documents, which no machine has.
        assertThat(refusal("192.0.2.1", 8080)).isEqualTo("the.host = 192.0.2.1: is no address of this machine");
    }

    @Test
    void thePortIsAtFaultWhereThereIsNoSuchOrItIsTaken() throws Exception {
        assertThat(refusal("127.0.0.1", 99_999)).isEqualTo("the.port = 99999: must be between 0 and 65535");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThat(refusal("127.0.0.1", port))
                    .isEqualTo("the.port = " + port + ": 127.0.0.1:" + port + " is in use or cannot be bound");
        }
    }

    private static String refusal(String host, int port) {
        return String.valueOf(
                catchThrowableOfType(StartFailure.class, () -> Ports.requireFree("the.host", host, "the.port", port))
                        .getMessage());
    }
}
