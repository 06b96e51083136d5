package dev.switchboard.node.directory;

import static dev.switchboard.node.directory.Fixtures.ALPHA;
import static dev.switchboard.node.directory.Fixtures.FAST;
import static dev.switchboard.node.directory.Fixtures.GROQ;
import static dev.switchboard.node.directory.Fixtures.LARGE;
import static dev.switchboard.node.directory.Fixtures.after;
import static dev.switchboard.node.directory.Fixtures.catalog;
import static dev.switchboard.node.directory.Fixtures.plan;
import static dev.switchboard.node.directory.Fixtures.settings;
import static dev.switchboard.node.directory.Fixtures.setup;
import static dev.switchboard.node.directory.Fixtures.started;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.switchboard.node.settings.Settings.BootKey;
import dev.switchboard.node.settings.Settings.BootModel;
import dev.switchboard.node.settings.Settings.BootPlatform;
import dev.switchboard.node.settings.Settings.Bootstrap;
import dev.switchboard.node.vault.Vault;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StartPlanTest {
    private static final ModelRef A_LARGE = new ModelRef(ALPHA, "a-large");
    private static final Bootstrap BOOT = new Bootstrap(
            List.of(new BootPlatform(ALPHA, "Alpha", null, "http://127.0.0.1:9101/alpha/v1/", false, null)),
            List.of(new BootModel(
                    A_LARGE, "A Large", 1, 128_000, new Limits(30L, null, null, null), true, false, true)),
            List.of(new BootKey(ALPHA, "sk-one", "one"), new BootKey(ALPHA, "sk-two", "")));

    @Test
    void aFreshDirectoryHasTheCatalogueTheConfiguredRowsAndKeys() throws Exception {
        DirectorySetup setup = setup(BOOT);
        DirectoryState state = started(setup);
        DirectorySnapshot snapshot = Rows.snapshot(state);

        assertThat(snapshot.platforms().keySet()).containsExactly(GROQ, ALPHA);
        Platform alpha = snapshot.platforms().get(ALPHA);
        assertThat(alpha).extracting(Platform::adapter).isEqualTo(AdapterKind.OPENAI);
        assertThat(alpha).extracting(Platform::baseUrl).isEqualTo("http://127.0.0.1:9101/alpha/v1");
        assertThat(alpha).extracting(Platform::origin).isEqualTo(Origin.BOOTSTRAP);
        assertThat(snapshot.models()).extracting(Model::ref).containsExactly(LARGE, A_LARGE, FAST);
        assertThat(snapshot.keysOf(ALPHA)).extracting(ProviderKey::label).containsExactly("one", "");
        assertThat(snapshot.keysOf(ALPHA)).extracting(ProviderKey::masked).containsOnly("…");
        assertThat(Fixtures.secrets(setup).open(snapshot.keysOf(ALPHA).get(1))).isEqualTo("sk-two");
        assertThat(snapshot.apiKeyCipher()).isNull();
        assertThat(plan(state, setup)).as("a second start").isEmpty();
    }

    /** Whoever mistypes a platform's id reads it in the log, and everything else takes effect. */
    @Test
    void rowsOfPlatformsThatDoNotExistAreNamedInTheLog() {
        Logger log = (Logger) LoggerFactory.getLogger(StartPlan.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        Level before = log.getLevel();
        log.setLevel(Level.WARN);
        PlatformId typo = new PlatformId("alhpa");
        BootModel mistyped =
                new BootModel(new ModelRef(typo, "a-large"), "A", 1, 128_000, Limits.NONE, true, false, true);
        try {
            DirectorySnapshot snapshot = Rows.snapshot(started(setup(new Bootstrap(
                    BOOT.platforms(),
                    List.of(BOOT.models().get(0), mistyped),
                    List.of(BOOT.keys().get(0), new BootKey(typo, "sk-secret", "one"))))));

            assertThat(snapshot.models())
                    .extracting(Model::ref)
                    .contains(A_LARGE)
                    .doesNotContain(mistyped.ref());
            assertThat(snapshot.keysOf(ALPHA)).hasSize(1);
            assertThat(lines.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactlyInAnyOrder(
                            "the configured model alhpa/a-large cannot be used: there is no such platform",
                            "the configured key of alhpa is left out: there is no such platform");
        } finally {
            log.setLevel(before);
            log.detachAppender(lines);
        }
    }

    @Test
    void anUpdatedCatalogueKeepsWhatPeopleChose() {
        DirectoryState state = started(setup(Bootstrap.NONE));
        state = after(
                state,
                new DirectoryChange.PatchModel(
                        FAST, null, null, null, new Limits(5L, null, null, null), null, null, false, null));
        state = after(state, new DirectoryChange.Rechain(List.of(new DirectoryChange.Place(FAST, 7, null))));
        state = after(state, new DirectoryChange.PatchPlatform(GROQ, "My Groq", null, null, null, null, null));

        ModelRef added = new ModelRef(GROQ, "new");
        Catalog next = new Catalog(
                "2026-12-1",
                List.of(Rows.withBaseUrl(Fixtures.platform(GROQ, Origin.BUILTIN), "https://new.example/v2")),
                List.of(Fixtures.model(FAST, 9, Origin.BUILTIN), Fixtures.model(added, 1, Origin.BUILTIN)));
        DirectoryState updated = started(state, setup(setup(Bootstrap.NONE).settings(), Fixtures.VAULT, next));
        Rows rows = Rows.of(updated);
        assertThat(rows.models()).containsOnlyKeys(FAST, added);
        Model fast = rows.models().get(FAST);
        assertThat(fast)
                .extracting(Model::enabled, Model::priority, Model::intelligenceRank)
                .containsExactly(false, 7, 9);
        assertThat(fast).extracting(Model::limits).isEqualTo(new Limits(5L, null, null, null));
        assertThat(rows.platforms().get(GROQ))
                .extracting(Platform::name, Platform::baseUrl)
                .containsExactly("My Groq", "https://new.example/v2");

        Catalog without = new Catalog("2026-12-2", next.platforms(), List.of(Fixtures.model(added, 1, Origin.BUILTIN)));
        DirectoryState gone = started(updated, setup(setup(Bootstrap.NONE).settings(), Fixtures.VAULT, without));
        assertThat(Rows.of(gone).models()).containsOnlyKeys(added);
        Catalog again = new Catalog("2026-12-3", next.platforms(), next.models());
        DirectoryState back = started(gone, setup(setup(Bootstrap.NONE).settings(), Fixtures.VAULT, again));
        assertThat(Rows.of(back).models().get(FAST)).isEqualTo(fast);
    }

    @Test
    void anOlderOrMalformedCatalogueChangesNothing() {
        DirectoryState state = started(setup(Bootstrap.NONE));
        var settings = setup(Bootstrap.NONE).settings();
        assertThat(plan(state, setup(settings, Fixtures.VAULT, new Catalog("2026-10-9", List.of(), List.of()))))
                .isEmpty();
        assertThat(plan(state, setup(settings, Fixtures.VAULT, null))).isEmpty();
        assertThat(plan(state, setup(settings, Fixtures.VAULT, new Catalog("2026-11-1", List.of(), List.of()))))
                .hasSize(1);
    }

    /** A newer release whose files are damaged: what the release before brought stays in force, whole. */
    @Test
    void ofAMalformedCatalogueNothingComesIntoForce() {
        DirectoryState state = started(setup(Bootstrap.NONE));
        DirectorySnapshot before = Rows.snapshot(state);
        DirectorySetup damaged = DirectorySetup.of(setup(Bootstrap.NONE).settings(), Fixtures.VAULT, () -> {
            throw new MalformedCatalogException(
                    List.of(new CatalogProblem("models.tsv", 7, "rpm", "must be 1 or more")));
        });
        assertThat(damaged.catalog()).isNull();
        assertThat(plan(state, damaged)).isEmpty();
        assertThat(Rows.snapshot(started(state, damaged)).models()).isNotEmpty().isEqualTo(before.models());
    }

    @Test
    void withoutTheCatalogueOnlyNamedBuiltInRowsExist() {
        Bootstrap named = new Bootstrap(
                List.of(new BootPlatform(GROQ, "groq", null, "http://127.0.0.1:9/v1", false, null)),
                List.of(new BootModel(FAST, "Mine", 3, 1_000, Limits.NONE, false, false, true)),
                List.of());
        var none = setup(settings(false, named, "a", "b"), Fixtures.VAULT, catalog("2026-11-1"));
        DirectoryState state = started(none);
        Rows rows = Rows.of(state);
        assertThat(rows.models()).containsOnlyKeys(FAST);
        assertThat(rows.models().get(FAST))
                .extracting(Model::name, Model::origin, Model::tools, Model::sizeLabel)
                .containsExactly("Mine", Origin.BUILTIN, false, "Large");
        assertThat(rows.platforms().get(GROQ))
                .extracting(
                        Platform::name, Platform::baseUrl, row -> row.quirks().maxTokensCeiling())
                .containsExactly("Platform groq", "http://127.0.0.1:9/v1", 400);
        assertThat(plan(state, none)).isEmpty();

        DirectoryState empty =
                started(setup(settings(false, Bootstrap.NONE, "a", "b"), Fixtures.VAULT, catalog("2026-11-1")));
        assertThat(Rows.of(empty).platforms()).isEmpty();
    }

    @Test
    void aBuiltInPlatformIsItselfAgainOnceTheConfigurationNoLongerNamesIt() {
        Bootstrap named = new Bootstrap(
                List.of(new BootPlatform(GROQ, "groq", AdapterKind.COHERE, "http://127.0.0.1:9/v1", false, null)),
                List.of(),
                List.of());
        DirectoryState state = started(setup(named));
        assertThat(Rows.of(state).platforms().get(GROQ))
                .extracting(Platform::adapter, Platform::baseUrl)
                .containsExactly(AdapterKind.COHERE, "http://127.0.0.1:9/v1");
        DirectoryState later = started(state, setup(Bootstrap.NONE));
        assertThat(Rows.of(later).platforms().get(GROQ)).isEqualTo(Fixtures.platform(GROQ, Origin.BUILTIN));
    }

    @Test
    void configuredRowsStayWithoutTheConfigurationAndFollowIt() {
        DirectoryState state = started(setup(BOOT));
        assertThat(Rows.of(started(state, setup(Bootstrap.NONE))).platforms()).containsKey(ALPHA);
        Bootstrap moved = new Bootstrap(
                List.of(new BootPlatform(ALPHA, "Alpha", null, "http://127.0.0.1:9999", false, null)),
                List.of(),
                List.of());
        assertThat(Rows.of(started(state, setup(moved))).platforms().get(ALPHA))
                .extracting(Platform::baseUrl)
                .isEqualTo("http://127.0.0.1:9999");
    }

    @Test
    void whatPeopleRemovedDoesNotComeBackFromTheConfiguration() {
        DirectoryState state = started(setup(BOOT));
        KeyId one = Rows.snapshot(state).keysOf(ALPHA).get(0).id();
        DirectoryState fewer = after(state, new DirectoryChange.RemoveKey(one));
        assertThat(plan(fewer, setup(BOOT))).isEmpty();
        fewer = after(fewer, new DirectoryChange.RemoveModel(A_LARGE));
        assertThat(plan(fewer, setup(BOOT))).isEmpty();
        fewer = after(fewer, new DirectoryChange.RemovePlatform(ALPHA));
        assertThat(plan(fewer, setup(BOOT))).isEmpty();
        assertThat(Rows.snapshot(fewer).keys()).isEmpty();
        assertThat(Rows.of(fewer).platforms()).containsOnlyKeys(GROQ);

        DirectoryState again = after(fewer, new DirectoryChange.AddPlatform(Fixtures.platform(ALPHA, Origin.CUSTOM)));
        assertThat(Rows.of(again).platforms()).containsKey(ALPHA);
    }

    @Test
    void accessKeysAreMadeOnceAndOnlyWhereNoneIsConfigured() throws Exception {
        DirectorySetup bare = setup(settings(true, Bootstrap.NONE, null, null), Fixtures.VAULT, catalog("2026-11-1"));
        DirectoryState state = started(bare);
        DirectorySnapshot snapshot = Rows.snapshot(state);
        String api = Fixtures.secrets(bare).apiKey(snapshot);
        String admin = Fixtures.secrets(bare).adminKey(snapshot);
        assertThat(api).matches("sb-[0-9a-f]{48}");
        assertThat(admin).matches("sb-admin-[0-9a-f]{64}");
        assertThat(plan(state, bare)).isEmpty();
        assertThat(state.audit().toString()).doesNotContain(api).doesNotContain(admin);

        DirectorySetup given = setup(Bootstrap.NONE);
        assertThat(Fixtures.secrets(given).apiKey(snapshot)).isEqualTo("sb-given");
        assertThat(Rows.snapshot(started(given)).adminKeyCipher()).isNull();
        assertThat(Fixtures.secrets(bare).apiKey(DirectorySnapshot.EMPTY)).isNull();
    }

    @Test
    void aNewEncryptionKeyTakesOverEverySecretWithoutDoublingKeys() throws Exception {
        DirectorySetup old = setup(settings(true, BOOT, null, null), Fixtures.VAULT, catalog("2026-11-1"));
        DirectoryState state = started(old);
        String api = Fixtures.secrets(old).apiKey(Rows.snapshot(state));
        DirectorySetup both =
                setup(old.settings(), Vault.of(List.of(Fixtures.KEY_B, Fixtures.KEY_A)), catalog("2026-11-1"));
        DirectoryState rotated = started(state, both);
        DirectorySetup only = setup(old.settings(), Vault.of(List.of(Fixtures.KEY_B)), catalog("2026-11-1"));
        DirectorySnapshot snapshot = Rows.snapshot(rotated);
        assertThat(Fixtures.secrets(only).apiKey(snapshot)).isEqualTo(api);
        assertThat(snapshot.keysOf(ALPHA)).hasSize(2);
        assertThat(Fixtures.secrets(only).open(snapshot.keysOf(ALPHA).get(0))).isEqualTo("sk-one");
        assertThat(plan(rotated, only)).isEmpty();
    }

    @Test
    void anUnreadableKeyIsOneKeyInErrorUntilItsEncryptionKeyIsBack() {
        DirectorySetup setup = setup(BOOT);
        DirectoryState state = started(setup);
        DirectorySetup stranger = setup(setup.settings(), Vault.of(List.of(Fixtures.KEY_B)), catalog("2026-11-1"));
        DirectoryState broken = started(state, stranger);
        assertThat(broken.keys().values().stream().filter(key -> key.status() == KeyStatus.ERROR))
                .hasSize(2)
                .noneMatch(ProviderKey::usable);
        assertThat(plan(broken, stranger)).as("said once").isEmpty();
        DirectoryState healed = started(broken, setup);
        assertThat(healed.keys().values().stream().filter(key -> state.keys().containsKey(key.id())))
                .extracting(ProviderKey::status)
                .containsExactly(KeyStatus.UNKNOWN, KeyStatus.UNKNOWN);
    }

    @Test
    void aKeyOfAnUnknownPlatformIsLeftOut() {
        Bootstrap stray =
                new Bootstrap(List.of(), List.of(), List.of(new BootKey(new PlatformId("nowhere"), "sk-x", "")));
        assertThat(started(setup(stray)).keys()).isEmpty();
    }
}
