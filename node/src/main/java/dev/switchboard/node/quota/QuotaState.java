package dev.switchboard.node.quota;

import dev.switchboard.node.provider.ProviderState.Recent;
import dev.switchboard.protocol.CborSerializable;
import dev.switchboard.protocol.provider.GrantNumber;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the owner of an API key's limits remembers over a restart; at most 5 seconds old after a crash.
 *
 * @param version of this shape; 1 today
 * @param day UTC day since 1970 that {@code requests} and {@code tokens} belong to
 * @param granted the last admission that the counts hold; null where a release before this one wrote it
 * @param open in flight when this was written, and counted; null where a release before this one wrote it
 */
public record QuotaState(
        int version,
        long day,
        long requests,
        long tokens,
        List<Recent> minute,
        @Nullable GrantNumber granted,
        @Nullable List<Held> open)
        implements CborSerializable {
    /** The shape that this release writes. */
    public static final int VERSION = 1;

    /**
     * A request in flight.
     *
     * @param second the {@link Recent} that holds its reservation
     * @param day the UTC day that holds its reservation
     */
    public record Held(String ticket, long tokens, long second, long day) {}
}
