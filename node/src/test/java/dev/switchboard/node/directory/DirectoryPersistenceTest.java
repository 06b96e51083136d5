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
import dev.switchboard.protocol.directory.ChangeReply;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectoryCommand;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.ProviderKey;
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
            DirectorySetup setup = Fixtures.setup(Fixtures.settings(true, BOOT, null, null), Fixtures.VAULT, catalog);
            kit = ActorTestKit.create("process", TestDatabases.systemConfig(database));
            ActorRef<DirectoryCommand> owner = kit.spawn(DirectoryActor.create(setup));
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
}
