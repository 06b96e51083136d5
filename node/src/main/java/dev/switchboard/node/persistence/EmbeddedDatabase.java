package dev.switchboard.node.persistence;

import akka.actor.typed.ActorSystem;
import akka.persistence.jdbc.db.SlickExtension;
import akka.persistence.jdbc.db.SlickExtensionImpl;
import akka.persistence.jdbc.state.javadsl.JdbcDurableStateStore;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.h2.engine.Database;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.jspecify.annotations.Nullable;
import slick.jdbc.hikaricp.HikariCPJdbcDataSource;

/**
 * A database that this process opens itself, as a node sees it: one that closed itself because it could not write, such
 * as on a full disk, is opened anew under the node's pools (ADR 0004). Safe for use by many threads; calls block.
 */
public final class EmbeddedDatabase {
    private final EmbeddedConnections connections;
    private final List<HikariDataSource> pools;

    /** With pools to the same database. */
    EmbeddedDatabase(List<HikariDataSource> pools) {
        this.connections = EmbeddedConnections.of(pools.get(0).getJdbcUrl());
        this.pools = List.copyOf(pools);
    }

    /** With a node's own pool and Akka's; null where the database is another process's. */
    public static @Nullable EmbeddedDatabase of(ActorSystem<?> system, DataSource own) {
        if (!(own instanceof HikariDataSource pool)
                || !EmbeddedDriver.class.getName().equals(pool.getDriverClassName())) {
            return null;
        }
        var source = ((SlickExtensionImpl) SlickExtension.get(system))
                .database(system.settings().config().getConfig(JdbcDurableStateStore.Identifier()))
                .database()
                .source();
        return new EmbeddedDatabase(
                source instanceof HikariCPJdbcDataSource akka ? List.of(pool, akka.ds()) : List.of(pool));
    }

    /** H2's database of an open connection; null where another process has it. */
    static @Nullable Database behind(Connection connection) throws SQLException {
        return connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session
                ? session.getDatabase()
                : null;
    }

    /** H2 lets go of the database of that connection, and of its file, whatever its sessions still do. */
    public static void letGo(Connection connection) throws SQLException {
        Database database = behind(connection);
        if (database != null) {
            database.shutdownImmediately();
        }
    }

    /**
     * Whether it has closed itself, as {@code failure} of a statement says, or else the last attempt to open a connection:
     * one that H2 has lost sight of answers on the connections that it has, and takes no other.
     */
    public boolean hasClosedItself(@Nullable SQLException failure) {
        return connections.hasClosedItself(failure);
    }

    /** Gives up every connection, so that the next one opens the database anew; statements that run are cancelled. */
    public void giveUp() {
        connections.giveUp();
        // A pool does not test what was used within the last half second, so a busy one would keep what is closed.
        pools.forEach(pool -> pool.getHikariPoolMXBean().softEvictConnections());
    }
}
