package dev.switchboard.node.main;

import dev.switchboard.node.backup.Backup;
import dev.switchboard.node.backup.BackupException;
import dev.switchboard.node.backup.BackupKey;
import dev.switchboard.node.http.TlsCertificate;
import dev.switchboard.node.http.admin.BackupEndpoint;
import dev.switchboard.node.persistence.DatabaseConfig;
import dev.switchboard.node.persistence.DatabaseException;
import dev.switchboard.node.persistence.Schema;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.settings.SettingsException;
import dev.switchboard.node.vault.VaultKeys;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the whole state to one encrypted file, while nodes run or not. */
@Command(
        name = "backup",
        description = {
            "Writes the whole state to one encrypted file; nodes may go on running.",
            "",
            "It is encrypted with the passphrase in SWITCHBOARD_BACKUP_PASSPHRASE, and then holds the encryption key as well;"
                    + " without one it is encrypted with the encryption key, which restoring needs.",
            ""
        },
        mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private SettingsOptions options;

    @Parameters(index = "0", paramLabel = "FILE", description = "The file to write; it must not be there yet.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(names = "--force", description = "Replace the file where it is there already.")
    private boolean force;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws StartFailure, SettingsException, InterruptedException {
        Settings settings = options.load(null).settings();
        if (Files.exists(file) && !force) {
            throw new StartFailure(file + ": is there already; --force replaces it");
        }
        if (settings.database().url() == null && !Files.isDirectory(settings.dataDir())) {
            throw new StartFailure("switchboard.data-dir = " + settings.dataDir() + ": is no folder");
        }
        BackupKey key = BackupFile.key(settings);
        Path folder = file.toAbsolutePath().getParent();
        try {
            Path part = Files.createTempFile(
                    folder,
                    "backup",
                    ".part",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                write(settings, key, part);
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new StartFailure(file + ": cannot be written: " + e.getMessage());
        } catch (BackupException | DatabaseException e) {
            throw new StartFailure("backup: " + e.getMessage());
        }
        spec.commandLine()
                .getOut()
                .println("Wrote " + file + ", encrypted with the "
                        + (key.passphrase() == null ? "encryption key" : "passphrase") + ".");
        return 0;
    }

    private static void write(Settings settings, BackupKey key, Path part)
            throws StartFailure, IOException, BackupException, InterruptedException {
        if (settings.database().url() != null) {
            direct(settings, key, part);
            return;
        }
        try (DataFolder held = DataFolder.hold(settings.dataDir())) {
            direct(settings, key, part);
        } catch (DataFolder.InUse e) {
            throughNode(settings, part);
        }
    }

    private static void direct(Settings settings, BackupKey key, Path part) throws IOException, BackupException {
        DatabaseConfig database = DatabaseConfig.of(settings.database(), settings.dataDir());
        Schema.migrate(database);
        try (Connection connection = database.connect();
                OutputStream out = Files.newOutputStream(part)) {
            Backup.write(connection, key, Instant.now(), out);
        } catch (SQLException e) {
            throw new BackupException("the database does not answer any more: " + e.getMessage(), e);
        }
    }

    /** The embedded database is open in a node's process alone, so that one has to write; it takes the same encryption key. */
    private static void throughNode(Settings settings, Path part)
            throws StartFailure, IOException, BackupException, InterruptedException {
        String last = "no running node is noted in the data folder " + settings.dataDir();
        TlsCertificate tls = Node.certificate(settings.http());
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT);
        HttpClient client = (tls == null ? builder : builder.sslContext(PinnedTrust.of(tls))).build();
        for (String url : NodeUrls.of(settings.dataDir())) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + BackupEndpoint.PATH))
                    .timeout(PATIENCE)
                    .header(
                            "Authorization",
                            "Bearer "
                                    + BackupEndpoint.proof(
                                            VaultKeys.load(settings.encryptionKey(), settings.dataDir()),
                                            Instant.now()));
            String passphrase = System.getenv(BackupFile.PASSPHRASE);
            String body = passphrase == null || passphrase.isBlank() ? "" : passphrase;
            try {
                HttpResponse<InputStream> answer = client.send(
                        request.POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                        HttpResponse.BodyHandlers.ofInputStream());
                try (InputStream in = answer.body()) {
                    if (answer.statusCode() == 200) {
                        Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
                        return;
                    }
                }
                last = "the node at " + url + " answered " + answer.statusCode();
            } catch (IOException e) {
                last = "the node at " + url + " does not answer: " + e.getMessage();
            }
        }
        throw new BackupException(last);
    }
}
