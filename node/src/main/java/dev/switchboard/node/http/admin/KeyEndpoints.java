package dev.switchboard.node.http.admin;

import akka.http.javadsl.model.HttpResponse;
import akka.util.ByteString;
import dev.switchboard.node.directory.Directory;
import dev.switchboard.node.directory.Secrets;
import dev.switchboard.node.health.KeyChecks;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.ApiError;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import dev.switchboard.node.http.Json;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code /api/keys} (contract.md §4, behaviour.md §9). */
public final class KeyEndpoints {
    private static final List<String> NEW = List.of("platform", "key", "label", "enabled");
    private static final List<String> PATCH = List.of("label", "enabled", "key");

    private final DirectoryDoor directory;
    private final Supplier<CooldownSnapshot> cooldowns;
    private final KeyChecks checks;
    private final KeyUsage usage;
    private final Clock clock;

    /** Changes go to the directory's owner, checks straight to the providers. */
    public KeyEndpoints(
            Directory directory, Supplier<CooldownSnapshot> cooldowns, KeyChecks checks, KeyUsage usage, Clock clock) {
        this.directory = new DirectoryDoor(directory);
        this.cooldowns = cooldowns;
        this.checks = checks;
        this.usage = usage;
        this.clock = clock;
    }

    private record Row(
            String id,
            String platform,
            String label,
            String maskedKey,
            KeyStatus status,
            @Nullable String statusReason,
            boolean enabled,
            Instant createdAt,
            @Nullable Instant lastCheckedAt,
            KeyUsage.Use usage) {}

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get("/api/keys", Access.ADMIN, exchange -> rows(200)),
                Endpoint.post("/api/keys", Access.ADMIN, this::add),
                Endpoint.post("/api/keys/check", Access.ADMIN, this::checkAll),
                new Endpoint("PATCH", "/api/keys/{id}", Access.ADMIN, this::change),
                new Endpoint("DELETE", "/api/keys/{id}", Access.ADMIN, this::remove),
                Endpoint.post("/api/keys/{id}/check", Access.ADMIN, this::check));
    }

    private CompletionStage<HttpResponse> rows(int status) {
        Collection<ProviderKey> keys = directory.snapshot().keys().values();
        Set<PlatformId> platforms = keys.stream().map(ProviderKey::platform).collect(Collectors.toSet());
        return usage.of(platforms)
                .thenApplyAsync(
                        used -> Json.response(
                                status,
                                keys.stream()
                                        .map(key -> row(key, used.getOrDefault(key.id(), KeyUsage.Use.NONE)))
                                        .toList()),
                        Runnable::run);
    }

    /** The key as the directory has it now; {@code known} where it has not arrived here yet. */
    private CompletionStage<HttpResponse> row(int status, ProviderKey known) {
        ProviderKey key = directory.snapshot().keys().getOrDefault(known.id(), known);
        return usage.of(Set.of(key.platform()))
                .thenApplyAsync(
                        used -> Json.response(status, row(key, used.getOrDefault(key.id(), KeyUsage.Use.NONE))),
                        Runnable::run);
    }

    private Row row(ProviderKey key, KeyUsage.Use used) {
        Instant until = rateLimitedUntil(key);
        return new Row(
                key.id().value(),
                key.platform().value(),
                key.label(),
                key.masked(),
                until == null ? key.status() : KeyStatus.RATE_LIMITED,
                until == null ? key.statusReason() : "rate limited by the provider until " + until,
                key.enabled(),
                key.createdAt(),
                checks.lastCheck(key),
                used);
    }

    private @Nullable Instant rateLimitedUntil(ProviderKey key) {
        CooldownSnapshot.KeyState state = cooldowns.get().keys().get(key.id());
        if (state == null || key.status() == KeyStatus.INVALID || key.status() == KeyStatus.ERROR) {
            return null;
        }
        boolean waits =
                state.reason() == FailureKind.RATE_LIMITED && clock.instant().isBefore(state.until());
        return waits ? state.until() : null;
    }

    private CompletionStage<HttpResponse> add(Exchange exchange) {
        return exchange.body().thenComposeAsync(this::add, Runnable::run);
    }

    private CompletionStage<HttpResponse> add(ByteString bytes) {
        Body body = Body.of(bytes, NEW);
        PlatformId id = body.platform("platform");
        String secret = body.required("key");
        Platform platform = directory.snapshot().platform(id);
        if (platform == null) {
            throw body.problem("platform", "is unknown: " + id);
        }
        requireGood(body, secret, platform);
        String label = body.textOr("label", "");
        boolean enabled = body.flagOr("enabled", true);
        String shown =
                label.isEmpty() ? "key " + (directory.snapshot().keysOf(id).size() + 1) : label;
        ProviderKey key = switched(directory.directory().secrets().newKey(id, secret, shown, clock.instant()), enabled);
        return directory.change(new DirectoryChange.AddKey(key)).thenComposeAsync(done -> row(201, key), Runnable::run);
    }

    private static void requireGood(Body body, String secret, Platform platform) {
        String problem = Secrets.problemWith(secret, platform.adapter());
        if (problem != null) {
            throw body.problem("key", problem);
        }
    }

    static ProviderKey switched(ProviderKey key, boolean enabled) {
        return new ProviderKey(
                key.id(),
                key.platform(),
                key.label(),
                key.cipherText(),
                key.fingerprint(),
                key.masked(),
                enabled,
                key.status(),
                key.statusReason(),
                key.createdAt(),
                key.lastCheckedAt());
    }

    private CompletionStage<HttpResponse> change(Exchange exchange) {
        ProviderKey key = known(exchange);
        return exchange.body().thenComposeAsync(bytes -> change(key, bytes), Runnable::run);
    }

    private CompletionStage<HttpResponse> change(ProviderKey key, ByteString bytes) {
        Body body = Body.of(bytes, PATCH);
        String secret = body.has("key") ? body.required("key") : null;
        Platform platform = directory.snapshot().platform(key.platform());
        if (secret != null && platform != null) {
            requireGood(body, secret, platform);
        }
        DirectoryChange.PatchKey patch =
                directory.directory().secrets().patchKey(key.id(), body.text("label"), body.flag("enabled"), secret);
        return directory.change(patch).thenComposeAsync(done -> row(200, key), Runnable::run);
    }

    private CompletionStage<HttpResponse> remove(Exchange exchange) {
        return directory
                .change(new DirectoryChange.RemoveKey(known(exchange).id()))
                .thenApplyAsync(done -> HttpResponse.create().withStatus(204), Runnable::run);
    }

    private CompletionStage<HttpResponse> check(Exchange exchange) {
        ProviderKey key = known(exchange);
        return DirectoryDoor.accepted(checks.check(key, "admin"))
                .thenComposeAsync(done -> row(200, key), Runnable::run);
    }

    private CompletionStage<HttpResponse> checkAll(Exchange exchange) {
        List<ProviderKey> enabled = directory.snapshot().keys().values().stream()
                .filter(ProviderKey::enabled)
                .toList();
        return checks.checkAll(enabled, "admin").thenComposeAsync(done -> rows(200), Runnable::run);
    }

    private ProviderKey known(Exchange exchange) {
        String id = exchange.param("id");
        ProviderKey key = id.isBlank() ? null : directory.snapshot().keys().get(new KeyId(id));
        if (key == null) {
            throw ApiError.notFound("No key " + id, "key_not_found");
        }
        return key;
    }
}
