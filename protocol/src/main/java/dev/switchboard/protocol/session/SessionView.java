package dev.switchboard.protocol.session;

import dev.switchboard.protocol.CborSerializable;
import dev.switchboard.protocol.turn.TurnMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a turn learns of its session: the pin, if any, and the bans in force. */
public record SessionView(@Nullable Pin pin, List<Ban> bans, long turns) implements TurnMessage, CborSerializable {
    /** A session that nothing is known of; also used while its owner cannot be reached. */
    public static final SessionView EMPTY = new SessionView(null, List.of(), 0);
}
