package dev.switchboard.node.directory;

import static dev.switchboard.node.directory.Fixtures.ALPHA;
import static dev.switchboard.node.directory.Fixtures.FAST;
import static dev.switchboard.node.directory.Fixtures.GROQ;
import static dev.switchboard.node.directory.Fixtures.LARGE;
import static dev.switchboard.node.directory.Fixtures.NOW;
import static dev.switchboard.node.directory.Fixtures.after;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.settings.Settings.Bootstrap;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.ApiKey;
import dev.switchboard.protocol.directory.ChangeReply;
import dev.switchboard.protocol.directory.ChangeReply.Reason;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectoryChange.AddKey;
import dev.switchboard.protocol.directory.DirectoryChange.AddModel;
import dev.switchboard.protocol.directory.DirectoryChange.AddPlatform;
import dev.switchboard.protocol.directory.DirectoryChange.PatchKey;
import dev.switchboard.protocol.directory.DirectoryChange.PatchModel;
import dev.switchboard.protocol.directory.DirectoryChange.PatchPlatform;
import dev.switchboard.protocol.directory.DirectoryChange.PutSettings;
import dev.switchboard.protocol.directory.DirectoryChange.RemoveKey;
import dev.switchboard.protocol.directory.DirectoryChange.RemoveModel;
import dev.switchboard.protocol.directory.DirectoryChange.RemovePlatform;
import dev.switchboard.protocol.directory.DirectoryChange.SetAccessKey;
import dev.switchboard.protocol.directory.DirectoryChange.SetKeyStatus;
import dev.switchboard.protocol.directory.DirectoryCommand.AuditEntry;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ChangesTest {
    private static final DirectorySetup SETUP = Fixtures.setup(Bootstrap.NONE);
    private static final Secrets SECRETS = Fixtures.secrets(SETUP);
    private static final ModelRef MINE = new ModelRef(ALPHA, "mine");
    private static final ProviderKey KEY = SECRETS.newKey(GROQ, "sk-0123456789abcdef-f3a9", "first", NOW);
    private static final ApiKey API_KEY = GrantChangesTest.apiKey("one");
    private static final DirectoryState STATE = start();

    private static DirectoryState start() {
        DirectoryState state = Fixtures.started(SETUP);
        state = after(state, new AddPlatform(Fixtures.platform(ALPHA, Origin.BUILTIN)));
        state = after(state, new AddModel(Fixtures.model(MINE, 1, Origin.BUILTIN)));
        state = after(state, new DirectoryChange.AddApiKey(API_KEY));
        return after(state, new AddKey(KEY));
    }

    @Test
    void whatPeopleAddIsCustom() {
        Rows rows = Rows.of(STATE);
        assertThat(rows.platforms().get(ALPHA)).extracting(Platform::origin).isEqualTo(Origin.CUSTOM);
        assertThat(rows.models().get(MINE)).extracting(Model::origin).isEqualTo(Origin.CUSTOM);
        assertThat(rows.chain()).containsExactly(LARGE, MINE, FAST);
        assertThat(Rows.snapshot(STATE).hasUsableKey(GROQ)).isTrue();
    }

    @Test
    void aPatchTouchesOnlyItsFields() {
        DirectoryState state = after(STATE, model(FAST, null, null, null, false));
        state = after(state, model(FAST, "Quick", null, null, null));
        assertThat(Rows.of(state).models().get(FAST))
                .extracting(Model::name, Model::enabled, Model::contextWindow)
                .containsExactly("Quick", false, 131_072);
        DirectoryState url = after(STATE, platform(GROQ, null, " https://proxy.example/v1// ", null));
        assertThat(Rows.of(url).platforms().get(GROQ))
                .extracting(Platform::baseUrl, Platform::name)
                .containsExactly("https://proxy.example/v1", "Platform groq");
        assertThat(Changes.decide(url, platform(GROQ, null, "https://proxy.example/v1", null)))
                .isEqualTo(Decision.Unchanged.INSTANCE);
        assertThat(Changes.decide(STATE, platform(GROQ, null, null, null))).isEqualTo(Decision.Unchanged.INSTANCE);
    }

    @Test
    void builtInRowsAreOnlySwitchedOff() {
        DirectoryState state = after(after(STATE, new RemovePlatform(GROQ)), new RemoveModel(FAST));
        Rows rows = Rows.of(state);
        assertThat(rows.platforms().get(GROQ)).extracting(Platform::enabled).isEqualTo(false);
        assertThat(rows.models().get(FAST)).extracting(Model::enabled).isEqualTo(false);
        assertThat(state.keys()).containsKey(KEY.id());
        assertThat(Changes.decide(state, new RemoveModel(FAST))).isEqualTo(Decision.Unchanged.INSTANCE);
    }

    @Test
    void aRemovedPlatformTakesItsModelsKeysAndChoicesWithIt() {
        ProviderKey key = SECRETS.newKey(ALPHA, "sk-another-secret-of-alpha", "", NOW);
        DirectoryState state = after(after(STATE, new AddKey(key)), model(MINE, "Renamed", null, null, null));
        DirectoryState gone = after(state, new RemovePlatform(ALPHA));
        assertThat(Rows.of(gone).models()).containsOnlyKeys(FAST, LARGE);
        assertThat(gone.keys()).containsOnlyKeys(KEY.id());
        DirectoryState again = after(gone, new AddPlatform(Fixtures.platform(ALPHA, Origin.CUSTOM)));
        again = after(again, new AddModel(Fixtures.model(MINE, 1, Origin.CUSTOM)));
        assertThat(Rows.of(again).models().get(MINE)).extracting(Model::name).isEqualTo("Model mine");
        assertThat(Rows.of(after(STATE, new RemoveModel(MINE))).models()).doesNotContainKey(MINE);
    }

    @Test
    void aRenewedKeyStartsUnknown() throws Exception {
        DirectoryState bad = after(STATE, new SetKeyStatus(KEY.id(), KeyStatus.INVALID, "401", NOW));
        DirectoryState renewed = after(bad, SECRETS.patchKey(KEY.id(), null, null, "sk-renewed-secret-0000"));
        ProviderKey key = renewed.keys().get(KEY.id());
        assertThat(key)
                .extracting(ProviderKey::status, ProviderKey::statusReason, ProviderKey::label)
                .containsExactly(KeyStatus.UNKNOWN, null, "first");
        assertThat(key).extracting(ProviderKey::masked).isEqualTo("sk-…0000");
        assertThat(SECRETS.open(requireNonNull(key))).isEqualTo("sk-renewed-secret-0000");
        DirectoryState off = after(renewed, SECRETS.patchKey(KEY.id(), "second", false, null));
        assertThat(off.keys().get(KEY.id()))
                .extracting(ProviderKey::label, ProviderKey::enabled)
                .containsExactly("second", false);
        assertThat(after(off, new RemoveKey(KEY.id())).keys()).isEmpty();
    }

    @Test
    void aStatusIsKeptWhenItChangesOrOnceAnHour() {
        DirectoryState seen = after(STATE, status(KeyStatus.HEALTHY, null, Duration.ZERO));
        assertThat(Changes.decide(seen, status(KeyStatus.HEALTHY, null, Duration.ofMinutes(59))))
                .isEqualTo(Decision.Unchanged.INSTANCE);
        DirectoryState later = after(seen, status(KeyStatus.HEALTHY, null, Duration.ofMinutes(60)));
        assertThat(later.keys().get(KEY.id()))
                .extracting(ProviderKey::lastCheckedAt)
                .isEqualTo(NOW.plus(Duration.ofHours(1)));
        DirectoryState error = after(seen, status(KeyStatus.ERROR, "line\none " + "x".repeat(500), Duration.ZERO));
        assertThat(requireNonNull(error.keys().get(KEY.id())).statusReason())
                .startsWith("line one x")
                .hasSize(200);
        assertThat(error.audit()).isEqualTo(STATE.audit());
    }

    @Test
    void settingsAreSetAndGoBackToTheirDefault() {
        DirectoryState set = after(STATE, new PutSettings(Map.of("a.b", "1", "c.api-key", "secret")));
        assertThat(set.settings()).containsOnly(Map.entry("a.b", "1"), Map.entry("c.api-key", "secret"));
        assertThat(set.audit().toString()).doesNotContain("secret");
        DirectoryState back = after(set, new PutSettings(Collections.singletonMap("a.b", null)));
        assertThat(back.settings()).containsOnlyKeys("c.api-key");
        assertThat(Changes.decide(back, new PutSettings(Collections.singletonMap("a.b", null))))
                .isEqualTo(Decision.Unchanged.INSTANCE);
    }

    @Test
    void theTrailTellsWhoDidWhatWithoutSecrets() {
        DirectoryState state = after(STATE, model(FAST, "Quick", null, null, false));
        AuditEntry entry = state.audit().get(state.audit().size() - 1);
        assertThat(entry)
                .isEqualTo(new AuditEntry(
                        NOW,
                        "admin",
                        "model.change",
                        "groq/fast",
                        "name=Model fast, enabled=true",
                        "name=Quick, enabled=false"));
        assertThat(STATE.audit().toString()).contains("sk-…f3a9").doesNotContain("0123456789abcdef", KEY.cipherText());
        DirectoryState many = state;
        for (int i = 0; i < DirectoryState.AUDIT_KEPT + 5; i++) {
            many = after(many, model(FAST, "Quick " + i, null, null, null));
        }
        assertThat(many.audit()).hasSize(DirectoryState.AUDIT_KEPT);
        assertThat(many.audit().get(DirectoryState.AUDIT_KEPT - 1).after()).isEqualTo("name=Quick 1004");
        assertThat(many.version()).isEqualTo(state.version() + 1_005);
    }

    @Test
    void theTrailWritesLimitsAndTimesAsPeopleDo() {
        Limits limits = new Limits(5L, null, 60_000L, null);
        PatchPlatform patch =
                new PatchPlatform(GROQ, null, AdapterKind.COHERE, null, null, Duration.ofSeconds(90), limits);
        DirectoryState state = after(STATE, patch);
        assertThat(state.audit().get(state.audit().size() - 1).after())
                .isEqualTo("adapter=cohere, responseTimeout=90s, shared=rpm 5 tpm 60000");
        DirectoryState lifted =
                after(state, new PatchPlatform(GROQ, null, null, null, null, PatchPlatform.NO_TIMEOUT, Limits.NONE));
        AuditEntry entry = lifted.audit().get(lifted.audit().size() - 1);
        assertThat(entry.before()).isEqualTo("responseTimeout=90s, shared=rpm 5 tpm 60000");
        assertThat(entry.after()).isEqualTo("responseTimeout=none, shared=none");
        assertThat(requireNonNull(Rows.of(lifted).platforms().get(GROQ)).responseTimeout())
                .isNull();
    }

    static Stream<Arguments> refused() {
        PlatformId nowhere = new PlatformId("nowhere");
        PlatformId beta = new PlatformId("beta");
        ModelRef stray = new ModelRef(nowhere, "m");
        KeyId noKey = new KeyId("none");
        ProviderKey same = SECRETS.newKey(GROQ, "sk-0123456789abcdef-f3a9", "again", NOW);
        ProviderKey other = SECRETS.newKey(nowhere, "sk-x", "", NOW);
        Limits zero = new Limits(null, 0L, null, null);
        return Stream.of(
                Arguments.of(new AddPlatform(Fixtures.platform(GROQ, Origin.CUSTOM)), Reason.CONFLICT, "id"),
                Arguments.of(url(beta, "ftp://x"), Reason.INVALID, "baseUrl"),
                Arguments.of(url(beta, "https://"), Reason.INVALID, "baseUrl"),
                Arguments.of(url(beta, "not a url"), Reason.INVALID, "baseUrl"),
                Arguments.of(url(beta, "https://u:p@x.example"), Reason.INVALID, "baseUrl"),
                Arguments.of(url(beta, "https://x.example?k=v"), Reason.INVALID, "baseUrl"),
                Arguments.of(url(beta, "http://169.254.169.254/latest"), Reason.INVALID, "baseUrl"),
                Arguments.of(url(beta, "http://[fe80::1]/v1"), Reason.INVALID, "baseUrl"),
                Arguments.of(url(beta, "http://metadata.google.internal/v1"), Reason.INVALID, "baseUrl"),
                Arguments.of(platform(nowhere, null, null, true), Reason.NOT_FOUND, null),
                Arguments.of(platform(GROQ, " ", null, null), Reason.INVALID, "name"),
                Arguments.of(platform(GROQ, "a\u0000b", null, null), Reason.INVALID, "name"),
                Arguments.of(
                        new PatchPlatform(GROQ, null, AdapterKind.CLOUDFLARE, null, null, null, null),
                        Reason.INVALID,
                        "adapter"),
                Arguments.of(
                        new PatchPlatform(GROQ, null, null, null, null, Duration.ofMillis(-1), null),
                        Reason.INVALID,
                        "responseTimeout"),
                Arguments.of(new PatchPlatform(GROQ, null, null, null, null, null, zero), Reason.INVALID, "rpd"),
                Arguments.of(new RemovePlatform(nowhere), Reason.NOT_FOUND, null),
                Arguments.of(new AddModel(Fixtures.model(stray, 1, Origin.CUSTOM)), Reason.INVALID, "platform"),
                Arguments.of(new AddModel(Fixtures.model(FAST, 1, Origin.CUSTOM)), Reason.CONFLICT, "id"),
                Arguments.of(
                        new AddModel(Fixtures.model(new ModelRef(GROQ, "x"), 0, Origin.CUSTOM)),
                        Reason.INVALID,
                        "intelligenceRank"),
                Arguments.of(
                        new AddModel(Fixtures.model(new ModelRef(GROQ, "x\ny"), 1, Origin.CUSTOM)),
                        Reason.INVALID,
                        "id"),
                Arguments.of(model(stray, "x", null, null, null), Reason.NOT_FOUND, null),
                Arguments.of(model(FAST, null, 0, null, null), Reason.INVALID, "contextWindow"),
                Arguments.of(model(FAST, null, null, zero, null), Reason.INVALID, "rpd"),
                Arguments.of(model(FAST, "x".repeat(201), null, null, null), Reason.INVALID, "name"),
                Arguments.of(new RemoveModel(stray), Reason.NOT_FOUND, null),
                Arguments.of(new AddKey(same), Reason.CONFLICT, "key"),
                Arguments.of(new AddKey(KEY), Reason.CONFLICT, "id"),
                Arguments.of(new AddKey(other), Reason.INVALID, "platform"),
                Arguments.of(new PatchKey(noKey, "x", null, null, null, null), Reason.NOT_FOUND, null),
                Arguments.of(new PatchKey(KEY.id(), null, null, "v1.x.y", null, null), Reason.INVALID, "key"),
                Arguments.of(new PatchKey(KEY.id(), "a\nb", null, null, null, null), Reason.INVALID, "label"),
                Arguments.of(new RemoveKey(noKey), Reason.NOT_FOUND, null),
                Arguments.of(new SetKeyStatus(noKey, KeyStatus.HEALTHY, null, NOW), Reason.NOT_FOUND, null),
                Arguments.of(new PutSettings(Map.of("", "x")), Reason.INVALID, "key"),
                Arguments.of(new PutSettings(Map.of("a", "x".repeat(5_000))), Reason.INVALID, "a"),
                Arguments.of(
                        new PutSettings(IntStream.range(0, 20).boxed().collect(Collectors.toMap(i -> "a" + i, i -> "x"
                                .repeat(3_000)))),
                        Reason.INVALID,
                        "value"),
                Arguments.of(new SetAccessKey(true, " "), Reason.INVALID, "key"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void badChangesAreRefusedWithTheirField(DirectoryChange change, Reason reason, @Nullable String field) {
        Decision decision = Changes.decide(STATE, change);
        assertThat(decision).isInstanceOf(Decision.Refuses.class);
        ChangeReply.Refused reply = ((Decision.Refuses) decision).reply();
        assertThat(reply.reason()).isEqualTo(reason);
        assertThat(reply.field()).isEqualTo(field);
        assertThat(reply.message()).isNotBlank().doesNotContain("sk-0123");
    }

    @Test
    void everyKindOfChangeIsDecided() {
        List<DirectoryChange> all = List.of(
                new AddPlatform(Fixtures.platform(new PlatformId("x"), Origin.CUSTOM)),
                platform(GROQ, "x", null, null),
                new RemovePlatform(ALPHA),
                new AddModel(Fixtures.model(new ModelRef(ALPHA, "x"), 1, Origin.CUSTOM)),
                model(FAST, "x", null, null, null),
                new RemoveModel(MINE),
                new DirectoryChange.Rechain(List.of(new DirectoryChange.Place(FAST, 1, null))),
                new AddKey(SECRETS.newKey(GROQ, "sk-y", "", NOW)),
                SECRETS.patchKey(KEY.id(), "x", null, null),
                new RemoveKey(KEY.id()),
                status(KeyStatus.HEALTHY, null, Duration.ZERO),
                new PutSettings(Map.of("a", "b")),
                new DirectoryChange.Import(
                        List.of(), List.of(Fixtures.model(new ModelRef(ALPHA, "y"), 1, Origin.CUSTOM)), List.of()),
                new DirectoryChange.NoteExport(2),
                SECRETS.newAccessKey(true),
                new DirectoryChange.AddApiKey(GrantChangesTest.apiKey("two")),
                new DirectoryChange.PatchApiKey(API_KEY.id(), "x", null, null, null, null, null),
                new DirectoryChange.RemoveApiKey(API_KEY.id()),
                new DirectoryChange.RevokeSignIn("s-1", NOW.plusSeconds(60)),
                new DirectoryChange.RevokeSignIns(NOW));
        assertThat(all.stream().<Class<?>>map(Object::getClass))
                .containsExactlyInAnyOrder(DirectoryChange.class.getPermittedSubclasses());
        assertThat(all)
                .allSatisfy(change -> assertThat(after(STATE, change).version()).isEqualTo(STATE.version() + 1));
    }

    private static AddPlatform url(PlatformId id, String url) {
        return new AddPlatform(Rows.withBaseUrl(Fixtures.platform(id, Origin.CUSTOM), url));
    }

    private static SetKeyStatus status(KeyStatus status, @Nullable String reason, Duration later) {
        return new SetKeyStatus(KEY.id(), status, reason, NOW.plus(later));
    }

    private static PatchPlatform platform(
            PlatformId id, @Nullable String name, @Nullable String url, @Nullable Boolean enabled) {
        return new PatchPlatform(id, name, null, url, enabled, null, null);
    }

    private static PatchModel model(
            ModelRef ref,
            @Nullable String name,
            @Nullable Integer window,
            @Nullable Limits limits,
            @Nullable Boolean enabled) {
        return new PatchModel(ref, name, null, window, limits, null, null, enabled, null);
    }
}
