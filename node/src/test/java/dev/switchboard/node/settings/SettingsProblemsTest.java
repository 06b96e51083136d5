package dev.switchboard.node.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values that look as if they could be used, and what is told of them. */
class SettingsProblemsTest {
    @TempDir
    Path folder;

    @Test
    void anUnreadableOrBrokenFileIsOneLine() throws Exception {
        SettingsException missing = catchThrowableOfType(
                SettingsException.class, () -> SettingsLoader.load(folder.resolve("none.conf"), Map.of(), Map.of()));
        assertThat(missing.problems())
                .singleElement()
                .asString()
                .isEqualTo("--config " + folder.resolve("none.conf") + ": cannot be read");
        Path none = folder.resolve("none.conf");
        SettingsException variable = catchThrowableOfType(
                SettingsException.class,
                () -> SettingsLoader.load(none, Map.of("SWITCHBOARD_CONFIG", none.toString()), Map.of()));
        assertThat(variable.problems()).containsExactly("SWITCHBOARD_CONFIG = " + none + ": cannot be read");

        Path broken = file("switchboard { http {");
        SettingsException syntax =
                catchThrowableOfType(SettingsException.class, () -> SettingsLoader.load(broken, Map.of(), Map.of()));
        assertThat(syntax.problems()).singleElement().asString().doesNotContain("\n");
    }

    @Test
    void wholeNumbersAreNeitherCutNorBent() throws Exception {
        Path file = file(
                """
                switchboard {
                  http.port = 80.5
                  ops.port = 99999999999999999999
                  auth.sign-in.attempts = 3.0
                  bootstrap.models = [ { platform = alpha, id = m, rpm = 1.5, tpd = 1e30 } ]
                }
                """);
        assertThat(problems(file))
                .containsExactlyInAnyOrder(
                        "switchboard.http.port = 80.5: expected a whole number (test.conf:2)",
                        "switchboard.ops.port = \"99999999999999999999\": must be between 0 and 65535 (test.conf:3)",
                        "switchboard.bootstrap.models[0].rpm = 1.5: expected a whole number (test.conf:5)",
                        "switchboard.bootstrap.models[0].tpd = 1.0E30: must be between 1 and 9223372036854775807"
                                + " (test.conf:5)");
        assertThat(problems(Map.of("PORT", "80.5", "MAX_FALLBACK_RETRIES", "4294967297"), Map.of()))
                .containsExactlyInAnyOrder(
                        "switchboard.http.port = \"80.5\": expected a whole number (PORT)",
                        "switchboard.routing.max-attempts = \"4294967297\": must be between 1 and 100"
                                + " (MAX_FALLBACK_RETRIES)");
    }

    @Test
    void onlyTrueSecretsAreHidden() throws Exception {
        Path file = file(
                """
                switchboard {
                  cooldown.rate-limited-key = soon
                  cluster.tls.key = "/none.pem"
                  auth.admin-key = hidden1
                  encryption-key = hidden2
                  database.url = "postgres://me:hidden3@db/x?password=hidden4"
                  bootstrap.keys = [ { platform = alpha, key = [hidden5] } ]
                  bootstrap.models = hidden6
                }
                """);
        List<String> problems = problems(file);
        assertThat(problems)
                .anySatisfy(line ->
                        assertThat(line).startsWith("switchboard.cooldown.rate-limited-key = \"soon\": expected"))
                .anySatisfy(line ->
                        assertThat(line).startsWith("switchboard.cluster.tls.key = \"/none.pem\": cannot be read"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("switchboard.database.url = \"postgres://me:…@db/x?password=…\": must start with"))
                .anySatisfy(line -> assertThat(line).startsWith("switchboard.bootstrap.keys[0].key: expected"));
        assertThat(problems.toString()).doesNotContain("hidden");
    }

    @Test
    void whatDiscoveryWouldNeedIsCheckedBeforeItIsSwitchedOn() throws Exception {
        assertThat(
                        problems(
                                file(
                                        """
                        switchboard.cluster.discovery { contact-points = 0, endpoints = [nowhere], management-port = 0, service = "" }
                        """)))
                .hasSize(4)
                .anySatisfy(line -> assertThat(line).contains("cluster.discovery.contact-points = 0: must be between"))
                .anySatisfy(
                        line -> assertThat(line).contains("cluster.discovery.endpoints", "nowhere is not host:port"))
                .anySatisfy(line -> assertThat(line).contains("cluster.discovery.management-port = 0: must be between"))
                .anySatisfy(line -> assertThat(line).contains("cluster.discovery.service"));
    }

    @Test
    void aSeedOfAnotherSystemIsRefusedWithTheRightName() throws Exception {
        Path file = file(
                """
                switchboard.cluster { name = blue, seed-nodes = ["akka://x@h:1", "akka://blue@h:2", "http://h:3", "h:4"] }
                """);
        assertThat(problems(file))
                .hasSize(2)
                .anySatisfy(line -> assertThat(line)
                        .contains("switchboard.cluster.seed-nodes = ")
                        .contains("akka://x@h:1 is of a system named x, this cluster's is blue: must be"
                                + " akka://blue@h:1 or h:1"))
                .anySatisfy(line -> assertThat(line).contains("http://h:3 is not host:port"));
        Path right = file("switchboard.cluster.seed-nodes = [\"akka://switchboard@h:2\"]");
        assertThat(SettingsLoader.load(right, Map.of(), Map.of())
                        .settings()
                        .cluster()
                        .seedNodes())
                .containsExactly(new Settings.HostPort("h", 2));
    }

    @Test
    void aDatabasePortThatThereIsNotIsRefused() throws Exception {
        for (String host : List.of("h:99999", "h:65536", "h:0", "a:5432,b:70000", "a:70000,b:5432")) {
            assertThat(problems(Map.of("DATABASE_URL", "jdbc:postgresql://" + host + "/x"), Map.of()))
                    .containsExactly("switchboard.database.url = \"jdbc:postgresql://" + host
                            + "/x\": must name a port between 1 and 65535 (DATABASE_URL)");
        }
        for (String host : List.of("h", "h:65535", "h:1", "a:5432,b", "[::1]:5432", "[::70000]")) {
            SettingsLoader.load(null, Map.of("DATABASE_URL", "jdbc:postgresql://" + host + "/x"), Map.of());
        }
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("test.conf"), text);
    }

    private static List<String> problems(Path file) {
        return SettingsLoader.examine(file, Map.of(), Map.of()).problems();
    }

    private static List<String> problems(Map<String, String> environment, Map<String, String> commandLine) {
        return SettingsLoader.examine(null, environment, commandLine).problems();
    }
}
