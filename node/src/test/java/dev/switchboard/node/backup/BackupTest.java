package dev.switchboard.node.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.node.persistence.DatabaseConfig;
import dev.switchboard.node.persistence.DatabaseConfig.Kind;
import dev.switchboard.node.persistence.TestDatabases;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BackupTest {
    private static final String HEX = "0123456789abcdef".repeat(4);
    private static final BackupKey KEY = new BackupKey(null, List.of(HEX));
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

    @ParameterizedTest
    @CsvSource({"H2,H2", "H2,POSTGRESQL", "POSTGRESQL,H2", "POSTGRESQL,POSTGRESQL"})
    void everyRowComesBackInEitherDatabaseAndNumbersGoOn(Kind from, Kind to) throws Exception {
        byte[] file = backupOf(filled(from), KEY);
        DatabaseConfig target = TestDatabases.fresh(to);
        try (Connection connection = target.connect()) {
            Backup.Restored restored = Backup.restore(connection, KEY, new ByteArrayInputStream(file), false);
            assertThat(restored.rows()).isEqualTo(6);
            assertThat(restored.writtenAt()).isEqualTo(NOW.toString());
            assertThat(restored.encryptionKeys()).isEmpty();
        }
        try (Connection connection = target.connect();
                Statement statement = connection.createStatement()) {
            ResultSet event = statement.executeQuery(
                    "SELECT event_payload, deleted, meta_payload, writer FROM event_journal WHERE sequence_number = 2");
            assertThat(event.next()).isTrue();
            assertThat(event.getBytes(1)).isEqualTo(payload(2));
            assertThat(event.getBoolean(2)).isTrue();
            assertThat(event.getBytes(3)).isNull();
            assertThat(event.getString(4)).isEqualTo("wörter \n\"2\"");
            ResultSet tag = statement.executeQuery("SELECT tag FROM event_tag");
            assertThat(tag.next()).isTrue();
            assertThat(tag.getString(1)).isEqualTo("a tag");
            ResultSet body = statement.executeQuery("SELECT body FROM response_memory");
            assertThat(body.next()).isTrue();
            assertThat(body.getString(1)).isEqualTo("{\"text\":\"ä\"}");
            addEvent(connection, 4);
            ResultSet most = statement.executeQuery("SELECT MAX(ordering), COUNT(*) FROM event_journal");
            most.next();
            assertThat(most.getLong(1)).isEqualTo(4);
            assertThat(most.getLong(2)).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aBackupShowsOneMomentWhileOthersWrite(Kind kind) throws Exception {
        DatabaseConfig database = filled(kind);
        ByteArrayOutputStream out = new ByteArrayOutputStream() {
            private boolean written;

            @Override
            public synchronized void write(byte[] bytes, int offset, int length) {
                super.write(bytes, offset, length);
                if (!written && size() > 10_000) {
                    written = true;
                    try (Connection other = database.connect()) {
                        addEvent(other, 5);
                        other.createStatement().executeUpdate("DELETE FROM response_memory");
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
        };
        long rows;
        try (Connection connection = database.connect()) {
            // Enough that the first table fills more than one chunk of the file before the last is read.
            for (int i = 10; i < 40; i++) {
                addEvent(connection, i);
            }
            rows = Backup.write(connection, KEY, NOW, out);
        }
        assertThat(rows).isEqualTo(36);
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            ResultSet gone = statement.executeQuery("SELECT COUNT(*) FROM response_memory");
            gone.next();
            assertThat(gone.getInt(1)).isZero();
        }
    }

    @Test
    void whatHoldsSomethingIsOnlyReplacedByForce() throws Exception {
        byte[] file = backupOf(filled(Kind.H2), KEY);
        DatabaseConfig other = filled(Kind.H2);
        try (Connection connection = other.connect()) {
            addEvent(connection, 9);
        }
        try (Connection connection = other.connect()) {
            assertThatThrownBy(() -> Backup.restore(connection, KEY, new ByteArrayInputStream(file), false))
                    .isInstanceOf(BackupException.class)
                    .hasMessageContaining("not empty")
                    .hasMessageContaining("--force");
        }
        assertThat(events(other)).isEqualTo(4);
        try (Connection connection = other.connect()) {
            assertThat(Backup.restore(connection, KEY, new ByteArrayInputStream(file), true)
                            .rows())
                    .isEqualTo(6);
        }
        assertThat(events(other)).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aDatabaseThatNodesUseIsNotReplacedEvenByForce(Kind kind) throws Exception {
        byte[] file = backupOf(filled(Kind.H2), KEY);
        DatabaseConfig used = filled(kind);
        try (Connection node = used.connect();
                Connection connection = used.connect()) {
            assertThat(node.isValid(1)).isTrue();
            assertThatThrownBy(() -> Backup.restore(connection, KEY, new ByteArrayInputStream(file), true))
                    .isInstanceOf(BackupException.class)
                    .hasMessageContaining("nodes are running");
        }
        assertThat(events(used)).isEqualTo(3);
    }

    @Test
    void aFileThatWasCutChangedOrIsAnotherLeavesTheDatabaseAsItWas() throws Exception {
        byte[] file = backupOf(filled(Kind.H2), KEY);
        DatabaseConfig other = filled(Kind.H2);
        byte[] changed = file.clone();
        changed[file.length - 40] ^= 1;
        for (byte[] bad : List.of(
                changed,
                Arrays.copyOf(file, file.length - 1),
                Arrays.copyOf(file, file.length / 2),
                Arrays.copyOf(file, 10),
                "something else entirely, long enough".getBytes(StandardCharsets.US_ASCII),
                new byte[0])) {
            try (Connection connection = other.connect()) {
                assertThatThrownBy(() -> Backup.restore(connection, KEY, new ByteArrayInputStream(bad), true))
                        .isInstanceOf(BackupException.class);
            }
            assertThat(events(other)).isEqualTo(3);
        }
    }

    @Test
    void anotherKeyIsNamedAsTheReason() throws Exception {
        byte[] file = backupOf(filled(Kind.H2), KEY);
        BackupKey other = new BackupKey(null, List.of("f".repeat(64)));
        try (Connection connection = TestDatabases.fresh(Kind.H2).connect()) {
            assertThatThrownBy(() -> Backup.restore(connection, other, new ByteArrayInputStream(file), false))
                    .hasMessageContaining("another encryption key");
        }
        BackupKey rotated = new BackupKey(null, List.of("f".repeat(64), HEX));
        try (Connection connection = TestDatabases.fresh(Kind.H2).connect()) {
            assertThat(Backup.restore(connection, rotated, new ByteArrayInputStream(file), false)
                            .rows())
                    .isEqualTo(6);
        }
    }

    @Test
    void aPassphraseOpensTheFileWithoutTheKeyAndBringsTheKeyAlong() throws Exception {
        BackupKey key = new BackupKey("correct horse battery", List.of(HEX));
        byte[] file = backupOf(filled(Kind.H2), key);
        try (Connection connection = TestDatabases.fresh(Kind.H2).connect()) {
            assertThatThrownBy(() -> Backup.restore(connection, KEY, new ByteArrayInputStream(file), false))
                    .hasMessageContaining("SWITCHBOARD_BACKUP_PASSPHRASE");
            assertThatThrownBy(() -> Backup.restore(
                            connection,
                            new BackupKey("another passphrase", List.of(HEX)),
                            new ByteArrayInputStream(file),
                            false))
                    .hasMessageContaining("not the one");
            Backup.Restored restored = Backup.restore(
                    connection,
                    new BackupKey("correct horse battery", List.of("f".repeat(64))),
                    new ByteArrayInputStream(file),
                    false);
            assertThat(restored.encryptionKeys()).containsExactly(HEX);
        }
        assertThatThrownBy(() -> new BackupKey("short", List.of(HEX))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nothingOfTheContentsIsReadableInTheFile() throws Exception {
        for (BackupKey key : List.of(KEY, new BackupKey("correct horse battery", List.of(HEX)))) {
            String file = new String(backupOf(filled(Kind.H2), key), StandardCharsets.ISO_8859_1);
            assertThat(file)
                    .doesNotContain("event_journal")
                    .doesNotContain("a tag")
                    .doesNotContain(HEX);
        }
    }

    private static byte[] backupOf(DatabaseConfig database, BackupKey key) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Connection connection = database.connect()) {
            assertThat(Backup.write(connection, key, NOW, out)).isEqualTo(6);
        }
        return out.toByteArray();
    }

    private static long events(DatabaseConfig database) throws SQLException {
        try (Connection connection = database.connect();
                ResultSet count = connection.createStatement().executeQuery("SELECT COUNT(*) FROM event_journal")) {
            count.next();
            return count.getLong(1);
        }
    }

    /** Six rows in five tables. */
    private static DatabaseConfig filled(Kind kind) throws SQLException {
        DatabaseConfig database = TestDatabases.fresh(kind);
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (int i = 1; i <= 3; i++) {
                addEvent(connection, i);
            }
            statement.executeUpdate("INSERT INTO event_tag (event_id, tag) VALUES (2, 'a tag')");
            statement.executeUpdate("INSERT INTO response_memory (id, caller, body, expires_ms) VALUES ('r', 'c',"
                    + " '{\"text\":\"ä\"}', 12)");
            statement.executeUpdate("INSERT INTO error_log (at_ms, request_id, kind, counted, node) VALUES"
                    + " (1, 'r', 'timeout', TRUE, 'n')");
        }
        return database;
    }

    private static void addEvent(Connection connection, int number) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO event_journal (persistence_id, sequence_number, deleted, writer, event_ser_id, write_timestamp, adapter_manifest,"
                        + " event_ser_manifest, event_payload) VALUES ('p', ?, ?, ?, 1, 1, '', '', ?)")) {
            insert.setLong(1, number);
            insert.setBoolean(2, number == 2);
            insert.setString(3, "wörter \n\"" + number + "\"");
            insert.setBytes(4, payload(number));
            insert.executeUpdate();
        }
    }

    /** Bytes that do not compress, larger than a chunk every now and then. */
    private static byte[] payload(int number) {
        byte[] bytes = new byte[3_000 * number];
        new java.util.Random(number).nextBytes(bytes);
        return bytes;
    }
}
