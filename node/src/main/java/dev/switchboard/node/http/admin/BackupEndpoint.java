package dev.switchboard.node.http.admin;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.javadsl.FileIO;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.ApiError;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import dev.switchboard.node.vault.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/backup}: this node writes a backup for the command of that name, because an embedded database is open in its
 * process alone. The caller proves that it has the encryption key, which opens everything that a backup holds.
 */
public final class BackupEndpoint {
    /** Where it is. */
    public static final String PATH = "/api/backup";

    private static final Duration FRESH = Duration.ofMinutes(2);

    private final Vault vault;
    private final Writer writer;
    private final Executor blocking;
    private final Clock clock;

    /** Writes a backup to a file of its own; a passphrase of null means the encryption key. */
    @FunctionalInterface
    public interface Writer {
        /** Blocks; the file is the caller's to delete. */
        Path write(@Nullable String passphrase) throws IOException;
    }

    /** {@code blocking} is where the writer runs. */
    public BackupEndpoint(Vault vault, Writer writer, Executor blocking, Clock clock) {
        this.vault = vault;
        this.writer = writer;
        this.blocking = blocking;
        this.clock = clock;
    }

    /** What proves, for two minutes, that the caller has the encryption key. */
    public static String proof(Vault vault, Instant now) {
        String at = Long.toString(now.getEpochSecond());
        return at + "." + vault.seal(text(at));
    }

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.post(PATH, Access.OPEN, this::backup));
    }

    private static String text(String at) {
        return "backup/" + at;
    }

    private CompletionStage<HttpResponse> backup(Exchange exchange) {
        String authorization = exchange.header("Authorization");
        String prefix = "Bearer ";
        if (authorization == null
                || !authorization.startsWith(prefix)
                || !proves(authorization.substring(prefix.length()))) {
            throw ApiError.unauthorized(
                    "A backup is given to the command switchboard backup, with the encryption key.");
        }
        return exchange.body()
                .thenApplyAsync(body -> written(body.utf8String()), blocking)
                .thenApplyAsync(BackupEndpoint::response, blocking);
    }

    private boolean proves(String proof) {
        int dot = proof.indexOf('.');
        if (dot < 1 || !proof.substring(0, dot).matches("\\d{1,12}")) {
            return false;
        }
        String at = proof.substring(0, dot);
        Duration age = Duration.between(Instant.ofEpochSecond(Long.parseLong(at)), clock.instant())
                .abs();
        return age.compareTo(FRESH) <= 0 && vault.sealed(text(at), proof.substring(dot + 1));
    }

    private Path written(String passphrase) {
        try {
            return writer.write(passphrase.isEmpty() ? null : passphrase);
        } catch (IllegalArgumentException e) {
            throw ApiError.invalid(String.valueOf(e.getMessage()), null);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private static HttpResponse response(Path file) {
        try {
            long size = Files.size(file);
            return HttpResponse.create()
                    .withEntity(HttpEntities.create(
                            ContentTypes.APPLICATION_OCTET_STREAM,
                            size,
                            FileIO.fromPath(file).mapMaterializedValue(done -> {
                                done.whenCompleteAsync(
                                        (result, failure) -> file.toFile().delete(), Runnable::run);
                                return done;
                            })));
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }
}
