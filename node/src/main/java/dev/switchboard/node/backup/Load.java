package dev.switchboard.node.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Reads what {@link Dump} wrote into the tables of a database, in the caller's transaction. */
final class Load {
    private static final int BATCH = 500;

    private final Connection connection;
    private final Map<String, List<Tables.Column>> tables;
    private final Map<String, String> names = new HashMap<>();
    private @Nullable Target target;

    private record Target(String table, List<Tables.Column> columns, PreparedStatement insert) {}

    private Load(Connection connection, Map<String, List<Tables.Column>> tables) {
        this.connection = connection;
        this.tables = tables;
        tables.keySet().forEach(name -> names.put(name.toLowerCase(Locale.ROOT), name));
    }

    /** Whether any table holds a row. */
    static boolean isEmpty(Connection connection) throws SQLException {
        for (String table : Tables.of(connection).keySet()) {
            try (Statement statement = connection.createStatement();
                    ResultSet any = statement.executeQuery("SELECT 1 FROM " + Tables.quoted(table) + " LIMIT 1")) {
                if (any.next()) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Puts the rows of the file in place of all there are; answers how many. */
    static long replace(Connection connection, InputStream in) throws SQLException, IOException, BackupException {
        Map<String, List<Tables.Column>> tables = Tables.of(connection);
        List<String> backwards = new ArrayList<>(tables.keySet());
        Collections.reverse(backwards);
        for (String table : backwards) {
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("DELETE FROM " + Tables.quoted(table));
            }
        }
        Load load = new Load(connection, tables);
        long rows = load.rows(in);
        load.countOn();
        return rows;
    }

    private long rows(InputStream in) throws SQLException, IOException, BackupException {
        long rows = 0;
        long told = -1;
        int waiting = 0;
        try (MappingIterator<JsonNode> lines =
                new ObjectMapper().readerFor(JsonNode.class).readValues(in)) {
            while (lines.hasNextValue()) {
                JsonNode line = lines.nextValue();
                if (line.isArray()) {
                    add(line);
                    rows++;
                    waiting++;
                    if (waiting == BATCH) {
                        write();
                        waiting = 0;
                    }
                } else if (line.has("table")) {
                    write();
                    waiting = 0;
                    open(line);
                } else {
                    told = line.path("rows").asLong(-1);
                }
            }
            write();
        } catch (JsonProcessingException | NoSuchElementException e) {
            throw new BackupException("its contents are not those of a backup", e);
        } finally {
            close();
        }
        if (told != rows) {
            throw new BackupException("it is incomplete");
        }
        return rows;
    }

    private void open(JsonNode line) throws SQLException, BackupException {
        close();
        String table = names.get(line.path("table").asText());
        if (table == null) {
            throw new BackupException("it is of a newer version: this one has no table "
                    + line.path("table").asText());
        }
        Map<String, Tables.Column> known = new HashMap<>();
        tables.getOrDefault(table, List.of())
                .forEach(column -> known.put(column.name().toLowerCase(Locale.ROOT), column));
        List<Tables.Column> columns = new ArrayList<>();
        for (JsonNode name : line.path("columns")) {
            Tables.Column column = known.get(name.asText());
            if (column == null) {
                throw new BackupException(
                        "it is of a newer version: this one has no column " + table + "." + name.asText());
            }
            columns.add(column);
        }
        String list = String.join(
                ", ",
                columns.stream().map(column -> Tables.quoted(column.name())).toList());
        String marks = String.join(", ", Collections.nCopies(columns.size(), "?"));
        target = new Target(
                table,
                columns,
                connection.prepareStatement(
                        "INSERT INTO " + Tables.quoted(table) + " (" + list + ") VALUES (" + marks + ")"));
    }

    private void add(JsonNode row) throws SQLException, IOException, BackupException {
        Target into = target;
        if (into == null || row.size() != into.columns().size()) {
            throw new BackupException("its contents are not those of a backup");
        }
        for (int i = 0; i < row.size(); i++) {
            set(into.insert(), i + 1, into.columns().get(i).kind(), row.get(i));
        }
        into.insert().addBatch();
    }

    private static void set(PreparedStatement insert, int index, Tables.Kind kind, JsonNode value)
            throws SQLException, IOException {
        if (value.isNull()) {
            insert.setNull(
                    index,
                    switch (kind) {
                        case BYTES -> Types.VARBINARY;
                        case NUMBER -> Types.BIGINT;
                        case FLAG -> Types.BOOLEAN;
                        case TEXT -> Types.VARCHAR;
                    });
            return;
        }
        switch (kind) {
            case BYTES -> insert.setBytes(index, value.binaryValue());
            case NUMBER -> insert.setLong(index, value.asLong());
            case FLAG -> insert.setBoolean(index, value.asBoolean());
            case TEXT -> insert.setString(index, value.asText());
        }
    }

    private void write() throws SQLException {
        if (target != null) {
            target.insert().executeBatch();
        }
    }

    private void close() throws SQLException {
        if (target != null) {
            target.insert().close();
            target = null;
        }
    }

    /** Numbers that the database gives by itself go on after the largest of the file. */
    private void countOn() throws SQLException {
        boolean postgres = connection.getMetaData().getDatabaseProductName().startsWith("Postgre");
        for (Map.Entry<String, List<Tables.Column>> table : tables.entrySet()) {
            for (Tables.Column column : table.getValue()) {
                if (column.counted()) {
                    countOn(postgres, table.getKey(), column.name());
                }
            }
        }
    }

    private void countOn(boolean postgres, String table, String column) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            long next;
            try (ResultSet most = statement.executeQuery(
                    "SELECT COALESCE(MAX(" + Tables.quoted(column) + "), 0) + 1 FROM " + Tables.quoted(table))) {
                most.next();
                next = most.getLong(1);
            }
            statement.execute(
                    postgres
                            ? "SELECT setval(pg_get_serial_sequence('" + table + "', '" + column + "'), " + next
                                    + ", false)"
                            : "ALTER TABLE " + Tables.quoted(table) + " ALTER COLUMN " + Tables.quoted(column)
                                    + " RESTART WITH " + next);
        }
    }
}
