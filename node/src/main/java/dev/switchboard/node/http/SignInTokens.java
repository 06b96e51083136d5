package dev.switchboard.node.http;

import dev.switchboard.protocol.directory.SignIns;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of dashboard sign-ins: signed with a secret that all nodes share, so that each of them takes a token that another
 * made, and none keeps any. A token ends by its own time, by signing out, and when the admin key changes.
 */
public final class SignInTokens {
    private static final int ID_BYTES = 12;
    private static final int LONGEST = 200;

    private final Seal seal;
    private final Supplier<@Nullable String> adminDigest;
    private final Supplier<SignIns> signIns;
    private final Duration ttl;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** Signs texts with a secret that all nodes share. */
    public interface Seal {
        /** The code of a text. */
        String of(String text);

        /** Whether that is the code of the text; in constant time. */
        boolean fits(String text, String code);
    }

    /** One sign-in. */
    public record SignIn(String id, Instant issuedAt, Instant expiresAt) {}

    /**
     * Tokens that last {@code ttl}.
     *
     * @param adminDigest a digest of the admin key in force; null before it is known: then no token counts
     * @param signIns which sign-ins count no more
     */
    public SignInTokens(
            Seal seal, Supplier<@Nullable String> adminDigest, Supplier<SignIns> signIns, Duration ttl, Clock clock) {
        this.seal = seal;
        this.adminDigest = adminDigest;
        this.signIns = signIns;
        this.ttl = ttl;
        this.clock = clock;
    }

    /** A new sign-in. */
    public SignIn begin() {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        Instant now = Instant.ofEpochMilli(clock.millis());
        return new SignIn(HexFormat.of().formatHex(id), now, now.plus(ttl));
    }

    /** The token of a sign-in; null before the admin key is known. */
    public @Nullable String write(SignIn signIn) {
        String digest = adminDigest.get();
        String payload = signIn.id() + "."
                + Long.toHexString(signIn.issuedAt().toEpochMilli()) + "."
                + Long.toHexString(signIn.expiresAt().toEpochMilli());
        return digest == null ? null : payload + "." + seal.of(sealed(payload, digest));
    }

    /** The sign-in of a token that counts now, else null. */
    public @Nullable SignIn read(@Nullable String token) {
        String digest = adminDigest.get();
        int end = token == null ? -1 : token.lastIndexOf('.');
        if (token == null || digest == null || end < 0 || token.length() > LONGEST) {
            return null;
        }
        String payload = token.substring(0, end);
        if (!seal.fits(sealed(payload, digest), token.substring(end + 1))) {
            return null;
        }
        // What carries our seal has our shape.
        String[] parts = payload.split("\\.", -1);
        SignIn signIn = new SignIn(parts[0], instant(parts[1]), instant(parts[2]));
        boolean counts =
                clock.instant().isBefore(signIn.expiresAt()) && signIns.get().counts(signIn.id(), signIn.issuedAt());
        return counts ? signIn : null;
    }

    private static Instant instant(String hexMillis) {
        return Instant.ofEpochMilli(Long.parseLong(hexMillis, 16));
    }

    private static String sealed(String payload, String adminDigest) {
        return "dashboard sign-in\n" + payload + "\n" + adminDigest;
    }
}
