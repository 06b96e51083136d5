package dev.switchboard.node.persistence;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.h2.api.ErrorCode;
import org.h2.engine.Database;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All pooled connections of this process to one embedded database. H2 closes itself where it cannot write, such as on a
 * full disk, and opens anew only when every connection has been given up: one that is closed later takes the new one with
 * it (ADR 0004). So all are given up in one step, during which none is opened. Safe for use by many threads; calls block.
 */
final class EmbeddedConnections {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedConnections.class);

    private static final Set<Integer> CLOSED = Set.of(
            ErrorCode.DATABASE_IS_CLOSED, ErrorCode.DATABASE_CALLED_AT_SHUTDOWN, ErrorCode.DATABASE_ALREADY_OPEN_1);

    /** One for each URL, as H2 has one database for each; a process has one or two. */
    private static final Map<String, EmbeddedConnections> ALL = new ConcurrentHashMap<>();

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final List<Connection> connections = new ArrayList<>();
    /** Those that H2 still holds; one may be left with a session of nobody, from an opening that failed half-way. */
    private final Set<Database> databases = Collections.newSetFromMap(new WeakHashMap<>());

    private boolean refused;

    /** How a connection is opened. */
    @FunctionalInterface
    interface Opening {
        Connection open() throws SQLException;
    }

    private EmbeddedConnections() {}

    /** Those that are opened by that URL, by whichever pool. */
    static EmbeddedConnections of(String url) {
        return ALL.computeIfAbsent(url, unused -> new EmbeddedConnections());
    }

    synchronized Connection open(Opening opening) throws SQLException {
        forgetClosed();
        try {
            Connection opened = opening.open();
            connections.add(opened);
            Database database = EmbeddedDatabase.behind(opened);
            if (database != null) {
                databases.add(database);
            }
            refused = false;
            return opened;
        } catch (SQLException e) {
            refused |= saysClosed(e);
            throw e;
        }
    }

    /** See {@link EmbeddedDatabase#hasClosedItself}. */
    synchronized boolean hasClosedItself(@Nullable SQLException failure) {
        return refused || saysClosed(failure);
    }

    /** See {@link EmbeddedDatabase#giveUp}. */
    synchronized void giveUp() {
        forgetClosed();
        LOG.warn("The embedded database has closed itself: its {} connections are given up", connections.size());
        List<Database> closed = List.copyOf(databases);
        List<Connection> open = List.copyOf(connections);
        Thread closing = new Thread(() -> close(closed, open), "embedded-database-closing");
        closing.setDaemon(true);
        closing.start();
        try {
            // A statement may never come back from a database that closed itself under it, and holds its connection.
            closing.join(PATIENCE.toMillis());
            if (closing.isAlive()) {
                LOG.warn("A connection to the closed database does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connections.clear();
        databases.clear();
        refused = false;
    }

    /** Each database first: H2 lets go of it, and of its file, whatever its sessions still do. */
    private static void close(List<Database> databases, List<Connection> connections) {
        databases.forEach(Database::shutdownImmediately);
        for (Connection connection : connections) {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.debug("closing a connection to a closed database", e);
            }
        }
    }

    private void forgetClosed() {
        connections.removeIf(connection -> {
            try {
                return connection.isClosed();
            } catch (SQLException e) {
                return true;
            }
        });
    }

    private static boolean saysClosed(@Nullable SQLException failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && CLOSED.contains(sql.getErrorCode())) {
                return true;
            }
        }
        return false;
    }
}
