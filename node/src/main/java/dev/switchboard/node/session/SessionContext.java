package dev.switchboard.node.session;

import dev.switchboard.node.persistence.StateStore;
import dev.switchboard.node.settings.Settings;
import java.time.Clock;

/** What every session of this node shares. */
record SessionContext(StateStore<SessionState> store, Settings.Session settings, SessionIndex index, Clock clock) {}
