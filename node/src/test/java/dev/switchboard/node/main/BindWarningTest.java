package dev.switchboard.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.settings.Settings;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether a start warns of keys and prompts that cross a network as plain text. */
class BindWarningTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.2", "::1", "localhost"})
    void loopbackNeedsNone(String host) {
        assertThat(HttpServers.warning(new Settings.Http(host, 8080, 1))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "10.0.0.1", "192.168.1.5"})
    void anythingWiderDoes(String host) {
        assertThat(HttpServers.warning(new Settings.Http(host, 8080, 1)))
                .startsWith("Warning: " + host + " ")
                .contains("switchboard.http.tls")
                .doesNotContain("\n");
    }

    @Test
    void tlsNeedsNone() {
        Settings.Tls tls = new Settings.Tls(Path.of("c.pem"), Path.of("k.pem"));
        assertThat(HttpServers.warning(new Settings.Http("0.0.0.0", 8080, 1, 1, Settings.Clients.DEFAULT, tls)))
                .isNull();
    }
}
