package dev.switchboard.node.statistics;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collections;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jspecify.annotations.Nullable;

/**
 * Inserts many rows a statement, in H2 or PostgreSQL, by JDBC itself: what a statement and a bound name cost is half of the
 * cost of a row that has them for itself. A few widths only, so that the database knows the statements.
 */
final class WideInsert {
    private static final int[] WIDTHS = {64, 8, 1};

    private final String start;
    private final String row;

    /** Into a table; a row has its values in the order of {@code columns}. */
    WideInsert(String table, List<String> columns) {
        this.start = "INSERT INTO " + table + " (" + String.join(", ", columns) + ") VALUES ";
        this.row = "(" + String.join(", ", Collections.nCopies(columns.size(), "?")) + ")";
    }

    /**
     * Inserts all rows, of numbers, texts and truths.
     *
     * @throws TransactionException when one is refused; what was inserted before is the transaction's
     */
    void insert(Handle handle, List<@Nullable Object[]> rows) {
        int from = 0;
        for (int width : WIDTHS) {
            int end = rows.size() - (rows.size() - from) % width;
            if (from < end) {
                insert(handle, width, rows.subList(from, end));
                from = end;
            }
        }
    }

    private void insert(Handle handle, int width, List<@Nullable Object[]> rows) {
        String sql = start + String.join(", ", Collections.nCopies(width, row));
        try (PreparedStatement statement = handle.getConnection().prepareStatement(sql)) {
            int at = 1;
            int filled = 0;
            for (@Nullable Object[] values : rows) {
                for (@Nullable Object value : values) {
                    set(statement, at++, value);
                }
                if (++filled % width == 0) {
                    statement.executeUpdate();
                    at = 1;
                }
            }
        } catch (SQLException e) {
            throw new TransactionException(e);
        }
    }

    private static void set(PreparedStatement statement, int at, @Nullable Object value) throws SQLException {
        if (value instanceof String text) {
            statement.setString(at, text);
        } else if (value instanceof Long number) {
            statement.setLong(at, number);
        } else if (value instanceof Integer number) {
            statement.setInt(at, number);
        } else if (value instanceof Boolean truth) {
            statement.setBoolean(at, truth);
        } else if (value == null) {
            statement.setNull(at, Types.NULL);
        } else {
            throw new IllegalArgumentException("no column of the log takes a " + value.getClass());
        }
    }
}
