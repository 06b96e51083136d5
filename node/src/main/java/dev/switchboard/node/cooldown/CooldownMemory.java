package dev.switchboard.node.cooldown;

import dev.switchboard.protocol.CborSerializable;
import java.util.List;

/**
 * Everything the owner knows, as one row of the database: what survives a restart of the whole cluster.
 *
 * @param version of this shape, for readers of older rows
 */
public record CooldownMemory(int version, List<CooldownEntry> entries) implements CborSerializable {
    private static final int VERSION = 1;

    static CooldownMemory of(List<CooldownEntry> entries) {
        return new CooldownMemory(VERSION, entries);
    }
}
