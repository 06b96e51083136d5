package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.persistence.TestClock;
import dev.switchboard.protocol.directory.SignIns;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a sign-in of the dashboard ends. */
class SignInTokensTest {
    private static final Duration TTL = Duration.ofHours(12);

    private final TestClock clock = new TestClock();
    private final AtomicReference<@Nullable String> adminDigest = new AtomicReference<>("digest");
    private final AtomicReference<SignIns> ended = new AtomicReference<>(SignIns.NONE);
    private final SignInTokens tokens = tokens("secret");

    private SignInTokens tokens(String secret) {
        SignInTokens.Seal seal = new SignInTokens.Seal() {
            @Override
            public String of(String text) {
                return Integer.toHexString((secret + text).hashCode());
            }

            @Override
            public boolean fits(String text, String code) {
                return of(text).equals(code);
            }
        };
        return new SignInTokens(seal, adminDigest::get, ended::get, TTL, clock);
    }

    @Test
    void itEndsByItsOwnTime() {
        String token = tokens.write(tokens.begin());
        clock.advance(TTL.minusMillis(1));
        assertThat(tokens.read(token)).isNotNull();
        clock.advance(Duration.ofMillis(1));
        assertThat(tokens.read(token)).isNull();
    }

    @Test
    void itEndsWithTheAdminKey() {
        String token = tokens.write(tokens.begin());
        adminDigest.set("another");
        assertThat(tokens.read(token)).isNull();
        adminDigest.set(null);
        assertThat(tokens.read(token)).isNull();
        assertThat(tokens.write(tokens.begin())).isNull();
    }

    @Test
    void itEndsBySigningOutAndWhenAllAreEnded() {
        SignInTokens.SignIn one = tokens.begin();
        String token = tokens.write(one);
        ended.set(new SignIns(Map.of(one.id(), one.expiresAt()), null));
        assertThat(tokens.read(token)).isNull();
        ended.set(new SignIns(Map.of(), clock.instant()));
        assertThat(tokens.read(token)).isNull();
    }

    @Test
    void nobodyMakesOrStretchesOneWithoutTheSecret() {
        SignInTokens.SignIn one = tokens.begin();
        String token = tokens.write(one);
        assertThat(tokens("other").read(token)).isNull();
        String longer = Long.toHexString(Instant.MAX.getEpochSecond());
        assertThat(token).isNotNull();
        String[] parts = token.split("\\.");
        assertThat(tokens.read(parts[0] + "." + parts[1] + "." + longer + "." + parts[3]))
                .isNull();
        for (String nonsense : new String[] {"", ".", "...", "a.b.c.d", token + "0", token.repeat(5)}) {
            assertThat(tokens.read(nonsense)).as(nonsense).isNull();
        }
        assertThat(tokens.read(null)).isNull();
    }
}
