package dev.switchboard.node.http.admin;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.CacheControl;
import akka.http.javadsl.model.headers.CacheDirectives;
import akka.util.ByteString;
import dev.switchboard.node.directory.Directory;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.AccessKeys;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import dev.switchboard.node.http.Json;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.ProviderKey;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/export} and {@code /api/import}: platforms, models and keys as one file (docs/api-admin.md). Secrets leave
 * only where the admin key is given once more, and that is kept in the audit trail.
 */
public final class TransferEndpoints {
    private static final List<String> CONFIRMATION = List.of("adminKey");

    private final DirectoryDoor directory;
    private final UpstreamAddress addresses;
    private final AccessKeys accessKeys;
    private final Function<ProviderKey, @Nullable String> secret;
    private final Clock clock;

    /** {@code secret} is the decrypted secret of a key; null where it cannot be read. */
    public TransferEndpoints(
            Directory directory,
            UpstreamAddress addresses,
            AccessKeys accessKeys,
            Function<ProviderKey, @Nullable String> secret,
            Clock clock) {
        this.directory = new DirectoryDoor(directory);
        this.addresses = addresses;
        this.accessKeys = accessKeys;
        this.secret = secret;
        this.clock = clock;
    }

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get(
                        "/api/export",
                        Access.ADMIN,
                        exchange -> CompletableFuture.completedStage(Json.response(200, file(key -> null)))),
                Endpoint.post("/api/export", Access.ADMIN, this::exportSecrets),
                Endpoint.post("/api/import", Access.ADMIN, this::importFile));
    }

    private CompletionStage<HttpResponse> exportSecrets(Exchange exchange) {
        return exchange.body().thenComposeAsync(this::exportSecrets, Runnable::run);
    }

    private CompletionStage<HttpResponse> exportSecrets(ByteString bytes) {
        Body body = Body.of(bytes, CONFIRMATION);
        if (!accessKeys.isAdmin(body.required("adminKey"))) {
            throw body.problem("adminKey", "is not the admin key");
        }
        TransferFile file = file(secret);
        return directory
                .change(new DirectoryChange.NoteExport(file.secrets()))
                .thenApplyAsync(
                        noted -> Json.response(200, file).addHeader(CacheControl.create(CacheDirectives.NO_STORE)),
                        Runnable::run);
    }

    /** What is not built in, and all keys. */
    private TransferFile file(Function<ProviderKey, @Nullable String> open) {
        DirectorySnapshot snapshot = directory.snapshot();
        return new TransferFile(
                TransferFile.FORMAT,
                clock.instant(),
                snapshot.platforms().values().stream()
                        .filter(platform -> platform.origin() != Origin.BUILTIN)
                        .map(TransferFile.PlatformRow::of)
                        .toList(),
                snapshot.models().stream()
                        .filter(model -> model.origin() != Origin.BUILTIN)
                        .map(TransferFile.ModelRow::of)
                        .toList(),
                snapshot.keys().values().stream()
                        .map(key -> TransferFile.KeyRow.of(key, open.apply(key)))
                        .toList());
    }

    private CompletionStage<HttpResponse> importFile(Exchange exchange) {
        boolean dry = exchange.queryFlag("dryRun");
        return exchange.body().thenComposeAsync(bytes -> importFile(bytes, dry), Runnable::run);
    }

    private CompletionStage<HttpResponse> importFile(ByteString bytes, boolean dry) {
        ImportPlan plan =
                ImportPlan.of(bytes, directory.snapshot(), directory.directory().secrets(), clock.instant());
        CompletionStage<Boolean> allowed = CompletableFuture.completedStage(true);
        for (ImportPlan.Address address : plan.addresses()) {
            allowed = allowed.thenComposeAsync(
                    ok -> PlatformEndpoints.allowed(addresses, address.row(), address.url()), Runnable::run);
        }
        return allowed.thenComposeAsync(
                ok -> dry || plan.isEmpty()
                        ? CompletableFuture.completedStage(Json.response(200, plan.report(dry)))
                        : directory
                                .change(plan.change())
                                .thenApplyAsync(done -> Json.response(200, plan.report(false)), Runnable::run),
                Runnable::run);
    }
}
