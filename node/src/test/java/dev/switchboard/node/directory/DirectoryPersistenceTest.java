package dev.switchboard.node.directory;

import static dev.switchboard.node.directory.Fixtures.ALPHA;
import static dev.switchboard.node.directory.Fixtures.FAST;
import static dev.switchboard.node.directory.Fixtures.GROQ;
import static dev.switchboard.node.directory.Fixtures.LARGE;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import dev.switchboard.node.persistence.DatabaseConfig;
import dev.switchboard.node.persistence.TestDatabases;
import dev.switchboard.node.settings.Settings.BootKey;
import dev.switchboard.node.settings.Settings.Bootstrap;
import dev.switchboard.node.vault.Vault;
import dev.switchboard.protocol.directory.ChangeReply;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectoryCommand;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The directory on real databases: what was accepted is there after a restart. */
class DirectoryPersistenceTest {
    private static final Bootstrap BOOT =
            new Bootstrap(List.of(), List.of(), List.of(new BootKey(GROQ, "sk-0123456789abcdef-f3a9", "boot")));

    /** One process: its actor system, owner and replica. */
    private static final class Process implements AutoCloseable {
        private final ActorTestKit kit;
        private final Directory directory;

        Process(DatabaseConfig database, Catalog catalog) throws Exception {
            this(database, catalog, Fixtures.VAULT);
        }

        Process(DatabaseConfig database, Catalog catalog, Vault vault) throws Exception {
            DirectorySetup setup = Fixtures.setup(Fixtures.settings(true, BOOT, null, null), vault, catalog);
            kit = ActorTestKit.create("process", TestDatabases.systemConfig(database));
            ActorRef<DirectoryCommand> owner = kit.spawn(DirectoryActor.create(setup, replica -> true));
            directory = Directory.start(kit.system(), owner, setup, null);
            get(directory.ready());
        }

        DirectorySnapshot change(DirectoryChange change) throws Exception {
            assertThat(get(directory.change(change, "admin"))).isInstanceOf(ChangeReply.Accepted.class);
            return directory.snapshot();
        }

        @Override
        public void close() {
            kit.shutdownTestKit();
        }
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(DatabaseConfig.Kind.class)
    void aRestartKeepsEverythingAndAnUpgradeKeepsChoices(DatabaseConfig.Kind kind) throws Exception {
        DatabaseConfig database = TestDatabases.fresh(kind);
        DirectorySnapshot before;
        String apiKey;
        try (Process first = new Process(database, Fixtures.catalog("2026-11-1"))) {
            first.change(new DirectoryChange.AddPlatform(Fixtures.platform(ALPHA, Origin.CUSTOM)));
            first.change(new DirectoryChange.PatchModel(FAST, null, null, null, null, null, null, false, null));
            first.change(new DirectoryChange.Rechain(
                    List.of(new DirectoryChange.Place(FAST, 5, null), new DirectoryChange.Place(LARGE, 9, null))));
            before = first.change(new DirectoryChange.PutSettings(Map.of("switchboard.routing.max-attempts", "7")));
            apiKey = first.directory.secrets().apiKey(before);
            assertThat(apiKey).startsWith("sb-");
        }
        try (Process second = new Process(database, Fixtures.catalog("2026-11-1"))) {
            DirectorySnapshot after = second.directory.snapshot();
            assertThat(after.version()).isEqualTo(before.version());
            assertThat(after.platforms()).isEqualTo(before.platforms());
            assertThat(after.models()).isEqualTo(before.models());
            assertThat(after.keys()).isEqualTo(before.keys());
            assertThat(after.settings()).isEqualTo(before.settings());
            assertThat(second.directory.secrets().apiKey(after)).isEqualTo(apiKey);
            ProviderKey key = after.keysOf(GROQ).get(0);
            assertThat(second.directory.secrets().open(key)).isEqualTo("sk-0123456789abcdef-f3a9");
            assertThat(get(second.directory.audit(2)))
                    .extracting(DirectoryCommand.AuditEntry::action)
                    .containsExactly("settings.change", "chain.change");
        }
        Catalog next = new Catalog(
                "2026-12-1",
                Fixtures.catalog("x").platforms(),
                List.of(Fixtures.model(FAST, 1, Origin.BUILTIN), Fixtures.model(LARGE, 2, Origin.BUILTIN)));
        try (Process third = new Process(database, next)) {
            assertThat(third.directory.snapshot().model(FAST))
                    .extracting(Model::enabled, Model::priority, Model::intelligenceRank)
                    .containsExactly(false, 5, 1);
            assertThat(third.directory.snapshot().version()).isEqualTo(before.version() + 1);
        }
    }

