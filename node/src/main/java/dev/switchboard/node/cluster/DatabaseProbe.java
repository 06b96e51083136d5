package dev.switchboard.node.cluster;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Behaviors;
import dev.switchboard.node.persistence.EmbeddedDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether the database answered when it was last asked, every two seconds; asking blocks a thread of its own. An embedded
 * one that closed itself is opened again.
 */
public final class DatabaseProbe {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseProbe.class);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final int VALID_SECONDS = 2;

    private volatile boolean answers = true;

    private DatabaseProbe() {}

    private enum Look {
        NOW
    }

    /**
     * Begins to ask; the schema was migrated just before, so the database counts as answering until it does not.
     *
     * @param hasRoom whether the disk of an embedded database has room, so that opening it again makes sense
     */
    public static DatabaseProbe start(ActorSystem<?> system, DataSource database, BooleanSupplier hasRoom) {
        EmbeddedDatabase embedded = EmbeddedDatabase.of(system, database);
        DatabaseProbe probe = new DatabaseProbe();
        Behavior<Look> behavior = Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Look.NOW, PAUSE);
            return Behaviors.receiveMessage(look -> {
                probe.look(database, embedded, hasRoom);
                return Behaviors.same();
            });
        });
        system.systemActorOf(
                behavior, "database-probe", DispatcherSelector.fromConfig("switchboard.blocking-dispatcher"));
        return probe;
    }

    /** Whether it answered. */
    public boolean answers() {
        return answers;
    }

    private void look(DataSource database, @Nullable EmbeddedDatabase embedded, BooleanSupplier hasRoom) {
        boolean now;
        @Nullable SQLException failure = null;
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            // A query, not isValid: an embedded database that closed itself on a full disk still has valid connections.
            statement.setQueryTimeout(VALID_SECONDS);
            now = statement.execute("SELECT 1");
        } catch (SQLException e) {
            now = false;
            failure = e;
        }
        if (embedded != null && embedded.hasClosedItself(failure) && hasRoom.getAsBoolean()) {
            embedded.giveUp();
            now = false;
        }
        if (now != answers) {
            if (now) {
                LOG.info("The database answers again");
            } else {
                LOG.warn("The database does not answer; requests are served from memory");
            }
        }
        answers = now;
    }
}
