package dev.switchboard.node.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Backups of the whole state: directory with its audit trail, keys, settings, sessions with pins and bans, counts, statistics and
 * request log. The file is a plain header and encrypted, compressed lines of JSON; H2 and PostgreSQL read each other's.
 */
public final class Backup {
    private static final byte[] MAGIC = "SWITCHBOARD-BACKUP-1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int SALT = 32;
    /** H2's own isolation level, beyond those of JDBC. */
    private static final int H2_SNAPSHOT = 6;

    private static final int MOST_HEADER = 16 * 1024;
    private static final ObjectMapper JSON = new ObjectMapper();

    private Backup() {}

    /** What was restored; the keys are those that the file holds, empty where it is encrypted with them. */
    public record Restored(long rows, String writtenAt, List<String> encryptionKeys) {}

    /**
     * Writes a backup of one moment, while nodes go on; answers the rows written. Leaves {@code connection} in a transaction that
     * is rolled back, and {@code out} closed.
     */
    public static long write(Connection connection, BackupKey key, Instant now, OutputStream out)
            throws BackupException, IOException {
        byte[] salt = new byte[SALT];
        new SecureRandom().nextBytes(salt);
        ObjectNode header = JSON.createObjectNode();
        header.put("writtenAt", now.toString());
        header.put("salt", Base64.getEncoder().encodeToString(salt));
        header.put("key", key.passphrase() == null ? "encryption-key" : "passphrase");
        SecretKey secret = key.passphrase() == null
                ? BackupKey.ofEncryptionKey(key.encryptionKeys().get(0), salt)
                : BackupKey.ofPassphrase(key.passphrase(), salt);
        header.put("check", BackupKey.check(secret));
        byte[] head = JSON.writeValueAsBytes(header);
        DataOutputStream plain = new DataOutputStream(out);
        plain.write(MAGIC);
        plain.writeInt(head.length);
        plain.write(head);
        try (GZIPOutputStream zipped = new GZIPOutputStream(new SealedOutput(plain, secret, head))) {
            ObjectNode first = JSON.createObjectNode();
            if (key.passphrase() != null) {
                key.encryptionKeys().forEach(first.putArray("encryptionKeys")::add);
            }
            zipped.write(JSON.writeValueAsBytes(first));
            zipped.write('\n');
            atOneMoment(connection);
            long rows = Dump.write(connection, new Unclosed(zipped));
            connection.rollback();
            return rows;
        } catch (SQLException e) {
            throw new BackupException("the database cannot be read: " + firstLine(e), e);
        }
    }

    /** A transaction that sees the database as it was when it began. */
    private static void atOneMoment(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        if (isPostgres(connection)) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setReadOnly(true);
        } else {
            connection.setTransactionIsolation(H2_SNAPSHOT);
        }
    }

    /**
     * Puts the state of a backup in place of the database's, whole or not at all.
     *
     * @param force whether a database that holds something may be replaced
     * @throws BackupException where it may not, where nodes run on it, or where the file cannot be read
     */
    public static Restored restore(Connection connection, BackupKey key, InputStream file, boolean force)
            throws BackupException, IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(file));
        if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
            throw new BackupException("it is no backup of Switchboard");
        }
        byte[] head = head(in);
        JsonNode header = JSON.readTree(head);
        try {
            int others = others(connection);
            if (others > 0) {
                throw new BackupException(
                        "nodes are running on the database (" + others + " connections): stop them first");
            }
            connection.setAutoCommit(false);
            if (!force && !Load.isEmpty(connection)) {
                throw new BackupException("the database is not empty: --force replaces all that is in it");
            }
            Restored restored = read(connection, key, header, head, in);
            connection.commit();
            return restored;
        } catch (SQLException e) {
            throw new BackupException("the database cannot be written: " + firstLine(e), e);
        } finally {
            rollBack(connection);
        }
    }

    private static Restored read(Connection connection, BackupKey key, JsonNode header, byte[] head, InputStream in)
            throws BackupException, SQLException, IOException {
        byte[] salt = Base64.getDecoder().decode(header.path("salt").asText());
        SecretKey secret = secret(header, key, salt);
        try (GZIPInputStream zipped = new GZIPInputStream(new SealedInput(in, secret, head))) {
            JsonNode first = JSON.readTree(line(zipped));
            List<String> keys = new ArrayList<>();
            first.path("encryptionKeys").forEach(one -> keys.add(one.asText()));
            long rows = Load.replace(connection, zipped);
            return new Restored(rows, header.path("writtenAt").asText(), keys);
        } catch (SealedInput.Damaged e) {
            throw new BackupException("it is damaged or incomplete", e);
        }
    }

    private static SecretKey secret(JsonNode header, BackupKey key, byte[] salt) throws BackupException {
        String check = header.path("check").asText();
        if (header.path("key").asText().equals("passphrase")) {
            String passphrase = key.passphrase();
            if (passphrase == null) {
                throw new BackupException("it needs its passphrase: set SWITCHBOARD_BACKUP_PASSPHRASE");
            }
            SecretKey secret = BackupKey.ofPassphrase(passphrase, salt);
            if (!BackupKey.check(secret).equals(check)) {
                throw new BackupException("the passphrase is not the one it was written with");
            }
            return secret;
        }
        for (String hex : key.encryptionKeys()) {
            SecretKey secret = BackupKey.ofEncryptionKey(hex, salt);
            if (BackupKey.check(secret).equals(check)) {
                return secret;
            }
        }
        throw new BackupException(
                "it was written with another encryption key: set ENCRYPTION_KEY, or put that key's file"
                        + " into the data folder");
    }

    private static byte[] head(DataInputStream in) throws IOException, BackupException {
        int length = in.readInt();
        if (length < 2 || length > MOST_HEADER) {
            throw new BackupException("it is damaged");
        }
        byte[] head = in.readNBytes(length);
        if (head.length < length) {
            throw new BackupException("it is incomplete");
        }
        return head;
    }

    private static byte[] line(InputStream in) throws IOException {
        java.io.ByteArrayOutputStream line = new java.io.ByteArrayOutputStream();
        int b = in.read();
        while (b >= 0 && b != '\n' && line.size() < MOST_HEADER) {
            line.write(b);
            b = in.read();
        }
        return line.toByteArray();
    }

    /** Connections of others to this database, by the name that ours carry. */
    private static int others(Connection connection) throws SQLException {
        String sql = isPostgres(connection)
                ? "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND application_name = 'switchboard' AND pid <> pg_backend_pid()"
                : "SELECT COUNT(*) - 1 FROM INFORMATION_SCHEMA.SESSIONS";
        try (Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery(sql)) {
            count.next();
            return count.getInt(1);
        }
    }

    private static void rollBack(Connection connection) throws BackupException {
        try {
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
        } catch (SQLException e) {
            throw new BackupException("the database does not answer any more: " + firstLine(e), e);
        }
    }

    private static boolean isPostgres(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseProductName().startsWith("Postgre");
    }

    private static String firstLine(@Nullable Throwable e) {
        return e == null
                ? ""
                : String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /** Lets a generator close without ending what it writes into. */
    private static final class Unclosed extends java.io.FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
