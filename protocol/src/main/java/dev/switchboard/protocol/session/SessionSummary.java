package dev.switchboard.protocol.session;

import dev.switchboard.protocol.CborSerializable;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.SessionKey;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One line of the session list; {@code node} is the address of the node that owns the session now. */
public record SessionSummary(
        SessionKey key, Mode mode, @Nullable Pin pin, List<Ban> bans, long turns, Instant lastUsed, String node)
        implements CborSerializable {}
