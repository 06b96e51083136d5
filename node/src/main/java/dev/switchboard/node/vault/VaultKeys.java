package dev.switchboard.node.vault;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the encryption keys (contract.md §2, {@code switchboard.encryption-key}): from the setting, else from the file
 * {@code encryption.key} in the data folder, which is made on first use.
 *
 * <p>Both may name several keys, the newest first (commas in the setting, lines in the file): the first encrypts, all
 * decrypt. Keys of an existing file stay known for reading when the setting is given, so that moving from one to the
 * other loses nothing.
 */
public final class VaultKeys {
    /** The name of the key file in the data folder. */
    public static final String FILE = "encryption.key";

    private static final String SETTING = "switchboard.encryption-key";
    private static final int KEY_BYTES = 32;

    private VaultKeys() {}

    /**
     * Opens the vault. Blocks on the file; for start-up only.
     *
     * @param configured the setting's value, null where it is not set
     * @throws EncryptionKeyException with one clear line when a key is malformed or the file cannot be used
     */
    public static Vault load(@Nullable String configured, Path dataDir) {
        return Vault.of(hex(configured, dataDir));
    }

    /**
     * The keys themselves, 64 hex digits each, the newest first: for backups. As {@link #load} otherwise.
     *
     * @throws EncryptionKeyException as {@link #load}
     */
    public static List<String> hex(@Nullable String configured, Path dataDir) {
        Path file = dataDir.resolve(FILE);
        Set<String> keys = new LinkedHashSet<>();
        try {
            if (configured != null) {
                keys.addAll(parse(Arrays.asList(configured.split(",", -1)), SETTING));
            } else if (!Files.exists(file)) {
                create(file);
            }
            if (Files.exists(file)) {
                keys.addAll(parse(Files.readAllLines(file, StandardCharsets.UTF_8), SETTING + ": file " + file));
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new EncryptionKeyException(SETTING + ": cannot use the key file " + file + " (" + e + ")", e);
        }
        return List.copyOf(keys);
    }

    /** Writes keys that a backup brought along, where there is no key file yet; answers whether it did. */
    public static boolean adopt(List<String> hexKeys, Path dataDir) throws IOException {
        Path file = dataDir.resolve(FILE);
        if (Files.exists(file)) {
            return false;
        }
        write(file, String.join("\n", parse(hexKeys, "the backup")) + "\n");
        return true;
    }

    private static List<String> parse(List<String> lines, String where) {
        List<String> keys = new ArrayList<>();
        for (String line : lines) {
            String key = line.strip();
            if (key.isEmpty()) {
                continue;
            }
            if (!VaultKey.isValid(key)) {
                throw new EncryptionKeyException(
                        where + ": an encryption key is 64 hex digits, got " + key.length() + " characters");
            }
            keys.add(key.toLowerCase(Locale.ROOT));
        }
        if (keys.isEmpty()) {
            throw new EncryptionKeyException(where + ": holds no encryption key of 64 hex digits");
        }
        return keys;
    }

    private static void create(Path file) throws IOException {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        write(file, HexFormat.of().formatHex(key) + "\n");
    }

    /** Writes a whole file aside and links it in place: of several nodes that start at once, exactly one wins. */
    private static void write(Path file, String lines) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Path aside = Files.createTempFile(
                folder,
                FILE,
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(lines.getBytes(StandardCharsets.US_ASCII)));
                channel.force(true);
            }
            Files.createLink(file, aside);
        } catch (FileAlreadyExistsException e) {
            // Another node was first; its key is the one to use.
        } finally {
            Files.deleteIfExists(aside);
        }
    }
}
