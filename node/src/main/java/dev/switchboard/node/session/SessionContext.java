package dev.switchboard.node.session;

import dev.switchboard.node.persistence.StateStore;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.sharding.Entities;
import dev.switchboard.protocol.session.SessionCommand;
import java.time.Clock;
import java.util.function.Supplier;

/** What every session of this node shares. */
record SessionContext(
        StateStore<SessionState> store,
        Supplier<Settings.Session> times,
        SessionIndex index,
        Entities<SessionCommand> entities,
        Clock clock,
        DecisionCodec decisions) {
    /** With a codec of its own. */
    SessionContext(
            StateStore<SessionState> store,
            Supplier<Settings.Session> times,
            SessionIndex index,
            Entities<SessionCommand> entities,
            Clock clock) {
        this(store, times, index, entities, clock, new DecisionCodec());
    }

    /** The settings in force now. */
    Settings.Session settings() {
        return times.get();
    }
}
