package dev.switchboard.node.http.admin;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.CacheControl;
import akka.http.javadsl.model.headers.CacheDirectives;
import akka.util.ByteString;
import dev.switchboard.node.directory.Directory;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.ApiError;
import dev.switchboard.node.http.ApiKeys;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import dev.switchboard.node.http.Json;
import dev.switchboard.node.quota.Quotas;
import dev.switchboard.protocol.directory.ApiKey;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.domain.ApiKeyId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.quota.QuotaCommand;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code /api/api-keys}: keys of {@code /v1} beside the first one. */
public final class ApiKeyEndpoints {
    private static final List<String> FIELDS =
            List.of("name", "models", "mode", "rpm", "rpd", "tpm", "tpd", "enabled", "expiresAt");

    /** The last time that everybody's clocks and calendars can write. */
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private final DirectoryDoor directory;
    private final Quotas quotas;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** Changes go to the directory's owner; {@code quotas} know what was used. */
    public ApiKeyEndpoints(Directory directory, Quotas quotas, Clock clock) {
        this.directory = new DirectoryDoor(directory);
        this.quotas = quotas;
        this.clock = clock;
    }

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get("/api/api-keys", Access.ADMIN, this::list),
                Endpoint.post("/api/api-keys", Access.ADMIN, this::add),
                new Endpoint("PATCH", "/api/api-keys/{id}", Access.ADMIN, this::change),
                new Endpoint("DELETE", "/api/api-keys/{id}", Access.ADMIN, this::remove));
    }

    private CompletionStage<HttpResponse> list(Exchange exchange) {
        CompletionStage<List<ApiKeyRow>> rows = CompletableFuture.completedStage(new ArrayList<>());
        for (ApiKey key : directory.snapshot().grants().apiKeys()) {
            rows = rows.thenCombineAsync(
                    row(key),
                    (all, row) -> {
                        all.add(row);
                        return all;
                    },
                    Runnable::run);
        }
        return rows.thenApplyAsync(all -> Json.response(200, all), Runnable::run);
    }

    private CompletionStage<ApiKeyRow> row(ApiKey key) {
        CompletionStage<QuotaCommand.Use> use = key.limits().equals(Limits.NONE)
                ? CompletableFuture.completedStage(ApiKeyRow.UNUSED)
                : quotas.use(key.id())
                        .handleAsync((used, failure) -> failure == null ? used : ApiKeyRow.UNUSED, Runnable::run);
        return use.thenApplyAsync(used -> ApiKeyRow.of(key, null, used, clock.instant()), Runnable::run);
    }

    private CompletionStage<HttpResponse> add(Exchange exchange) {
        return exchange.body().thenComposeAsync(this::add, Runnable::run);
    }

    private CompletionStage<HttpResponse> add(ByteString bytes) {
        Body body = Body.of(bytes, FIELDS);
        Limits limits = body.limits(Limits.NONE);
        Instant now = Instant.ofEpochMilli(clock.millis());
        ApiKeys.Made made = ApiKeys.make(random);
        List<String> models = models(body);
        ApiKey key = new ApiKey(
                made.id(),
                body.required("name"),
                made.salt(),
                made.hash(),
                made.masked(),
                models,
                mode(body),
                limits == null ? Limits.NONE : limits,
                body.flagOr("enabled", true),
                now,
                time(body, now));
        return directory
                .change(new DirectoryChange.AddApiKey(key))
                .thenApplyAsync(
                        done -> Json.response(201, ApiKeyRow.of(key, made.key(), ApiKeyRow.UNUSED, now))
                                .addHeader(CacheControl.create(CacheDirectives.NO_STORE)),
                        Runnable::run);
    }

    private CompletionStage<HttpResponse> change(Exchange exchange) {
        ApiKey key = known(exchange);
        return exchange.body().thenComposeAsync(bytes -> change(key, bytes), Runnable::run);
    }

    private CompletionStage<HttpResponse> change(ApiKey key, ByteString bytes) {
        Body body = Body.of(bytes, FIELDS);
        DirectoryChange.PatchApiKey patch = new DirectoryChange.PatchApiKey(
                key.id(),
                body.has("name") ? body.required("name") : null,
                body.has("models") ? models(body) : null,
                body.has("mode") ? new DirectoryChange.ModeChoice(mode(body)) : null,
                body.limits(key.limits()),
                body.flag("enabled"),
                body.has("expiresAt") ? new DirectoryChange.Expiry(time(body, clock.instant())) : null);
        return directory
                .change(patch)
                .thenComposeAsync(done -> row(inForce(key)), Runnable::run)
                .thenApplyAsync(row -> Json.response(200, row), Runnable::run);
    }

    private CompletionStage<HttpResponse> remove(Exchange exchange) {
        ApiKeyId id = known(exchange).id();
        return directory
                .change(new DirectoryChange.RemoveApiKey(id))
                .thenApplyAsync(
                        done -> {
                            quotas.forget(id);
                            return HttpResponse.create().withStatus(204);
                        },
                        Runnable::run);
    }

    /** The models of a list, none for all; each entry must mean one that is here now, so that a slip locks nobody out. */
    private List<String> models(Body body) {
        List<String> given = body.texts("models");
        List<String> names = given == null ? List.of() : given;
        for (int i = 0; i < names.size(); i++) {
            Set<String> name = Set.of(names.get(i));
            if (directory.snapshot().models().stream().noneMatch(model -> ApiKeys.matches(name, model.ref()))) {
                throw body.problem("models[" + i + "]", "names no model: " + names.get(i));
            }
        }
        return names;
    }

    private static @Nullable Mode mode(Body body) {
        String mode = body.text("mode");
        if (mode == null) {
            return null;
        }
        return Arrays.stream(Mode.values())
                .filter(known -> known.wire().equals(mode))
                .findFirst()
                .orElseThrow(() -> body.problem("mode", "must be balanced, smart or fast"));
    }

    private static @Nullable Instant time(Body body, Instant now) {
        String text = body.text("expiresAt");
        if (text == null) {
            return null;
        }
        try {
            Instant at = Instant.parse(text);
            if (at.isAfter(LATEST)) {
                throw body.problem("expiresAt", "must be before the year 10000");
            }
            if (at.isAfter(now)) {
                return at;
            }
        } catch (DateTimeParseException e) {
            throw body.problem("expiresAt", "must be a time such as 2027-01-31T00:00:00Z");
        }
        throw body.problem("expiresAt", "must be in the future");
    }

    private ApiKey known(Exchange exchange) {
        String id = exchange.param("id");
        ApiKey key = find(id);
        if (key == null) {
            throw ApiError.notFound("No API key " + id, "api_key_not_found");
        }
        return key;
    }

    private ApiKey inForce(ApiKey key) {
        ApiKey found = find(key.id().value());
        return found == null ? key : found;
    }

    private @Nullable ApiKey find(String id) {
        for (ApiKey key : directory.snapshot().grants().apiKeys()) {
            if (key.id().value().equals(id)) {
                return key;
            }
        }
        return null;
    }
}
