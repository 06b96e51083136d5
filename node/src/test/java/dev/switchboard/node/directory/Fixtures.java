package dev.switchboard.node.directory;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.directory.DirectoryEvent.AuditText;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.settings.Settings.Bootstrap;
import dev.switchboard.node.vault.Vault;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the tests of the directory start from. */
final class Fixtures {
    static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");
    static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    static final String KEY_A = "aa".repeat(32);
    static final String KEY_B = "bb".repeat(32);
    static final Vault VAULT = Vault.of(List.of(KEY_A));
    static final PlatformId GROQ = new PlatformId("groq");
    static final PlatformId ALPHA = new PlatformId("alpha");
    static final ModelRef FAST = new ModelRef(GROQ, "fast");
    static final ModelRef LARGE = new ModelRef(GROQ, "large");

    private Fixtures() {}

    static Settings settings(boolean builtin, Bootstrap bootstrap, @Nullable String apiKey, @Nullable String adminKey) {
        return new Settings(
                new Settings.Http("127.0.0.1", 8080, 1_000_000),
                new Settings.Ops(null, 8080),
                new Settings.Auth(apiKey, adminKey, List.of()),
                null,
                Path.of("data"),
                new Settings.Database(null, null, null),
                new Settings.Cluster("127.0.0.1", 25520, null, null, List.of()),
                new Settings.Session(Duration.ofMinutes(30), Duration.ofMinutes(30), Duration.ofMinutes(3)),
                new Settings.Stream(Duration.ofSeconds(15), Duration.ofSeconds(60), Duration.ofSeconds(20)),
                new Settings.Upstream(Duration.ofSeconds(10), Duration.ofSeconds(60)),
                new Settings.Cooldown(Duration.ofSeconds(15), Duration.ofMinutes(2), Duration.ofMinutes(2)),
                new Settings.Routing(5, Duration.ofMinutes(3), false, true),
                Map.of(),
                new Settings.Anthropic(Map.of()),
                builtin,
                new Settings.Log(false, "INFO", false),
                new Settings.Retention(Duration.ofDays(30)),
                new Settings.Telemetry(null),
                false,
                bootstrap);
    }

    static DirectorySetup setup(Bootstrap bootstrap) {
        return setup(settings(true, bootstrap, "sb-given", "sb-admin-given"), VAULT, catalog("2026-11-1"));
    }

    static DirectorySetup setup(Settings settings, Vault vault, @Nullable Catalog catalog) {
        return new DirectorySetup(settings, vault, catalog, CLOCK);
    }

    /** Two models on {@code groq}: large (rank 1) and fast (rank 2), in the other order in the file. */
    static Catalog catalog(String version) {
        return new Catalog(
                version,
                List.of(platform(GROQ, Origin.BUILTIN)),
                List.of(model(FAST, 2, Origin.BUILTIN), model(LARGE, 1, Origin.BUILTIN)));
    }

    static Platform platform(PlatformId id, Origin origin) {
        return new Platform(
                id,
                "Platform " + id,
                AdapterKind.OPENAI,
                "https://" + id + ".example/v1",
                origin,
                true,
                false,
                Duration.ofSeconds(60),
                Map.of("X-Title", "Switchboard"),
                new Quirks(Map.of("seed", "random_seed"), List.of("logprobs"), Map.of(), 400, null, null),
                new Limits(40L, null, null, null),
                "https://" + id + ".example/keys");
    }

    static Model model(ModelRef ref, int rank, Origin origin) {
        return new Model(
                ref,
                "Model " + ref.id(),
                rank,
                3,
                131_072,
                new Limits(30L, 1_000L, null, 500_000L),
                true,
                false,
                true,
                0,
                origin,
                "Large",
                "~6M");
    }

    static DirectoryState started(DirectorySetup setup) {
        return started(DirectoryState.EMPTY, setup);
    }

    static DirectoryState started(DirectoryState state, DirectorySetup setup) {
        DirectoryState now = state;
        for (DirectoryEvent event : plan(state, setup)) {
            now = now.apply(event);
        }
        return now;
    }

    static List<DirectoryEvent> plan(DirectoryState state, DirectorySetup setup) {
        return StartPlan.events(
                state, setup, new Secrets(setup.vault(), setup.settings().auth()));
    }

    /** The state after a change that must be accepted. */
    static DirectoryState after(DirectoryState state, DirectoryChange change) {
        Decision decision = Changes.decide(state, change);
        if (decision instanceof Decision.Happens happens) {
            return state.apply(event(happens.fact(), happens.audit()));
        }
        throw new AssertionError(change + " was not accepted: " + decision);
    }

    static DirectoryEvent event(Fact fact, @Nullable AuditText audit) {
        return new DirectoryEvent(DirectoryEvent.FORMAT, NOW, "admin", fact, audit);
    }

    static Secrets secrets(DirectorySetup setup) {
        return new Secrets(setup.vault(), setup.settings().auth());
    }

    static Config serialization() {
        return ConfigFactory.parseString(
                """
                akka.actor.serialization-bindings { "dev.switchboard.protocol.CborSerializable" = jackson-cbor }
                akka.loggers = ["akka.event.slf4j.Slf4jLogger"]
                akka.logging-filter = "akka.event.slf4j.Slf4jLoggingFilter"
                """);
    }
}
