package dev.switchboard.node.http.admin;

import akka.http.javadsl.model.HttpResponse;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.ApiError;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import dev.switchboard.node.http.Json;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.KeyId;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /api/cooldowns} (contract.md §4). */
public final class CooldownEndpoints {
    private final Function<Instant, List<CooldownSnapshot.Entry>> cooldowns;
    private final Function<String, CompletionStage<Boolean>> release;
    private final Supplier<DirectorySnapshot> directory;
    private final Clock clock;

    /** {@code cooldowns} lists what is cooling at a time; {@code release} ends a cooldown by its id and answers whether there was one. */
    public CooldownEndpoints(
            Function<Instant, List<CooldownSnapshot.Entry>> cooldowns,
            Function<String, CompletionStage<Boolean>> release,
            Supplier<DirectorySnapshot> directory,
            Clock clock) {
        this.cooldowns = cooldowns;
        this.release = release;
        this.directory = directory;
        this.clock = clock;
    }

    private record Row(
            String id,
            String scope,
            String platform,
            @Nullable String model,
            @Nullable String keyId,
            @Nullable String keyLabel,
            String reason,
            Instant until) {}

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get("/api/cooldowns", Access.ADMIN, this::list),
                new Endpoint("DELETE", "/api/cooldowns/{id}", Access.ADMIN, this::end));
    }

    private CompletionStage<HttpResponse> list(Exchange exchange) {
        List<Row> rows =
                cooldowns.apply(clock.instant()).stream().map(this::row).toList();
        return CompletableFuture.completedStage(Json.response(200, rows));
    }

    private Row row(CooldownSnapshot.Entry entry) {
        return new Row(
                entry.id(),
                entry.scope(),
                entry.platform().value(),
                entry.model() == null ? null : entry.model().id(),
                entry.key() == null ? null : entry.key().value(),
                entry.key() == null ? null : label(entry.key()),
                entry.reason().wire(),
                entry.until());
    }

    private String label(KeyId id) {
        ProviderKey known = directory.get().keys().get(id);
        return known == null ? id.value() : known.label();
    }

    private CompletionStage<HttpResponse> end(Exchange exchange) {
        String id = exchange.param("id");
        return release.apply(id)
                .thenApplyAsync(
                        found -> {
                            if (!found) {
                                throw ApiError.notFound("No cooldown " + id, "cooldown_not_found");
                            }
                            return HttpResponse.create().withStatus(204);
                        },
                        Runnable::run);
    }
}
