package dev.switchboard.node.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.switchboard.protocol.domain.ProtectionLevel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveSettingsTest {
    @TempDir
    Path folder;

    private LiveSettings settings(String file, Map<String, String> environment) throws Exception {
        Path path = folder.resolve("a.conf");
        Files.writeString(path, file);
        return new LiveSettings(SettingsLoader.load(path, environment, Map.of()));
    }

    private static LiveSettings.Row row(LiveSettings settings, String key) {
        return settings.rows().stream()
                .filter(row -> row.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theDashboardWinsOverTheFileAndTheEnvironmentOverBoth() throws Exception {
        LiveSettings settings = settings(
                "switchboard { session.ttl = 10m, routing.max-attempts = 2 }", Map.of("MAX_FALLBACK_RETRIES", "3"));
        settings.take(Map.of("session.ttl", "20m", "routing.max-attempts", "4"));

        assertThat(settings.get().session().ttl()).isEqualTo(Duration.ofMinutes(20));
        assertThat(settings.get().routing().maxAttempts()).isEqualTo(3);
        assertThat(row(settings, "switchboard.session.ttl"))
                .isEqualTo(new LiveSettings.Row(
                        "switchboard.session.ttl",
                        "20m",
                        "30m",
                        "dashboard",
                        null,
                        true,
                        false,
                        "A session is forgotten this long after its last use."));
        assertThat(row(settings, "switchboard.routing.max-attempts").source()).isEqualTo("environment");

        settings.take(Map.of());
        assertThat(settings.get().session().ttl()).isEqualTo(Duration.ofMinutes(10));
        assertThat(row(settings, "switchboard.session.ttl").source()).isEqualTo("file");
    }

    @Test
    void whatFixesASettingIsNamed() throws Exception {
        LiveSettings settings = new LiveSettings(SettingsLoader.load(
                null, Map.of("MAX_FALLBACK_RETRIES", "3", "PORT", "9100"), Map.of("http.port", "9200")));

        assertThat(row(settings, "switchboard.http.port").setBy()).isEqualTo("--port");
        assertThat(row(settings, "switchboard.routing.max-attempts").setBy()).isEqualTo("MAX_FALLBACK_RETRIES");
        assertThat(row(settings, "switchboard.session.ttl").setBy()).isNull();
        assertThat(refusal(settings, "http.port", 1).text())
                .isEqualTo("switchboard.http.port is set by the command line (--port)");
        assertThat(refusal(settings, "routing.max-attempts", 1).text())
                .isEqualTo("switchboard.routing.max-attempts is set by the environment (MAX_FALLBACK_RETRIES)");
    }

    @Test
    void aFractionOrTooLargeANumberIsRefused() throws Exception {
        LiveSettings settings = settings("", Map.of());
        assertThat(refusal(settings, "routing.max-attempts", 1.5).text())
                .isEqualTo("switchboard.routing.max-attempts = \"1.5\": expected a whole number");
        assertThat(refusal(settings, "routing.max-attempts", 1e30).text())
                .isEqualTo("switchboard.routing.max-attempts = \"1.0E30\": must be between 1 and 100");
        assertThat(settings.checked(Map.of("routing.max-attempts", 7))).containsEntry("routing.max-attempts", "7");
    }

    private static SettingRefusal refusal(LiveSettings settings, String key, Object value) {
        return catchThrowableOfType(SettingRefusal.class, () -> settings.checked(Map.of(key, value)));
    }

    @Test
    void valuesOfAnotherVersionAreLeftOutAndDoNotStandInTheWay() throws Exception {
        LiveSettings settings = settings("", Map.of());
        settings.take(
                Map.of("session.ttl", "20m", "routing.max-attempts", "many", "not.yet.known", "1", "http.port", "1"));

        assertThat(settings.get().session().ttl()).isEqualTo(Duration.ofMinutes(20));
        assertThat(settings.get().routing().maxAttempts()).isEqualTo(5);
        assertThat(settings.get().http().port()).isEqualTo(8080);
        assertThat(settings.checked(Map.of("stream.keep-alive", "5s"))).isEqualTo(Map.of("stream.keep-alive", "5s"));
    }

    @Test
    void changesAreCheckedTogether() throws Exception {
        LiveSettings settings = settings("", Map.of());
        SettingRefusal refusal = catchThrowableOfType(
                SettingRefusal.class, () -> settings.checked(Map.of("switchboard.cooldown.transient", "3m")));
        assertThat(refusal.kind()).isEqualTo(SettingRefusal.Kind.INVALID);
        assertThat(refusal.key()).isEqualTo("switchboard.cooldown.transient");
        assertThat(settings.checked(Map.of("cooldown.transient", "3m", "cooldown.max", "6m")))
                .containsEntry("cooldown.max", "6m");
    }

    @Test
    void nullGoesBack() throws Exception {
        LiveSettings settings = settings("", Map.of());
        settings.take(Map.of("cooldown.max", "6m", "cooldown.transient", "3m"));
        Map<String, @Nullable Object> both = new HashMap<>();
        both.put("cooldown.max", null);
        both.put("cooldown.transient", null);
        assertThat(settings.checked(both)).containsOnlyKeys("cooldown.max", "cooldown.transient");
        assertThat(catchThrowableOfType(
                        SettingRefusal.class, () -> settings.checked(Collections.singletonMap("cooldown.max", null))))
                .isNotNull();
    }

    @Test
    void protectionIsReplacedWholeAndReadFromPairsToo() throws Exception {
        LiveSettings settings = settings("", Map.of());
        Map<String, @Nullable String> kept =
                settings.checked(Map.of("protection", "alpha:off, alpha/m.1:provider-ban"));
        settings.take(Map.of("protection", String.valueOf(kept.get("protection"))));
        assertThat(settings.get().protection())
                .isEqualTo(Map.of("alpha", ProtectionLevel.OFF, "alpha/m.1", ProtectionLevel.PROVIDER_BAN));
    }

    @Test
    void passwordsAndKeysAreNeverShown() throws Exception {
        LiveSettings settings = settings(
                """
                switchboard {
                  database { url = "jdbc:postgresql://u:hidden1@h/x?password=hidden2&ssl=true", password = hidden3 }
                  auth { api-key = hidden4-hidden4, admin-key = hidden5-hidden5-hidden5-hidden5 }
                  bootstrap { platforms = [ { id = a, base-url = "http://127.0.0.1:1/v1" } ], keys = [ { platform = a, key = hidden6 } ] }
                }
                """,
                Map.of());
        assertThat(settings.rows().toString()).doesNotContain("hidden");
    }
}
