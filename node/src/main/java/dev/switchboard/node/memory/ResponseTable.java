package dev.switchboard.node.memory;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The table {@code response_memory}; every method blocks. */
final class ResponseTable {
    private static final String INSERT =
            "INSERT INTO response_memory (id, caller, body, expires_ms) VALUES (?, ?, ?, ?)";
    private static final String FIND =
            "SELECT body, expires_ms FROM response_memory WHERE id = ? AND caller = ? AND expires_ms > ?";
    private static final String SLIDE = "UPDATE response_memory SET expires_ms = ? WHERE id = ? AND expires_ms < ?";
    private static final String DELETE = "DELETE FROM response_memory WHERE id = ? AND caller = ? AND expires_ms > ?";
    private static final String SWEEP = "DELETE FROM response_memory WHERE expires_ms <= ?";

    private final DataSource database;

    ResponseTable(DataSource database) {
        this.database = database;
    }

    /** A row that has not expired. */
    record Row(String body, Instant expires) {}

    /** Writes a row; one that is there already stays as it is, because ids are never used twice. */
    void insert(String id, String caller, String body, Instant expires) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, id);
            statement.setString(2, caller);
            statement.setString(3, body);
            statement.setLong(4, expires.toEpochMilli());
            statement.executeUpdate();
        } catch (SQLException e) {
            boolean duplicate = e.getSQLState() != null && e.getSQLState().startsWith("23");
            if (!duplicate) {
                throw e;
            }
        }
    }

    @Nullable
    Row find(String id, String caller, Instant now) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(FIND)) {
            statement.setString(1, id);
            statement.setString(2, caller);
            statement.setLong(3, now.toEpochMilli());
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? new Row(rows.getString(1), Instant.ofEpochMilli(rows.getLong(2))) : null;
            }
        }
    }

    void slide(String id, Instant expires) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(SLIDE)) {
            statement.setLong(1, expires.toEpochMilli());
            statement.setString(2, id);
            statement.setLong(3, expires.toEpochMilli());
            statement.executeUpdate();
        }
    }

    /** Whether there was such a row. */
    boolean delete(String id, String caller, Instant now) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(DELETE)) {
            statement.setString(1, id);
            statement.setString(2, caller);
            statement.setLong(3, now.toEpochMilli());
            return statement.executeUpdate() > 0;
        }
    }

    void sweep(Instant now) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(SWEEP)) {
            statement.setLong(1, now.toEpochMilli());
            statement.executeUpdate();
        }
    }
}
