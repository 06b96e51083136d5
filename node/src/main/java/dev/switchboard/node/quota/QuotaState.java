package dev.switchboard.node.quota;

import dev.switchboard.node.provider.ProviderState.Recent;
import dev.switchboard.protocol.CborSerializable;
import java.util.List;

/**
 * What the owner of an API key's limits remembers over a restart; at most 5 seconds old after a crash.
 *
 * @param version of this shape; 1 today
 * @param day UTC day since 1970 that {@code requests} and {@code tokens} belong to
 */
public record QuotaState(int version, long day, long requests, long tokens, List<Recent> minute)
        implements CborSerializable {
    /** The shape that this release writes. */
    public static final int VERSION = 1;
}
