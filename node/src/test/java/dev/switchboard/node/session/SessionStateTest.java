package dev.switchboard.node.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.session.Ban;
import dev.switchboard.protocol.session.Pin;
import dev.switchboard.protocol.session.SessionEffect;
import dev.switchboard.protocol.session.SessionEffect.PinDrop;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionStateTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final ModelRef LARGE = ModelRef.of("alpha", "large");
    private static final ModelRef SMALL = ModelRef.of("alpha", "small");
    private static final ModelRef OTHER = ModelRef.of("beta", "large");
    private static final KeyId KEY = new KeyId("k1");
    private static final KeyId KEY2 = new KeyId("k2");

    private static final SessionState PINNED =
            SessionState.EMPTY.opened(Mode.SMART, NOW).succeeded(LARGE, KEY, true, NOW);

    private static Ban ban(String platform, Instant until) {
        return new Ban(new PlatformId(platform), until, FailureKind.SERVER_ERROR);
    }

    private static SessionEffect ban(Ban ban) {
        return new SessionEffect(ban, PinDrop.KEEP);
    }

    @Test
    void theFirstTurnNamesTheModeAndEveryTurnCounts() {
        SessionState state = SessionState.EMPTY.opened(Mode.SMART, NOW).opened(Mode.FAST, NOW.plusSeconds(5));
        assertThat(state.mode()).isEqualTo(Mode.SMART);
        assertThat(state.turns()).isEqualTo(2);
        assertThat(state.lastUsed()).isEqualTo(NOW.plusSeconds(5));
    }

    @Test
    void successPinsModelAndKey() {
        assertThat(PINNED.pin()).isEqualTo(new Pin(LARGE, KEY));
        assertThat(PINNED.succeeded(OTHER, KEY2, true, NOW).pin()).isEqualTo(new Pin(OTHER, KEY2));
    }

    @Test
    void anExplicitModelDoesNotMoveThePin() {
        assertThat(PINNED.succeeded(OTHER, KEY2, false, NOW).pin()).isEqualTo(new Pin(LARGE, KEY));
    }

    @Test
    void aLateSuccessOnABannedPlatformIsNotPinned() {
        SessionState banned = SessionState.EMPTY.failed(SMALL, KEY, ban(ban("alpha", NOW.plusSeconds(60))), NOW);
        assertThat(banned.succeeded(LARGE, KEY, true, NOW).pin()).isNull();
        assertThat(banned.succeeded(LARGE, KEY, true, NOW.plusSeconds(60)).pin())
                .isEqualTo(new Pin(LARGE, KEY));
    }

    @ParameterizedTest
    @CsvSource({
        "KEEP, alpha/large, k1, true, true",
        "IF_MODEL, alpha/large, k1, false, false",
        "IF_MODEL, alpha/small, k1, true, true",
        "IF_MODEL, beta/large, k1, true, true",
        "IF_PLATFORM, alpha/small, k1, false, false",
        "IF_PLATFORM, beta/large, k1, true, true",
        "KEY_ONLY, alpha/large, k1, true, false",
        "KEY_ONLY, alpha/large, k2, true, true",
        "KEY_ONLY, alpha/small, k1, true, true",
    })
    void thePinGoesAsTheEffectSays(PinDrop drop, String model, String key, boolean pinStays, boolean keyStays) {
        SessionState state = PINNED.failed(ModelRef.parse(model), new KeyId(key), new SessionEffect(null, drop), NOW);
        if (pinStays) {
            assertThat(state.pin()).isEqualTo(new Pin(LARGE, keyStays ? KEY : null));
        } else {
            assertThat(state.pin()).isNull();
        }
    }

    @Test
    void twoBansOfAPlatformMergeToTheLater() {
        SessionState state = PINNED.failed(LARGE, KEY, ban(ban("alpha", NOW.plusSeconds(90))), NOW)
                .failed(LARGE, KEY, ban(ban("alpha", NOW.plusSeconds(30))), NOW)
                .failed(OTHER, KEY, ban(ban("beta", NOW.plusSeconds(10))), NOW);
        assertThat(state.bansAt(NOW))
                .containsExactlyInAnyOrder(ban("alpha", NOW.plusSeconds(90)), ban("beta", NOW.plusSeconds(10)));
    }

    @Test
    void bansEndByTime() {
        SessionState state = PINNED.failed(LARGE, KEY, ban(ban("alpha", NOW.plusSeconds(30))), NOW);
        assertThat(state.view(NOW.plusMillis(29_999)).bans()).hasSize(1);
        assertThat(state.view(NOW.plusSeconds(30)).bans()).isEmpty();
    }

    @Test
    void aBanCanBeLifted() {
        SessionState state = PINNED.failed(LARGE, KEY, ban(ban("alpha", NOW.plusSeconds(30))), NOW);
        assertThat(state.lifted(new PlatformId("beta"))).isEqualTo(state);
        assertThat(state.lifted(new PlatformId("alpha")).bans()).isEmpty();
    }

    @Test
    void usesMadeBlindlyAreAdded() {
        SessionState blind =
                SessionState.EMPTY.opened(Mode.FAST, NOW.plusSeconds(9)).opened(Mode.FAST, NOW);
        SessionState merged = PINNED.withUsesOf(blind);
        assertThat(merged.turns()).isEqualTo(3);
        assertThat(merged.mode()).isEqualTo(Mode.SMART);
        assertThat(merged.pin()).isEqualTo(PINNED.pin());
        assertThat(merged.lastUsed()).isEqualTo(NOW.plusSeconds(9));
    }

    @Test
    void everythingEndsATimeToLiveAfterTheLastUse() {
        assertThat(PINNED.expiry(Duration.ofMinutes(30))).isEqualTo(NOW.plus(Duration.ofMinutes(30)));
    }
}
