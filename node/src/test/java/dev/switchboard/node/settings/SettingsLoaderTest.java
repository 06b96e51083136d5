package dev.switchboard.node.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.domain.ProtectionLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsLoaderTest {
    @TempDir
    Path folder;

    @Test
    void defaultsAreThoseOfTheContract() throws Exception {
        Settings settings = SettingsLoader.load(null, Map.of(), Map.of()).settings();

        assertThat(settings)
                .isEqualTo(new Settings(
                        new Settings.Http("127.0.0.1", 8080, 20L << 20),
                        new Settings.Ops(null, 9080),
                        new Settings.Auth(null, null, List.of()),
                        null,
                        Path.of("./data"),
                        new Settings.Database(null, null, null),
                        new Settings.Cluster("127.0.0.1", 25520, null, null, List.of()),
                        new Settings.Session(Duration.ofMinutes(30), Duration.ofMinutes(30), Duration.ofMinutes(3)),
                        new Settings.Stream(Duration.ofSeconds(15), Duration.ofSeconds(60), Duration.ofSeconds(20)),
                        new Settings.Upstream(Duration.ofSeconds(10), Duration.ofSeconds(60)),
                        new Settings.Cooldown(Duration.ofSeconds(15), Duration.ofMinutes(2), Duration.ofMinutes(2)),
                        new Settings.Routing(5, Duration.ofMinutes(3), false, true),
                        Map.of("longcat", ProtectionLevel.PROVIDER_BAN),
                        new Settings.Anthropic(Map.of(
                                "claude-*haiku*", "auto-fast", "claude-*opus*", "auto-smart", "claude-*", "auto")),
                        true,
                        new Settings.Log(false, "INFO", false),
                        new Settings.Retention(Duration.ofDays(30)),
                        new Settings.Telemetry(null),
                        false,
                        Settings.Bootstrap.NONE));
    }

    @Test
    void seedsAreAList() throws Exception {
        Path file = file("switchboard.cluster.seed-nodes = [\"10.0.0.1:2552\", \"[::1]:2553\"]");
        assertThat(SettingsLoader.load(file, Map.of(), Map.of())
                        .settings()
                        .cluster()
                        .seedNodes())
                .containsExactly(new Settings.HostPort("10.0.0.1", 2552), new Settings.HostPort("[::1]", 2553));
    }

    @Test
    void whatCannotFormAClusterIsNamed() throws Exception {
        assertThat(
                        problems(
                                file(
                                        """
                        switchboard.cluster {
                          name = "two words"
                          downing = keep-youngest
                          seed-nodes = ["10.0.0.1:25520"]
                          tls { certificate = "/none.pem" }
                          discovery { method = config }
                        }
                        """)))
                .anySatisfy(line -> assertThat(line).contains("cluster.name"))
                .anySatisfy(line -> assertThat(line).contains("cluster.downing", "lease-majority"))
                .anySatisfy(line -> assertThat(line).contains("cluster.seed-nodes", "discovery"))
                .anySatisfy(line -> assertThat(line).contains("cluster.tls.certificate", "cannot be read"))
                .anySatisfy(line -> assertThat(line).contains("cluster.tls.key", "is missing"))
                .anySatisfy(line -> assertThat(line).contains("cluster.discovery.endpoints"));
        assertThat(problems(file("switchboard.cluster.discovery.method = consul")))
                .anySatisfy(line -> assertThat(line).contains("cluster.discovery.method", "kubernetes"));
    }

    private static List<String> problems(Path file) {
        try {
            SettingsLoader.load(file, Map.of(), Map.of());
            return List.of();
        } catch (SettingsException e) {
            return e.problems();
        }
    }

    @Test
    void aFileSetsEveryKey() throws Exception {
        Path pem = Files.writeString(folder.resolve("node.pem"), "-");
        Path file = file(
                """
                switchboard {
                  http { host = "0.0.0.0", port = 9000, max-body = 1 MiB, body-memory = 3 MiB, tls { certificate = "/tmp/c.pem", key = "/tmp/k.pem" }, max-connections = 5, header-timeout = 1s, keep-alive-timeout = 2s, write-timeout = 3s }
                  ops { host = "127.0.0.2", port = 9001 }
                  auth { api-key = "sb-123456789", admin-key = "an-admin-key-of-enough-letters", cors-origins = ["https://a.example"], sign-in { ttl = 1h, attempts = 3 } }
                  encryption-key = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
                  data-dir = "/tmp/elsewhere"
                  database { url = "jdbc:postgresql://db/x", user = u, password = p }
                  cluster {
                    name = blue, host = "10.0.0.1", port = 2552, bind-host = "0.0.0.0", bind-port = 2553, seed-nodes = [], downing = lease-majority
                    tls { certificate = "PEM", key = "PEM", authority = "PEM" }
                    discovery { method = config, service = blue, contact-points = 3, endpoints = ["10.0.0.1:8558"], management-port = 8559, port-name = management }
                  }
                  session { ttl = 1m, ban-ttl = 2m, provider-ban-cooldown = 4m }
                  stream { keep-alive = 1s, stall-timeout = 2s, early-headers = off }
                  upstream { connect-timeout = 3s, response-timeout = 4s, max-connections = 32, allow-private-addresses = false, fetch-images = false, proxy = "http://me:se%3Acret@proxy.example:3128" }
                  cooldown { transient = 5s, max = 6s, rate-limited-key = 7s }
                  routing { max-attempts = 9, budget = 8s, explicit-model-fallback = true, learn-limits = false }
                  protection { alpha = off, "alpha/m.1" = provider-ban }
                  anthropic.models { "claude-*" = "alpha/a-large", "sonnet" = auto-smart }
                  catalog = none
                  log { format = json, level = debug, requests = true }
                  retention.requests = 5h
                  telemetry.endpoint = "http://127.0.0.1:4318"
                  log-bodies = true
                  bootstrap {
                    platforms = [ { id = alpha, name = "Alpha", adapter = google, base-url = "http://127.0.0.1:9101/alpha/v1/", keyless = true, response-timeout = 90s } ]
                    models = [ { platform = alpha, id = a-large, name = "A Large", intelligence-rank = 2, context-window = 1000, rpm = 30, rpd = 1000, tpm = 60000, tpd = 1000000, tools = false, vision = false, enabled = false } ]
                    keys = [ { platform = alpha, key = "sk-one", label = "one" } ]
                  }
                }
                """
                        .replace("PEM", pem.toString()));

        SettingsLoader.Loaded loaded = SettingsLoader.load(file, Map.of(), Map.of());

        PlatformId alpha = new PlatformId("alpha");
        assertThat(loaded.settings())
                .isEqualTo(new Settings(
                        new Settings.Http(
                                "0.0.0.0",
                                9000,
                                1L << 20,
                                3L << 20,
                                new Settings.Clients(
                                        5, Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3)),
                                new Settings.Tls(Path.of("/tmp/c.pem"), Path.of("/tmp/k.pem"))),
                        new Settings.Ops("127.0.0.2", 9001),
                        new Settings.Auth(
                                "sb-123456789",
                                "an-admin-key-of-enough-letters",
                                List.of("https://a.example"),
                                new Settings.SignIn(Duration.ofHours(1), 3)),
                        "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
                        Path.of("/tmp/elsewhere"),
                        new Settings.Database("jdbc:postgresql://db/x", "u", "p"),
                        new Settings.Cluster(
                                "blue",
                                "10.0.0.1",
                                2552,
                                "0.0.0.0",
                                2553,
                                List.of(),
                                Settings.Downing.LEASE_MAJORITY,
                                new Settings.RemotingTls(pem, pem, pem),
                                new Settings.Discovery(
                                        Settings.Discovery.Method.CONFIG,
                                        "blue",
                                        3,
                                        List.of(new Settings.HostPort("10.0.0.1", 8558)),
                                        8559,
                                        "management")),
                        new Settings.Session(Duration.ofMinutes(1), Duration.ofMinutes(2), Duration.ofMinutes(4)),
                        new Settings.Stream(Duration.ofSeconds(1), Duration.ofSeconds(2), null),
                        new Settings.Upstream(
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4),
                                32,
                                false,
                                false,
                                new Settings.Proxy(new Settings.HostPort("proxy.example", 3128), "me", "se:cret")),
                        new Settings.Cooldown(Duration.ofSeconds(5), Duration.ofSeconds(6), Duration.ofSeconds(7)),
                        new Settings.Routing(9, Duration.ofSeconds(8), true, false),
                        Map.of(
                                "longcat", ProtectionLevel.PROVIDER_BAN,
                                "alpha", ProtectionLevel.OFF,
                                "alpha/m.1", ProtectionLevel.PROVIDER_BAN),
                        new Settings.Anthropic(Map.of(
                                "claude-*haiku*", "auto-fast",
                                "claude-*opus*", "auto-smart",
                                "claude-*", "alpha/a-large",
                                "sonnet", "auto-smart")),
                        false,
                        new Settings.Log(true, "DEBUG", true),
                        new Settings.Retention(Duration.ofHours(5)),
                        new Settings.Telemetry("http://127.0.0.1:4318"),
                        true,
                        new Settings.Bootstrap(
                                List.of(new Settings.BootPlatform(
                                        alpha,
                                        "Alpha",
                                        AdapterKind.GOOGLE,
                                        "http://127.0.0.1:9101/alpha/v1",
                                        true,
                                        Duration.ofSeconds(90))),
                                List.of(new Settings.BootModel(
                                        new ModelRef(alpha, "a-large"),
                                        "A Large",
                                        2,
                                        1000,
                                        new Limits(30L, 1000L, 60000L, 1000000L),
                                        false,
                                        false,
                                        false)),
                                List.of(new Settings.BootKey(alpha, "sk-one", "one")))));
        assertThat(loaded.sources().of("session.ttl")).isEqualTo("file");
        assertThat(Setting.ALL)
                .allSatisfy(setting -> assertThat(loaded.sources().of(setting.path()))
                        .as(setting.path())
                        .isEqualTo("file"));
    }

    @Test
    void theEnvironmentWinsOverTheFileAndTheCommandLineOverBoth() throws Exception {
        Path file = file("switchboard { http.port = 9000, routing.max-attempts = 2, session.ttl = 1m }");

        SettingsLoader.Loaded loaded = SettingsLoader.load(
                file,
                Map.of(
                        "PORT", "9100",
                        "MAX_FALLBACK_RETRIES", "7",
                        "THREAD_PROTECTION_PLATFORMS", "a:provider-ban,b:model-skip,c:off",
                        "SWITCHBOARD_CLUSTER_SEEDS", "127.0.0.1:1, 127.0.0.1:2",
                        "SWITCHBOARD_MAX_BODY", "2 MiB"),
                Map.of("http.port", "9200"));

        Settings settings = loaded.settings();
        assertThat(settings.http().port()).isEqualTo(9200);
        assertThat(settings.http().maxBody()).isEqualTo(2L << 20);
        assertThat(settings.routing().maxAttempts()).isEqualTo(7);
        assertThat(settings.session().ttl()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.cluster().seedNodes()).hasSize(2);
        assertThat(settings.protection())
                .containsEntry("a", ProtectionLevel.PROVIDER_BAN)
                .containsEntry("b", ProtectionLevel.MODEL_SKIP)
                .containsEntry("c", ProtectionLevel.OFF);
        assertThat(settings.protectionOf(ModelRef.of("a", "x"))).isEqualTo(ProtectionLevel.PROVIDER_BAN);
        assertThat(settings.protectionOf(ModelRef.of("z", "x"))).isEqualTo(ProtectionLevel.MODEL_SKIP);
        assertThat(loaded.sources().of("routing.max-attempts")).isEqualTo("environment");
        assertThat(loaded.sources().of("routing.budget")).isEqualTo("default");
    }

    @Test
    void aProblemOfTheEnvironmentNamesItsVariable() {
        assertThat(problems(Map.of("PORT", "xyz", "THREAD_PROTECTION_PLATFORMS", "a:maybe"), Map.of()))
                .containsExactlyInAnyOrder(
                        "switchboard.http.port = \"xyz\": expected a whole number (PORT)",
                        "switchboard.protection.\"a\" = maybe: must be provider-ban, model-skip or off"
                                + " (THREAD_PROTECTION_PLATFORMS)");
        assertThat(problems(Map.of("PORT", "1"), Map.of("http.port", "70000")))
                .containsExactly("switchboard.http.port = \"70000\": must be between 0 and 65535 (--port)");
    }

    @Test
    void anApiKeyMayBeShort() throws Exception {
        assertThat(SettingsLoader.load(null, Map.of("SWITCHBOARD_API_KEY", "k"), Map.of())
                        .settings()
                        .auth()
                        .apiKey())
                .isEqualTo("k");
    }

    private static List<String> problems(Map<String, String> environment, Map<String, String> commandLine) {
        return catchThrowableOfType(SettingsException.class, () -> SettingsLoader.load(null, environment, commandLine))
                .problems();
    }

    @Test
    void everyProblemIsReportedAtOnceWithTheSettingAndItsValue() throws Exception {
        Path file = file(
                """
                switchboard {
                  http { port = 99999, hots = "x", tls.key = "/tmp/k.pem" }
                  sesion.ttl = 3m
                  session.ban-ttl = "soon"
                  cooldown { transient = 3m, max = 1m }
                  catalog = some
                  protection { alpha = sometimes }
                  database.url = "mysql://x"
                  bootstrap.models = [ { platform = alpha, id = m, rpm = 0, contxt-window = 3 } ]
                }
                """);

        SettingsException problems = catchThrowableOfType(
                SettingsException.class,
                () -> SettingsLoader.load(file, Map.of("ADMIN_DASHBOARD_KEY", "short-secret"), Map.of()));

        assertThat(problems.problems())
                .anySatisfy(line -> assertThat(line).startsWith("switchboard.http.port = 99999: must be between"))
                .anySatisfy(
                        line -> assertThat(line)
                                .isEqualTo(
                                        "switchboard.http.hots: unknown key; did you mean switchboard.http.host? (test.conf:2)"))
                .anySatisfy(line -> assertThat(line)
                        .isEqualTo("switchboard.http.tls.certificate: is missing; TLS needs both files"))
                .anySatisfy(
                        line -> assertThat(line)
                                .isEqualTo(
                                        "switchboard.sesion.ttl: unknown key; did you mean switchboard.session.ttl? (test.conf:3)"))
                .anySatisfy(line -> assertThat(line).startsWith("switchboard.session.ban-ttl = \"soon\": expected"))
                .anySatisfy(line -> assertThat(line).startsWith("switchboard.cooldown.max = \"1m\": must not be"))
                .anySatisfy(line -> assertThat(line).startsWith("switchboard.catalog = \"some\": must be"))
                .anySatisfy(
                        line -> assertThat(line).startsWith("switchboard.protection.\"alpha\" = sometimes: must be"))
                .anySatisfy(line -> assertThat(line).startsWith("switchboard.database.url = \"mysql://x\""))
                .anySatisfy(line ->
                        assertThat(line).startsWith("switchboard.bootstrap.models[0].rpm = 0: must be between 1"))
                .anySatisfy(line -> assertThat(line)
                        .contains("contxt-window: unknown key; did you mean")
                        .contains("context-window? (test.conf:"))
                .anySatisfy(
                        line -> assertThat(line)
                                .isEqualTo(
                                        "switchboard.auth.admin-key: must have at least 24 characters, has 12 (ADMIN_DASHBOARD_KEY)"));
        assertThat(problems.getMessage()).doesNotContain("short-secret");
    }

    @Test
    void aBadRowIsNamedByFileLineAndField() throws Exception {
        Path file = file(
                """
                switchboard.bootstrap {
                  platforms = [
                    { id = alpha, base-url = "http://127.0.0.1:1/v1" }
                    { id = alpha, base-url = "http://127.0.0.1:1/v1" }
                  ]
                  models = [
                    { platform = alpha, id = one, tpm = -5 }
                    { platform = alpha, id = two }
                    { platform = alpha, id = two, rpd = 0, context-window = 0 }
                    { platform = alpha, rpm = 1.5 }
                  ]
                }
                """);
        SettingsException problems =
                catchThrowableOfType(SettingsException.class, () -> SettingsLoader.load(file, Map.of(), Map.of()));
        String bootstrap = "switchboard.bootstrap.";
        assertThat(problems.problems())
                .anySatisfy(line -> assertThat(line)
                        .startsWith(bootstrap + "platforms[1].id = \"alpha\": is there twice")
                        .endsWith(" (test.conf:4)"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith(bootstrap + "models[0].tpm = -5: ")
                        .endsWith(" (test.conf:7)"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith(bootstrap + "models[2].id = \"two\": ")
                        .endsWith(" (test.conf:9)"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith(bootstrap + "models[2].rpd = 0: ")
                        .endsWith(" (test.conf:9)"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith(bootstrap + "models[2].context-window = 0: ")
                        .endsWith(" (test.conf:9)"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith(bootstrap + "models[3].id: is missing")
                        .endsWith(" (test.conf:10)"));
    }

    @Test
    void theOperationsServerIsApartByItsAddressOrItsPort() throws Exception {
        assertThat(SettingsLoader.load(null, Map.of(), Map.of())
                        .settings()
                        .ops()
                        .host())
                .isNull();
        Settings.Ops byPort = SettingsLoader.load(
                        null, Map.of("SWITCHBOARD_OPS_PORT", "9100", "SWITCHBOARD_HOST", "127.0.0.2"), Map.of())
                .settings()
                .ops();
        assertThat(byPort).isEqualTo(new Settings.Ops("127.0.0.2", 9100));
        Settings.Ops byHost = SettingsLoader.load(null, Map.of("SWITCHBOARD_OPS_HOST", "127.0.0.3"), Map.of())
                .settings()
                .ops();
        assertThat(byHost).isEqualTo(new Settings.Ops("127.0.0.3", 9080));
    }

    private Path file(String text) throws IOException {
        Path file = folder.resolve("test.conf");
        return Files.writeString(file, text);
    }
}
