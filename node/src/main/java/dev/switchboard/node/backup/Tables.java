package dev.switchboard.node.backup;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The tables of a database that hold state, with their columns; referenced ones before those that refer to them. */
final class Tables {
    /** Flyway's own table says what the schema is, not what is in it. */
    private static final String SCHEMA_HISTORY = "flyway_schema_history";

    /** How a column's values travel. */
    enum Kind {
        BYTES,
        NUMBER,
        FLAG,
        TEXT;

        static Kind of(int type) {
            return switch (type) {
                case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> BYTES;
                case Types.BIGINT, Types.INTEGER, Types.SMALLINT, Types.TINYINT -> NUMBER;
                case Types.BOOLEAN, Types.BIT -> FLAG;
                default -> TEXT;
            };
        }
    }

    /** One column; {@code counted} where the database numbers its rows by itself. */
    record Column(String name, Kind kind, boolean counted) {}

    private Tables() {}

    static Map<String, List<Column>> of(Connection connection) throws SQLException {
        DatabaseMetaData meta = connection.getMetaData();
        String schema = connection.getSchema();
        Map<String, Set<String>> references = new HashMap<>();
        Map<String, List<Column>> columns = new LinkedHashMap<>();
        List<String> names = new ArrayList<>();
        try (ResultSet tables =
                meta.getTables(connection.getCatalog(), schema, "%", new String[] {"TABLE", "BASE TABLE"})) {
            while (tables.next()) {
                String name = tables.getString("TABLE_NAME");
                if (!name.toLowerCase(Locale.ROOT).equals(SCHEMA_HISTORY)) {
                    names.add(name);
                }
            }
        }
        names.sort(String::compareTo);
        for (String name : names) {
            Set<String> referenced = new HashSet<>();
            try (ResultSet keys = meta.getImportedKeys(connection.getCatalog(), schema, name)) {
                while (keys.next()) {
                    referenced.add(keys.getString("PKTABLE_NAME"));
                }
            }
            references.put(name, referenced);
        }
        while (!names.isEmpty()) {
            String next = names.stream()
                    .filter(name -> references.getOrDefault(name, Set.of()).stream()
                            .allMatch(other -> other.equals(name) || columns.containsKey(other)))
                    .findFirst()
                    .orElse(names.get(0));
            names.remove(next);
            columns.put(next, columns(meta, connection, next));
        }
        return columns;
    }

    private static List<Column> columns(DatabaseMetaData meta, Connection connection, String table)
            throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (ResultSet rows = meta.getColumns(connection.getCatalog(), connection.getSchema(), table, "%")) {
            while (rows.next()) {
                columns.add(new Column(
                        rows.getString("COLUMN_NAME"),
                        Kind.of(rows.getInt("DATA_TYPE")),
                        "YES".equals(rows.getString("IS_AUTOINCREMENT"))));
            }
        }
        return columns;
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
