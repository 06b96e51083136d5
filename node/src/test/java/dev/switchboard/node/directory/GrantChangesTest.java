package dev.switchboard.node.directory;

import static dev.switchboard.node.directory.Fixtures.NOW;
import static dev.switchboard.node.directory.Fixtures.after;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.settings.Settings.Bootstrap;
import dev.switchboard.protocol.directory.ApiKey;
import dev.switchboard.protocol.directory.ChangeReply.Reason;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectoryChange.AddApiKey;
import dev.switchboard.protocol.directory.DirectoryChange.PatchApiKey;
import dev.switchboard.protocol.directory.Grants;
import dev.switchboard.protocol.directory.SignIns;
import dev.switchboard.protocol.domain.ApiKeyId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.Mode;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class GrantChangesTest {
    private final DirectoryState state = after(Fixtures.started(Fixtures.setup(Bootstrap.NONE)), new AddApiKey(ONE));

    private static final ApiKey ONE = apiKey("one");

    static ApiKey apiKey(String id) {
        return new ApiKey(
                new ApiKeyId(id),
                "name of " + id,
                "5a".repeat(16),
                "a5".repeat(32),
                "sb-" + id + "-…",
                List.of("groq/fast"),
                Mode.FAST,
                new Limits(10L, null, null, null),
                true,
                NOW,
                NOW.plusSeconds(60));
    }

    private static PatchApiKey patch(String name, List<String> models, Limits limits) {
        return new PatchApiKey(ONE.id(), name, models, null, limits, null, null);
    }

    private Reason refused(DirectoryChange change) {
        assertThat(Changes.decide(state, change)).isInstanceOf(Decision.Refuses.class);
        return ((Decision.Refuses) Changes.decide(state, change)).reply().reason();
    }

    @Test
    void aPatchTouchesOnlyItsFieldsAndCanTakeModeAndExpiryAway() {
        ApiKey renamed = after(state, patch("x", null, null)).grants().apiKeys().get(0);
        assertThat(renamed.name()).isEqualTo("x");
        assertThat(renamed).usingRecursiveComparison().ignoringFields("name").isEqualTo(ONE);
        ApiKey open = after(
                        state,
                        new PatchApiKey(
                                ONE.id(),
                                null,
                                List.of(),
                                new DirectoryChange.ModeChoice(null),
                                Limits.NONE,
                                false,
                                new DirectoryChange.Expiry(null)))
                .grants()
                .apiKeys()
                .get(0);
        assertThat(open.mode()).isNull();
        assertThat(open.expiresAt()).isNull();
        assertThat(open.models()).isEmpty();
        assertThat(open.limits()).isEqualTo(Limits.NONE);
        assertThat(open.enabled()).isFalse();
        assertThat(open.hash()).isEqualTo(ONE.hash());
    }

    @Test
    void badChangesAreRefusedAndTheSameAgainChangesNothing() {
        assertThat(refused(new AddApiKey(ONE))).isEqualTo(Reason.CONFLICT);
        assertThat(refused(patch(" ", null, null))).isEqualTo(Reason.INVALID);
        assertThat(refused(patch(null, Collections.nCopies(GrantChanges.MOST_MODELS + 1, "m"), null)))
                .isEqualTo(Reason.INVALID);
        assertThat(refused(patch(null, null, new Limits(0L, null, null, null)))).isEqualTo(Reason.INVALID);
        assertThat(refused(new DirectoryChange.RemoveApiKey(new ApiKeyId("unknown"))))
                .isEqualTo(Reason.NOT_FOUND);
        assertThat(Changes.decide(state, patch(ONE.name(), null, null))).isEqualTo(Decision.Unchanged.INSTANCE);
    }

    @Test
    void theAuditTrailNamesTheKeyButHoldsNoHash() {
        DirectoryState done =
                after(after(state, patch("x", List.of(), null)), new DirectoryChange.RemoveApiKey(ONE.id()));
        assertThat(done.grants().apiKeys()).isEmpty();
        assertThat(done.audit().toString())
                .contains("api-key.add", "api-key.change", "api-key.remove", "name=x")
                .doesNotContain(ONE.hash())
                .doesNotContain(ONE.salt());
    }

    @Test
    void endedSignInsAreForgottenWhenTheyWouldHaveExpired() {
        Grants grants = Grants.NONE;
        grants = GrantChanges.after(grants, new Fact.SignInRevoked("a", NOW.plusSeconds(10)), NOW);
        assertThat(counts(grants, "a", NOW)).isFalse();
        assertThat(counts(grants, "b", NOW)).isTrue();
        grants = GrantChanges.after(grants, new Fact.SignInRevoked("b", NOW.plusSeconds(90)), NOW.plusSeconds(10));
        assertThat(signIns(grants).revoked()).containsOnlyKeys("b");
    }

    @Test
    void tooManyToRememberEndAllSignIns() {
        Grants grants = Grants.NONE;
        for (int i = 0; i <= GrantChanges.MOST_REVOKED; i++) {
            grants = GrantChanges.after(grants, new Fact.SignInRevoked("s" + i, NOW.plusSeconds(90)), NOW);
        }
        assertThat(signIns(grants).revoked()).isEmpty();
        assertThat(counts(grants, "s0", NOW)).isFalse();
        assertThat(counts(grants, "another", NOW)).isFalse();
        assertThat(counts(grants, "later", NOW.plusMillis(1))).isTrue();
        Grants earlier = GrantChanges.after(grants, new Fact.SignInsRevoked(NOW.minusSeconds(5)), NOW);
        assertThat(counts(earlier, "another", NOW)).isFalse();
    }

    private static SignIns signIns(Grants grants) {
        return java.util.Objects.requireNonNull(grants.signIns());
    }

    private static boolean counts(Grants grants, String id, Instant issuedAt) {
        return signIns(grants).counts(id, issuedAt);
    }
}
