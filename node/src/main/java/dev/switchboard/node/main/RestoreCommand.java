package dev.switchboard.node.main;

import dev.switchboard.node.backup.Backup;
import dev.switchboard.node.backup.BackupException;
import dev.switchboard.node.backup.BackupKey;
import dev.switchboard.node.persistence.DatabaseConfig;
import dev.switchboard.node.persistence.DatabaseException;
import dev.switchboard.node.persistence.Schema;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.settings.SettingsException;
import dev.switchboard.node.vault.VaultKeys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts the state of a backup into the database, whole or not at all. */
@Command(
        name = "restore",
        description = {
            "Puts the state of a backup into the database, whole or not at all. No node may be running on it.",
            "",
            "A backup of an embedded database can be restored into PostgreSQL, and the other way round."
                    + " SWITCHBOARD_BACKUP_PASSPHRASE names the passphrase of a backup that has one.",
            ""
        },
        mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {
    @Mixin
    @SuppressWarnings("NullAway.Init")
    private SettingsOptions options;

    @Parameters(index = "0", paramLabel = "FILE", description = "The backup.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(names = "--force", description = "Replace what a database that is not empty holds.")
    private boolean force;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws StartFailure, SettingsException {
        Settings settings = options.load(null).settings();
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new StartFailure(file + ": cannot be read");
        }
        Backup.Restored restored;
        if (settings.database().url() == null) {
            try (DataFolder held = DataFolder.hold(settings.dataDir())) {
                restored = restore(settings);
            } catch (DataFolder.InUse e) {
                throw new StartFailure(
                        "restore: a node is running on the data folder " + settings.dataDir() + ": stop it first");
            }
        } else {
            DataFolder.make(settings.dataDir());
            restored = restore(settings);
        }
        spec.commandLine()
                .getOut()
                .println("Restored " + restored.rows() + " rows of the backup of " + restored.writtenAt()
                        + ". Start the nodes again.");
        return 0;
    }

    private Backup.Restored restore(Settings settings) throws StartFailure {
        Path keyFile = settings.dataDir().resolve(VaultKeys.FILE);
        boolean keyless = settings.encryptionKey() == null && !Files.exists(keyFile);
        boolean restoredWell = false;
        try {
            BackupKey key = BackupFile.key(settings);
            DatabaseConfig database = DatabaseConfig.of(settings.database(), settings.dataDir());
            Schema.migrate(database);
            Backup.Restored restored;
            try (Connection connection = database.connect();
                    InputStream in = Files.newInputStream(file)) {
                restored = Backup.restore(connection, key, in, force);
            }
            takeKeys(settings, restored, keyless ? keyFile : null);
            restoredWell = true;
            return restored;
        } catch (IOException e) {
            throw new StartFailure(file + ": cannot be read: " + e.getMessage());
        } catch (BackupException | DatabaseException e) {
            throw new StartFailure(file + ": " + e.getMessage());
        } catch (SQLException e) {
            throw new StartFailure("restore: the database does not answer any more: " + e.getMessage());
        } finally {
            if (keyless && !restoredWell) {
                // Made by the attempt alone; nothing is encrypted with it.
                keyFile.toFile().delete();
            }
        }
    }

    /** The keys that a backup brings along are the ones that open what is in it now. */
    private void takeKeys(Settings settings, Backup.Restored restored, @Nullable Path madeJustNow) throws IOException {
        if (restored.encryptionKeys().isEmpty()) {
            return;
        }
        if (madeJustNow != null) {
            Files.deleteIfExists(madeJustNow);
        }
        if (!VaultKeys.adopt(restored.encryptionKeys(), settings.dataDir())
                && !VaultKeys.hex(settings.encryptionKey(), settings.dataDir())
                        .containsAll(restored.encryptionKeys())) {
            spec.commandLine()
                    .getErr()
                    .println(
                            "switchboard: the data folder holds another encryption key than the backup:"
                                    + " add the backup's key to switchboard.encryption-key, or its provider keys cannot be read");
        }
    }
}
