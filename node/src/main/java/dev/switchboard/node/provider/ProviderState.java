package dev.switchboard.node.provider;

import dev.switchboard.protocol.CborSerializable;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.provider.GrantNumber;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the owner of a platform remembers over a restart (behaviour.md §3); at most 5 seconds old after a crash.
 *
 * @param version of this shape, {@link #VERSION} when written by this release
 * @param lastActive when a lease last began or ended
 * @param clean written on an orderly stop, so that {@code leases} is complete
 * @param leases in flight when this was written; {@code counts} hold them
 * @param granted the last grant that {@code counts} hold; null where a release before this one wrote it
 */
public record ProviderState(
        int version,
        Instant lastActive,
        boolean clean,
        List<Count> counts,
        List<Learned> learned,
        @Nullable Reserved reserved,
        List<Held> leases,
        @Nullable GrantNumber granted)
        implements CborSerializable {
    /** The shape that this release writes. */
    public static final int VERSION = 1;

    /**
     * The counts of one key on one model.
     *
     * @param day UTC day since 1970 that {@code requests} and {@code tokens} belong to
     */
    public record Count(KeyId key, ModelRef model, long day, long requests, long tokens, List<Recent> minute) {}

    /** A few seconds of the last minute, dated by their last one in epoch seconds. */
    public record Recent(long second, long requests, long tokens) {}

    /** Limits that the provider stated, last at {@code atMillis}; 0 where a release before this one wrote it. */
    public record Learned(KeyId key, ModelRef model, Limits limits, long atMillis) {}

    /** The session that a provider-ban platform is reserved to. */
    public record Reserved(SessionKey session, Instant until) {}

    /**
     * A lease in flight.
     *
     * @param second the {@link Recent} that holds its reservation
     * @param day the UTC day that holds its reservation
     */
    public record Held(
            LeaseId lease,
            ModelRef model,
            KeyId key,
            SessionKey session,
            String requestId,
            long estimatedTokens,
            boolean exclusive,
            boolean probe,
            Instant grantedAt,
            long second,
            long day) {}
}