    @ParameterizedTest
    @EnumSource(DatabaseConfig.Kind.class)
    void aLongJournalIsRecoveredFromItsSnapshot(DatabaseConfig.Kind kind) throws Exception {
        DatabaseConfig database = TestDatabases.fresh(kind);
        try (Process first = new Process(database, Fixtures.catalog("2026-11-1"))) {
            for (int i = 1; i <= 120; i++) {
                first.change(
                        new DirectoryChange.PatchModel(FAST, "Name " + i, null, null, null, null, null, null, null));
            }
        }
        try (Process second = new Process(database, Fixtures.catalog("2026-11-1"))) {
            assertThat(second.directory.snapshot().model(FAST))
                    .extracting(Model::name)
                    .isEqualTo("Name 120");
            assertThat(get(second.directory.audit(1_000))).hasSizeGreaterThan(120);
        }
    }

    @ParameterizedTest
    @EnumSource(DatabaseConfig.Kind.class)
    void aRotationMovesEverySecretAndADamagedOneIsOneKeyOutOfUse(DatabaseConfig.Kind kind) throws Exception {
        DatabaseConfig database = TestDatabases.fresh(kind);
        Catalog catalog = Fixtures.catalog("2026-11-1");
        String apiKey;
        KeyId damaged;
        try (Process old = new Process(database, catalog)) {
            Secrets secrets = old.directory.secrets();
            ProviderKey second = secrets.newKey(GROQ, "sk-second-0123456789", "second", Instant.EPOCH);
            damaged = second.id();
            old.change(new DirectoryChange.AddKey(second));
            String flipped =
                    second.cipherText().substring(0, second.cipherText().length() - 6) + "AAAAAA";
            DirectorySnapshot now =
                    old.change(new DirectoryChange.PatchKey(damaged, null, null, flipped, "other", second.masked()));
            apiKey = secrets.apiKey(now);
        }
        Vault both = Vault.of(List.of(Fixtures.KEY_B, Fixtures.KEY_A));
        try (Process rotating = new Process(database, catalog, both)) {
            DirectorySnapshot now = rotating.directory.snapshot();
            assertThat(now.keys().get(damaged).status()).isEqualTo(KeyStatus.ERROR);
            assertThat(now.keys().get(damaged).statusReason()).contains("integrity check");
            assertThat(rotating.directory.secrets().underOlderKeys(now)).isEqualTo(1);
            Secrets behind = new Secrets(
                    Fixtures.VAULT, Fixtures.settings(true, BOOT, null, null).auth());
            ProviderKey late = behind.newKey(GROQ, "sk-late-0123456789ab", "late", Instant.EPOCH);
            DirectorySnapshot later = rotating.change(new DirectoryChange.AddKey(late));
            assertThat(rotating.directory.secrets().underOlderKeys(later)).isEqualTo(1);
        }
        try (Process rotated = new Process(database, catalog, Vault.of(List.of(Fixtures.KEY_B)))) {
            DirectorySnapshot now = rotated.directory.snapshot();
            Secrets secrets = rotated.directory.secrets();
            assertThat(secrets.apiKey(now)).isEqualTo(apiKey);
            List<String> opened = new ArrayList<>();
            for (ProviderKey key : now.keysOf(GROQ)) {
                if (key.status() != KeyStatus.ERROR) {
                    opened.add(secrets.open(key));
                }
            }
            assertThat(opened).containsExactlyInAnyOrder("sk-0123456789abcdef-f3a9", "sk-late-0123456789ab");
            ProviderKey again = now.keys().get(damaged);
            DirectorySnapshot healed = rotated.change(secrets.patchKey(again.id(), null, null, "sk-second-0123456789"));
            assertThat(healed.keys().get(damaged).status()).isEqualTo(KeyStatus.UNKNOWN);
            assertThat(secrets.underOlderKeys(healed)).isZero();
        }
    }
}
