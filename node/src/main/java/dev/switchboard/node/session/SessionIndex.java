package dev.switchboard.node.session;

import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.session.Ban;
import dev.switchboard.protocol.session.SessionSummary;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/** The sessions that this node owns now, for the dashboard; thread-safe, written by their actors only. */
public final class SessionIndex {
    private final Map<SessionKey, SessionState> sessions = new ConcurrentHashMap<>();
    private final String node;
    private final Clock clock;
    private volatile BiConsumer<SessionKey, Ban> banned = (session, ban) -> {};

    /** An empty index; {@code node} is this node's address as it is shown to people. */
    public SessionIndex(String node, Clock clock) {
        this.node = node;
        this.clock = clock;
    }

    /** How many sessions this node owns. */
    public int count() {
        return sessions.size();
    }

    /**
     * Sessions whose key, pinned model, mode or a banned platform holds {@code query}, upper and lower case alike;
     * latest use first, at most {@code limit}.
     */
    public List<SessionSummary> search(String query, int limit) {
        Instant now = clock.instant();
        String wanted = query.strip().toLowerCase(Locale.ROOT);
        return sessions.entrySet().stream()
                .filter(entry -> wanted.isEmpty() || matches(entry.getKey(), entry.getValue(), wanted, now))
                .sorted(Comparator.comparing(
                        (Map.Entry<SessionKey, SessionState> entry) ->
                                entry.getValue().lastUsed(),
                        Comparator.reverseOrder()))
                .limit(Math.max(0, limit))
                .map(entry -> entry.getValue().summary(entry.getKey(), node, now))
                .toList();
    }

    static boolean matches(SessionKey key, SessionState state, String wanted, Instant now) {
        if (key.value().toLowerCase(Locale.ROOT).contains(wanted)) {
            return true;
        }
        if (state.pin() != null
                && state.pin().model().toString().toLowerCase(Locale.ROOT).contains(wanted)) {
            return true;
        }
        if (state.mode() != null && state.mode().wire().contains(wanted)) {
            return true;
        }
        return state.bansAt(now).stream().map(Ban::platform).anyMatch(platform -> platform.value()
                .contains(wanted));
    }

    SessionSummary summary(SessionKey key, SessionState state) {
        return state.summary(key, node, clock.instant());
    }

    /** Tells of every ban that a session of this node has from now on; the listener must return at once. */
    public void onBan(BiConsumer<SessionKey, Ban> listener) {
        banned = listener;
    }

    void put(SessionKey key, SessionState state) {
        SessionState before = sessions.put(key, state);
        if (before != null && before.bans() != state.bans()) {
            state.bans().stream().filter(ban -> !before.bans().contains(ban)).forEach(ban -> banned.accept(key, ban));
        }
    }

    void remove(SessionKey key) {
        sessions.remove(key);
    }
}
