package dev.switchboard.node.persistence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Who uses this database now: every member says so once a second. So a node that cannot reach the others still learns
 * that they live, and does not begin a second cluster on the same rows. Its calls block.
 */
public final class MemberRegister {
    /** A member that was not heard of for this long, by the database's clock, counts as gone. */
    public static final Duration ALIVE = Duration.ofSeconds(6);

    private static final Duration FORGOTTEN = Duration.ofHours(1);
    private static final String NOW = "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)";
    private static final String LIVE = "SELECT address, cluster, version, encryption_keys FROM cluster_member"
            + " WHERE seen_at > " + NOW + " - ? ORDER BY address";
    private static final String SEEN =
            "UPDATE cluster_member SET cluster = ?, version = ?, encryption_keys = ?, seen_at = " + NOW
                    + " WHERE address = ?";
    private static final String FIRST_SEEN =
            "INSERT INTO cluster_member (cluster, version, encryption_keys, seen_at, address) VALUES (?, ?, ?, " + NOW
                    + ", ?)";
    private static final String GONE = "DELETE FROM cluster_member WHERE address = ?";
    private static final String FORGET = "DELETE FROM cluster_member WHERE seen_at < " + NOW + " - ?";

    /** Where connections come from; the register closes them. */
    @FunctionalInterface
    public interface Connections {
        /** Opens one or takes one from a pool. */
        Connection open() throws SQLException;
    }

    /**
     * One member.
     *
     * @param address {@code host:port} of its remoting
     * @param cluster the name of the cluster
     * @param version of the software
     * @param encryptionKeys ids of the keys it knows, the one that it writes with first
     */
    public record Entry(String address, String cluster, String version, List<String> encryptionKeys) {}

    private final Connections connections;

    /** A register on the database that {@code connections} lead to. */
    public MemberRegister(Connections connections) {
        this.connections = connections;
    }

    /** A register for the start of a node, before there is a pool. */
    public static MemberRegister of(DatabaseConfig database) {
        return new MemberRegister(database::connect);
    }

    /** Members that are alive, by address. */
    public List<Entry> live() throws SQLException {
        try (Connection connection = connections.open();
                PreparedStatement statement = connection.prepareStatement(LIVE)) {
            statement.setLong(1, ALIVE.toMillis());
            List<Entry> live = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    live.add(new Entry(
                            rows.getString(1),
                            rows.getString(2),
                            rows.getString(3),
                            List.of(rows.getString(4).split(","))));
                }
            }
            return live;
        }
    }

    /** Says that this member is alive. */
    public void seen(Entry entry) throws SQLException {
        try (Connection connection = connections.open()) {
            if (write(connection, SEEN, entry) == 0) {
                write(connection, FIRST_SEEN, entry);
                try (PreparedStatement statement = connection.prepareStatement(FORGET)) {
                    statement.setLong(1, FORGOTTEN.toMillis());
                    statement.executeUpdate();
                }
            }
        }
    }

    private static int write(Connection connection, String sql, Entry entry) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, entry.cluster());
            statement.setString(2, entry.version());
            statement.setString(3, String.join(",", entry.encryptionKeys()));
            statement.setString(4, entry.address());
            return statement.executeUpdate();
        }
    }

    /** Says that this member has left. */
    public void gone(String address) throws SQLException {
        try (Connection connection = connections.open();
                PreparedStatement statement = connection.prepareStatement(GONE)) {
            statement.setString(1, address);
            statement.executeUpdate();
        }
    }

    /** How far the database's clock is ahead of {@code clock}, to some milliseconds; negative when it is behind. */
    public Duration clockAhead(Clock clock) throws SQLException {
        try (Connection connection = connections.open();
                PreparedStatement statement = connection.prepareStatement("SELECT " + NOW)) {
            long before = clock.millis();
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                long after = clock.millis();
                return Duration.ofMillis(row.getLong(1) - (before + after) / 2);
            }
        }
    }
}
