package dev.switchboard.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
    @TempDir
    private Path folder;

    /** The traffic goes where the cluster listens. */
    @Test
    void theFirstPortIsTheOptionsElseTheEnvironmentsElseTheDefault() throws Exception {
        Path config = Files.writeString(folder.resolve("demo.conf"), "switchboard.catalog = none");
        Map<String, String> environment = Map.of("PORT", "9000");
        assertThat(DemoCommand.basePort(7000, config, environment)).isEqualTo(7000);
        assertThat(DemoCommand.basePort(null, config, environment)).isEqualTo(9000);
        assertThat(DemoCommand.basePort(null, config, Map.of())).isEqualTo(8080);
    }
}
