package dev.switchboard.node.session;

import dev.switchboard.node.persistence.JdbcStateStore;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.session.SessionSummary;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions that the database has, for the dashboard: after a restart no node owns one until it is used again. */
public final class StoredSessions {
    private static final Logger LOG = LoggerFactory.getLogger(StoredSessions.class);
    private static final int MOST_ROWS = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final JdbcStateStore<SessionState> store;
    private final Supplier<Settings.Session> settings;
    private final Clock clock;

    /** Looks with the settings in force at each look. */
    public StoredSessions(JdbcStateStore<SessionState> store, Supplier<Settings.Session> settings, Clock clock) {
        this.store = store;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Live sessions that match as in {@link SessionIndex#search}, latest write first, at most {@code limit} among the 10,000
     * latest; their node is empty. None where the database does not answer within two seconds.
     */
    public CompletionStage<List<SessionSummary>> search(String query, int limit) {
        Instant now = clock.instant();
        Duration ttl = settings.get().ttl();
        String wanted = query.strip().toLowerCase(Locale.ROOT);
        // The last use is written with a delay, so a row is never younger than the use that it tells of.
        return store.latest(SessionSharding.ID_PREFIX, now.minus(ttl), wanted.isEmpty() ? limit : MOST_ROWS)
                .thenApplyAsync(rows -> matching(rows, wanted, limit, now, ttl), Runnable::run)
                .toCompletableFuture()
                .completeOnTimeout(List.of(), PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyAsync(StoredSessions::unread, Runnable::run);
    }

    private static List<SessionSummary> unread(Throwable failure) {
        LOG.debug("the stored sessions cannot be listed", failure);
        return List.of();
    }

    private static List<SessionSummary> matching(
            Map<String, SessionState> rows, String wanted, int limit, Instant now, Duration ttl) {
        return rows.entrySet().stream()
                .filter(row -> row.getValue().expiry(ttl).isAfter(now))
                .filter(row -> wanted.isEmpty() || SessionIndex.matches(key(row), row.getValue(), wanted, now))
                .limit(limit)
                .map(row -> row.getValue().summary(key(row), "", now))
                .toList();
    }

    private static SessionKey key(Map.Entry<String, SessionState> row) {
        return new SessionKey(row.getKey().substring(SessionSharding.ID_PREFIX.length()));
    }
}
