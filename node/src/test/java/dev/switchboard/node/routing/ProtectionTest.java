package dev.switchboard.node.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.ProtectionLevel;
import dev.switchboard.protocol.session.SessionEffect.PinDrop;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The matrix of behaviour.md §4. */
class ProtectionTest {
    @ParameterizedTest
    @CsvSource({
        "PROVIDER_BAN, true, PLATFORM, IF_PLATFORM",
        "MODEL_SKIP, false, MODEL, IF_MODEL",
        "OFF, false, KEY, KEEP"
    })
    void failuresOfTheModelFollowTheLevel(ProtectionLevel level, boolean ban, Skip skip, PinDrop pinDrop) {
        for (FailureKind kind : FailureKind.values()) {
            switch (kind) {
                case MODEL_UNAVAILABLE, SERVER_ERROR, UNREACHABLE, TIMEOUT, STALLED, EMPTY, MALFORMED, BROKEN ->
                    assertThat(Protection.of(level, kind))
                            .as(kind.wire())
                            .isEqualTo(new Protection.Verdict(ban, skip, pinDrop));
                case RATE_LIMITED, AUTH, CLIENT_FAULT, TOO_LARGE, NOT_JSON, CANCELLED ->
                    assertThat(Protection.of(level, kind).banPlatform())
                            .as(kind.wire())
                            .isFalse();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ProtectionLevel.class)
    void failuresOfTheKeyOrTheRequestAreTheSameAtEveryLevel(ProtectionLevel level) {
        assertThat(Protection.of(level, FailureKind.RATE_LIMITED))
                .isEqualTo(new Protection.Verdict(false, Skip.KEY, PinDrop.KEEP));
        assertThat(Protection.of(level, FailureKind.AUTH))
                .isEqualTo(new Protection.Verdict(false, Skip.KEY, PinDrop.KEY_ONLY));
        assertThat(Protection.of(level, FailureKind.CLIENT_FAULT))
                .isEqualTo(new Protection.Verdict(false, Skip.PLATFORM, PinDrop.KEEP));
        assertThat(Protection.of(level, FailureKind.TOO_LARGE))
                .isEqualTo(new Protection.Verdict(false, Skip.MODEL, PinDrop.KEEP));
        assertThat(Protection.of(level, FailureKind.NOT_JSON))
                .isEqualTo(new Protection.Verdict(false, Skip.MODEL, PinDrop.KEEP));
        assertThat(Protection.of(level, FailureKind.CANCELLED))
                .isEqualTo(new Protection.Verdict(false, Skip.NOTHING, PinDrop.KEEP));
    }
}
