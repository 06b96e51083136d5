package dev.switchboard.node.persistence;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/** The database schema, owned by Flyway; the scripts are {@code config/migrations}. */
public final class Schema {
    private static final int ATTEMPTS = 5;

    private Schema() {}

    /**
     * Brings the schema up to date and returns how many scripts ran. Several nodes may call this at once. Throws {@link
     * DatabaseException} within a few seconds when the database cannot be reached, or when a script fails.
     */
    public static int migrate(DatabaseConfig config) {
        try (Connection probe = config.connect()) {
            return migrateWith(config, probe);
        } catch (SQLException e) {
            throw config.failure("cannot be reached", e);
        }
    }

    /** The open {@code probe} keeps an embedded database from closing between Flyway's connections. */
    private static int migrateWith(DatabaseConfig config, Connection probe) throws SQLException {
        if (!probe.isValid(5)) {
            throw new SQLException("the connection is not valid");
        }
        Flyway flyway = Flyway.configure()
                .dataSource(config.url(), config.user(), config.password())
                .locations("classpath:switchboard/migrations/"
                        + config.kind().name().toLowerCase(Locale.ROOT))
                .failOnMissingLocations(true)
                // A release may bring a script that is numbered below one that a database already has; each is for
                // itself.
                .outOfOrder(true)
                .load();
        @Nullable FlywayException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return flyway.migrate().migrationsExecuted;
            } catch (FlywayException e) {
                // Nodes that start together race to create Flyway's own table: the loser finds it on its next attempt.
                last = e;
            }
        }
        throw config.failure("cannot migrate the schema", last == null ? new SQLException() : last);
    }
}
