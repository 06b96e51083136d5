package dev.switchboard.node.backup;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes every row of every table as lines of JSON: a table's name and columns, its rows, and at the end how many there were. */
final class Dump {
    private static final int FETCH = 500;

    private Dump() {}

    /** Reads in the transaction of {@code connection}, which has to show one moment; answers the rows written. */
    static long write(Connection connection, OutputStream out) throws SQLException, IOException {
        long rows = 0;
        try (JsonGenerator json = new JsonFactory().createGenerator(out, JsonEncoding.UTF8)) {
            json.setRootValueSeparator(new com.fasterxml.jackson.core.io.SerializedString("\n"));
            for (Map.Entry<String, List<Tables.Column>> table :
                    Tables.of(connection).entrySet()) {
                json.writeStartObject();
                json.writeStringField("table", table.getKey().toLowerCase(Locale.ROOT));
                json.writeArrayFieldStart("columns");
                for (Tables.Column column : table.getValue()) {
                    json.writeString(column.name().toLowerCase(Locale.ROOT));
                }
                json.writeEndArray();
                json.writeEndObject();
                rows += rows(connection, table.getKey(), table.getValue(), json);
            }
            json.writeStartObject();
            json.writeNumberField("rows", rows);
            json.writeEndObject();
        }
        return rows;
    }

    private static long rows(Connection connection, String table, List<Tables.Column> columns, JsonGenerator json)
            throws SQLException, IOException {
        String names = String.join(
                ", ",
                columns.stream().map(column -> Tables.quoted(column.name())).toList());
        long count = 0;
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(FETCH);
            try (ResultSet rows = statement.executeQuery("SELECT " + names + " FROM " + Tables.quoted(table))) {
                while (rows.next()) {
                    json.writeStartArray();
                    for (int i = 0; i < columns.size(); i++) {
                        value(rows, i + 1, columns.get(i).kind(), json);
                    }
                    json.writeEndArray();
                    count++;
                }
            }
        }
        return count;
    }

    private static void value(ResultSet rows, int index, Tables.Kind kind, JsonGenerator json)
            throws SQLException, IOException {
        switch (kind) {
            case BYTES -> {
                byte[] bytes = rows.getBytes(index);
                if (bytes == null) {
                    json.writeNull();
                } else {
                    json.writeBinary(bytes);
                }
            }
            case NUMBER -> {
                long number = rows.getLong(index);
                if (rows.wasNull()) {
                    json.writeNull();
                } else {
                    json.writeNumber(number);
                }
            }
            case FLAG -> {
                boolean flag = rows.getBoolean(index);
                if (rows.wasNull()) {
                    json.writeNull();
                } else {
                    json.writeBoolean(flag);
                }
            }
            case TEXT -> {
                String text = rows.getString(index);
                if (text == null) {
                    json.writeNull();
                } else {
                    json.writeString(text);
                }
            }
        }
    }
}
