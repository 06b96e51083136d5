package dev.switchboard.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.settings.SettingsLoader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files under config/examples are what a node takes. */
class ExamplesTest {
    /** What the systemd unit and the Kubernetes manifest give a node to stop. */
    static final Duration SUPERVISORS_ALLOW = Duration.ofSeconds(75);

    private static Path examples() {
        Path fromModule = Path.of("..", "config", "examples");
        return Files.isDirectory(fromModule) ? fromModule : Path.of("config", "examples");
    }

    private static String text(String name) throws Exception {
        return Files.readString(examples().resolve(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"single-node.conf", "postgresql.conf"})
    void configurationFilesPassTheCheck(String name) throws Exception {
        SettingsLoader.load(examples().resolve(name), Map.of(), Map.of());
        assertThat(Main.commandLine()
                        .execute("check", "--config", examples().resolve(name).toString()))
                .isZero();
    }

    @Test
    void theCheckNamesRowsOfPlatformsThatNobodyKnows(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("typo.conf"),
                """
                switchboard.bootstrap {
                  platforms = [ { id = mine, base-url = "http://127.0.0.1:1/v1" } ]
                  models = [ { platform = mine, id = m }, { platform = min, id = m } ]
                  keys = [ { platform = groq, key = k }, { platform = gorq, key = k } ]
                }
                """);
        StringWriter out = new StringWriter();
        int code = Main.commandLine().setOut(new PrintWriter(out)).execute("check", "--config", file.toString());
        assertThat(code).isEqualTo(1);
        assertThat(out.toString().lines())
                .containsExactly(
                        "switchboard.bootstrap.keys[1].platform = \"gorq\": is neither in bootstrap.platforms nor built in",
                        "switchboard.bootstrap.models[1].platform = \"min\": is neither in bootstrap.platforms nor built in");
    }

    @Test
    void theEnvironmentFileMakesANodeOfThree() throws Exception {
        Map<String, String> environment = new HashMap<>();
        for (String line : text("three-nodes.env").lines().toList()) {
            if (!line.startsWith("#")) {
                environment.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
            }
        }
        environment.put("ENCRYPTION_KEY", "0123456789abcdef".repeat(4));
        Settings settings = SettingsLoader.load(examples().resolve("postgresql.conf"), environment, Map.of())
                .settings();

        assertThat(settings.cluster().seedNodes())
                .hasSize(3)
                .contains(new Settings.HostPort(
                        settings.cluster().host(), settings.cluster().port()));
        assertThat(settings.database().url()).startsWith("jdbc:postgresql://");
        assertThat(settings.database().password()).isEqualTo("change-me");
    }

    @Test
    void theManifestsConfigurationIsValidAndItsSeedsAreItsPods() throws Exception {
        String manifest = text("kubernetes.yaml");
        Settings settings = configured(manifest);

        assertThat(settings.cluster().seedNodes())
                .extracting(Settings.HostPort::host)
                .containsExactly(
                        "switchboard-0.switchboard-nodes",
                        "switchboard-1.switchboard-nodes",
                        "switchboard-2.switchboard-nodes");
        assertThat(manifest).contains("serviceName: switchboard-nodes", "replicas: 3", "path: /readyz", "path: /livez");
        assertThat(seconds(manifest, "terminationGracePeriodSeconds: (\\d+)")).isEqualTo(SUPERVISORS_ALLOW);
    }

    private static Settings configured(String manifest) throws Exception {
        Matcher block =
                Pattern.compile("switchboard\\.conf: \\|\\n((?: {4}.*\\n)+)").matcher(manifest);
        assertThat(block.find()).isTrue();
        Path file = Files.writeString(Files.createTempFile("kubernetes", ".conf"), block.group(1));
        return SettingsLoader.load(file, Map.of(), Map.of()).settings();
    }

    @Test
    void theManifestWithDiscoveryFindsItsPodsByLabelAndPort() throws Exception {
        String manifest = text("kubernetes-discovery.yaml");
        Settings.Discovery discovery = configured(manifest).cluster().discovery();

        assertThat(discovery).isNotNull();
        assertThat(discovery.method()).isEqualTo(Settings.Discovery.Method.KUBERNETES);
        assertThat(discovery.contactPoints())
                .as("more than half of the replicas")
                .isEqualTo(2);
        assertThat(manifest)
                .contains(
                        "app: " + discovery.service(),
                        "replicas: 3",
                        "- name: " + discovery.portName() + "\n              containerPort: "
                                + discovery.managementPort(),
                        "serviceAccountName: switchboard",
                        "verbs: [\"get\", \"watch\", \"list\"]",
                        "fieldPath: status.podIP");
        assertThat(seconds(manifest, "terminationGracePeriodSeconds: (\\d+)")).isEqualTo(SUPERVISORS_ALLOW);
    }

    @Test
    void theUnitStartsANodeAgainWhateverEndedIt() throws Exception {
        String unit = text("switchboard.service");
        assertThat(unit)
                .contains("Restart=always", "StartLimitIntervalSec=0", "SuccessExitStatus=0 143")
                .doesNotContain("RestartPreventExitStatus");
        assertThat(seconds(unit, "TimeoutStopSec=(\\d+)")).isEqualTo(SUPERVISORS_ALLOW);
    }

    @Test
    void theUnitRunsTheLauncherAsAUserOfItsOwn() throws Exception {
        String unit = text("switchboard.service");
        List<String> lines = unit.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
        assertThat(lines).allMatch(line -> line.matches("\\[[A-Z][a-z]+]|[A-Z][A-Za-z]+=.*"));
        assertThat(lines).contains("[Unit]", "[Service]", "[Install]", "User=switchboard", "NoNewPrivileges=yes");
        Matcher start =
                Pattern.compile("ExecStart=/opt/switchboard/switchboard (.*)").matcher(unit);
        assertThat(start.find()).isTrue();
        Main.commandLine().parseArgs(start.group(1).split(" "));
    }

    @Test
    void theImageIsMadeOfTheArchiveAndRunsAsAUserOfItsOwn() throws Exception {
        String image = text("Dockerfile");
        List<String> lines = image.replace("\\\n", " ")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
        assertThat(lines)
                .allMatch(line -> line.matches("(FROM|COPY|WORKDIR|RUN|USER|ENV|VOLUME|EXPOSE|ENTRYPOINT|CMD) .+"));
        assertThat(image).contains("node/target/switchboard-*.tar.gz");
        List<String> last = lines.subList(
                lines.lastIndexOf(lines.stream()
                        .filter(line -> line.startsWith("FROM"))
                        .reduce((a, b) -> b)
                        .orElseThrow()),
                lines.size());
        assertThat(last).anyMatch(line -> line.matches("USER [1-9]\\d*"));
        assertThat(last).contains("ENTRYPOINT [\"/opt/switchboard/switchboard\"]", "CMD [\"start\"]");
        assertThat(Files.readString(examples().resolve("../../.dockerignore")))
                .contains("**/target", "**/node_modules", ".git");
    }

    private static Duration seconds(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return Duration.ofSeconds(Long.parseLong(matcher.group(1)));
    }
}
