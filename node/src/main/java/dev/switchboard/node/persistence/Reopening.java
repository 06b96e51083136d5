package dev.switchboard.node.persistence;

import akka.actor.typed.ActorSystem;
import akka.persistence.jdbc.db.SlickExtension;
import akka.persistence.jdbc.db.SlickExtensionImpl;
import akka.persistence.jdbc.state.javadsl.JdbcDurableStateStore;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.h2.api.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import slick.jdbc.hikaricp.HikariCPJdbcDataSource;

/**
 * Opens the embedded database again after it closed itself because it could not write, such as on a full disk. H2 opens
 * it anew only when every connection of the process has been given up: one that is closed later would take the new one
 * with it. So all pools are held still, emptied, and let go together, in steps with time in between. Its calls block.
 */
public final class Reopening {
    private static final Logger LOG = LoggerFactory.getLogger(Reopening.class);

    private static final Set<Integer> CLOSED = Set.of(
            ErrorCode.DATABASE_IS_CLOSED, ErrorCode.DATABASE_CALLED_AT_SHUTDOWN, ErrorCode.DATABASE_ALREADY_OPEN_1);

    /** Steps after which what will not be given up is waited for no longer; the next round tries again. */
    private static final int MOST_STEPS = 15;

    private final List<HikariDataSource> pools;
    private int steps;

    Reopening(List<HikariDataSource> pools) {
        this.pools = List.copyOf(pools);
    }

    /** Of all connections of a node: its own pool and Akka's. Does nothing for a database of another process. */
    public static Reopening of(ActorSystem<?> system, DataSource own) {
        if (!(own instanceof HikariDataSource pool) || !pool.isAllowPoolSuspension()) {
            return new Reopening(List.of());
        }
        var source = ((SlickExtensionImpl) SlickExtension.get(system))
                .database(system.settings().config().getConfig(JdbcDurableStateStore.Identifier()))
                .database()
                .source();
        return source instanceof HikariCPJdbcDataSource akka
                ? new Reopening(List.of(pool, akka.ds()))
                : new Reopening(List.of());
    }

    /** Whether connections are held still now; taking one would wait. */
    public boolean isUnderWay() {
        return steps > 0;
    }

    /** Begins where that failure says that the embedded database has closed itself; a slow one is left alone. */
    public void begin(SQLException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && CLOSED.contains(sql.getErrorCode())) {
                step();
                return;
            }
        }
    }

    /** Takes the next step; call it every few seconds until it is done. */
    public void step() {
        if (pools.isEmpty()) {
            return;
        }
        steps++;
        if (steps == 1) {
            LOG.warn("The embedded database has closed itself: its connections are given up, so that it opens again");
        }
        if (steps > 1 && (connections() == 0 || steps > MOST_STEPS)) {
            LOG.info("The embedded database is opened again");
            pools.forEach(pool -> pool.getHikariPoolMXBean().resumePool());
            steps = 0;
            return;
        }
        for (HikariDataSource pool : pools) {
            pool.getHikariPoolMXBean().suspendPool();
            pool.getHikariPoolMXBean().softEvictConnections();
        }
    }

    private int connections() {
        return pools.stream()
                .mapToInt(pool -> pool.getHikariPoolMXBean().getTotalConnections())
                .sum();
    }
}
