package dev.switchboard.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher refuses what Java would, before it builds or starts anything. */
class LauncherTest {
    @ParameterizedTest
    @ValueSource(strings = {"plenty", "0", "1 g", "1k", "99999999999g"})
    void aHeapThatJavaCannotHaveIsRefusedInOneLine(String heap) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(Path.of("..", "switchboard").toString(), "check").redirectErrorStream(true);
        builder.environment().put("SWITCHBOARD_HEAP", heap);
        Process launcher = builder.start();
        String said = new String(launcher.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(launcher.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(said.strip().lines())
                .singleElement()
                .asString()
                .startsWith("switchboard: SWITCHBOARD_HEAP = " + heap + ": ");
        assertThat(launcher.exitValue()).isEqualTo(2);
    }
}
