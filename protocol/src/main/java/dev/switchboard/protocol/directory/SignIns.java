package dev.switchboard.protocol.directory;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sign-ins of the dashboard that count no more although they have not expired.
 *
 * @param revoked the ids of those signed out, with the time at which they expire anyway
 * @param validFrom only sign-ins made later count; null where none was ever revoked as a whole
 */
public record SignIns(Map<String, Instant> revoked, @Nullable Instant validFrom) {
    /** None is revoked. */
    public static final SignIns NONE = new SignIns(Map.of(), null);

    public SignIns {
        revoked = Map.copyOf(revoked);
    }

    /** Whether a sign-in still counts, its time of expiry aside. */
    public boolean counts(String id, Instant issuedAt) {
        return !revoked.containsKey(id) && (validFrom == null || issuedAt.isAfter(validFrom));
    }
}
