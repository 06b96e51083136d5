package dev.switchboard.node.main;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import dev.switchboard.node.backup.Backup;
import dev.switchboard.node.backup.BackupException;
import dev.switchboard.node.backup.BackupKey;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.admin.BackupEndpoint;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.statistics.Statistics;
import dev.switchboard.node.vault.Vault;
import dev.switchboard.node.vault.VaultKeys;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The wiring of backups that a running node writes. */
final class Backups {
    private Backups() {}

    static List<Endpoint> endpoint(
            ActorSystem<?> system, Settings settings, Vault vault, DataSource database, Clock clock) {
        return new BackupEndpoint(
                        vault,
                        passphrase -> write(settings, database, clock, passphrase),
                        system.dispatchers().lookup(DispatcherSelector.fromConfig(Statistics.BLOCKING_DISPATCHER)),
                        clock)
                .endpoints();
    }

    private static Path write(Settings settings, DataSource database, Clock clock, @Nullable String passphrase)
            throws IOException {
        BackupKey key = new BackupKey(passphrase, VaultKeys.hex(settings.encryptionKey(), settings.dataDir()));
        Path file = Files.createTempFile(settings.dataDir(), "backup", ".part");
        try (Connection connection = database.getConnection();
                OutputStream out = Files.newOutputStream(file)) {
            Backup.write(connection, key, clock.instant(), out);
            return file;
        } catch (SQLException | BackupException e) {
            Files.deleteIfExists(file);
            throw new IOException("the backup could not be written", e);
        }
    }
}
