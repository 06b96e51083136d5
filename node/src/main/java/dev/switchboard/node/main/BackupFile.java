package dev.switchboard.node.main;

import dev.switchboard.node.backup.BackupKey;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.vault.EncryptionKeyException;
import dev.switchboard.node.vault.VaultKeys;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What backup and restore have in common. */
final class BackupFile {
    /** Names the passphrase; it is not an option, for those are seen by every user of the machine. */
    static final String PASSPHRASE = "SWITCHBOARD_BACKUP_PASSPHRASE";

    private BackupFile() {}

    /** The passphrase of the environment, else the encryption key of the settings. */
    static BackupKey key(Settings settings) throws StartFailure {
        @Nullable String passphrase = System.getenv(PASSPHRASE);
        if (passphrase != null && passphrase.isBlank()) {
            passphrase = null;
        }
        try {
            List<String> keys = VaultKeys.hex(settings.encryptionKey(), settings.dataDir());
            return new BackupKey(passphrase, keys);
        } catch (EncryptionKeyException e) {
            throw new StartFailure(String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw new StartFailure(PASSPHRASE + ": " + e.getMessage());
        }
    }
}
