package dev.switchboard.node.directory;

import static dev.switchboard.node.directory.Fixtures.ALPHA;
import static dev.switchboard.node.directory.Fixtures.FAST;
import static dev.switchboard.node.directory.Fixtures.GROQ;
import static dev.switchboard.node.directory.Fixtures.NOW;

import dev.switchboard.node.directory.DirectoryEvent.AuditText;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.ApiKey;
import dev.switchboard.protocol.directory.DirectoryChange.Expiry;
import dev.switchboard.protocol.directory.DirectoryChange.ModeChoice;
import dev.switchboard.protocol.directory.DirectoryChange.PatchApiKey;
import dev.switchboard.protocol.directory.DirectoryChange.PatchKey;
import dev.switchboard.protocol.directory.DirectoryChange.PatchModel;
import dev.switchboard.protocol.directory.DirectoryChange.PatchPlatform;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.ApiKeyId;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One event of each kind, for the payloads that later versions must go on reading. */
final class SampleFacts {
    private static final KeyId KEY = new KeyId("k-1");
    private static final ApiKeyId API_KEY = new ApiKeyId("0a1b2c3d4e5f");

    private SampleFacts() {}

    static List<DirectoryEvent> all() {
        Map<String, @Nullable String> settings = new LinkedHashMap<>();
        settings.put("switchboard.routing.max-attempts", "7");
        settings.put("switchboard.log-bodies", null);
        List<Fact> facts = List.of(
                new Fact.CatalogLoaded(
                        "2026-11-1",
                        List.of(Fixtures.platform(GROQ, Origin.BUILTIN)),
                        List.of(Fixtures.model(FAST, 2, Origin.BUILTIN))),
                new Fact.BootstrapApplied(List.of(Fixtures.platform(ALPHA, Origin.BOOTSTRAP)), List.of()),
                new Fact.PlatformAdded(Fixtures.platform(ALPHA, Origin.CUSTOM)),
                new Fact.PlatformPatched(new PatchPlatform(
                        GROQ,
                        "Groq!",
                        AdapterKind.COHERE,
                        "https://x.example/v1",
                        false,
                        Duration.ofSeconds(15),
                        new Limits(null, 1_000L, null, null))),
                new Fact.PlatformRemoved(ALPHA),
                new Fact.ModelAdded(Fixtures.model(FAST, 2, Origin.CUSTOM), 4),
                new Fact.ModelPatched(new PatchModel(FAST, "Quick", 3, 8_192, Limits.NONE, false, true, false, "~3M")),
                new Fact.ModelRemoved(FAST),
                new Fact.ChainChanged(List.of(new Fact.Link(FAST, 2, null), new Fact.Link(FAST, null, true))),
                new Fact.KeyAdded(new ProviderKey(
                        KEY,
                        GROQ,
                        "first",
                        "v1.0a1b2c3d.AAAA",
                        "f".repeat(32),
                        "sk-…f3a9",
                        true,
                        KeyStatus.HEALTHY,
                        null,
                        NOW,
                        NOW.plusSeconds(5))),
                new Fact.KeyPatched(new PatchKey(KEY, "second", false, "v1.0a1b2c3d.BBBB", "e".repeat(32), "…")),
                new Fact.KeyRemoved(KEY),
                new Fact.KeyStatusChanged(KEY, KeyStatus.RATE_LIMITED, "429", NOW),
                new Fact.KeyReencrypted(KEY, "v1.0a1b2c3d.CCCC", "d".repeat(32)),
                new Fact.SettingsChanged(settings),
                new Fact.AccessKeySet(true, "v1.0a1b2c3d.DDDD"),
                new Fact.Imported(List.of(
                        new Fact.ModelAdded(Fixtures.model(FAST, 2, Origin.CUSTOM), null), new Fact.KeyRemoved(KEY))),
                new Fact.SecretsExported(3),
                new Fact.ApiKeyAdded(new ApiKey(
                        API_KEY,
                        "ci",
                        "5a".repeat(16),
                        "a5".repeat(32),
                        "sb-0a1b2c3d4e5f-…",
                        List.of("groq/fast", "groq/*"),
                        Mode.FAST,
                        new Limits(10L, null, 5_000L, null),
                        true,
                        NOW,
                        NOW.plusSeconds(60))),
                new Fact.ApiKeyPatched(new PatchApiKey(
                        API_KEY,
                        "build",
                        List.of(),
                        new ModeChoice(null),
                        Limits.NONE,
                        false,
                        new Expiry(NOW.plusSeconds(90)))),
                new Fact.ApiKeyRemoved(API_KEY),
                new Fact.SignInRevoked("0a1b2c3d4e5f", NOW.plusSeconds(30)),
                new Fact.SignInsRevoked(NOW));
        List<DirectoryEvent> events = new ArrayList<>();
        for (Fact fact : facts) {
            AuditText audit = events.size() % 2 == 0 ? new AuditText("act", "target", null, "after=1") : null;
            events.add(new DirectoryEvent(DirectoryEvent.FORMAT, NOW, "admin", fact, audit));
        }
        return events;
    }
}
