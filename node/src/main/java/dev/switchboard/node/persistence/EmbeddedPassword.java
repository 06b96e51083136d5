package dev.switchboard.node.persistence;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The password of the embedded database, in a file of the data folder that only its owner may read. There is one once
 * the database was served to several nodes; before that it is opened as a file alone, and the folder's rights protect it.
 */
public final class EmbeddedPassword {
    /** The name of the file in the data folder. */
    public static final String FILE = "database.password";

    private static final int BYTES = 24;

    private EmbeddedPassword() {}

    /** The password, empty where the database has none yet; throws {@link DatabaseException} where it cannot be read. */
    public static String read(Path dataDir) {
        Path file = dataDir.resolve(FILE);
        try {
            return Files.exists(file) ? Files.readString(file).strip() : "";
        } catch (IOException e) {
            throw new DatabaseException("switchboard.data-dir: the file " + file + " cannot be read", e);
        }
    }

    /** Makes a password and keeps it. */
    public static String create(Path dataDir) throws IOException {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        String password = HexFormat.of().formatHex(bytes);
        Path file = dataDir.resolve(FILE);
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                file, password + "\n", StandardCharsets.US_ASCII, StandardOpenOption.SYNC, StandardOpenOption.WRITE);
        return password;
    }
}
