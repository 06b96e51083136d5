package dev.switchboard.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DemoCommandTest {
    @TempDir
    private Path folder;

    /** The traffic goes where the cluster listens. */
    @Test
    void theFirstPortIsTheOptionsElseTheEnvironmentsElseTheDefault() throws Exception {
        Path config = Files.writeString(folder.resolve("demo.conf"), "switchboard.catalog = none");
        Map<String, String> environment = Map.of("PORT", "9000");
        assertThat(DemoCommand.settings(7000, config, environment).http().port())
                .isEqualTo(7000);
        assertThat(DemoCommand.settings(null, config, environment).http().port())
                .isEqualTo(9000);
        assertThat(DemoCommand.settings(null, config, Map.of()).http().port()).isEqualTo(8080);
    }

    @Test
    void theTrafficUsesTheKeyThatTheNodesTake() throws Exception {
        Path config = Files.writeString(folder.resolve("demo.conf"), "switchboard.auth.api-key = sb-of-the-demo");
        assertThat(DemoCommand.settings(null, config, Map.of()).auth().apiKey()).isEqualTo("sb-of-the-demo");
        assertThat(DemoCommand.settings(null, config, Map.of("SWITCHBOARD_API_KEY", "sb-mine"))
                        .auth()
                        .apiKey())
                .isEqualTo("sb-mine");
    }

    @Test
    void moreNodesThanThereMayBeAreRefusedBeforeAnythingStarts() {
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setErr(new PrintWriter(err, true));
        Path data = folder.resolve("data");
        assertThat(line.execute("demo", "--nodes", "20000", "--port", "0", "--data", data.toString()))
                .isEqualTo(2);
        assertThat(err.toString().strip()).isEqualTo("switchboard: --nodes = 20000: must be between 1 and 16");
        assertThat(data).doesNotExist();
    }
}
