package dev.switchboard.node.http.admin;

import akka.http.javadsl.model.HttpResponse;
import akka.util.ByteString;
import dev.switchboard.node.directory.Directory;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.ApiError;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import dev.switchboard.node.http.Json;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.upstream.Upstream;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectoryChange.PatchPlatform;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.domain.ProtectionLevel;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /api/platforms}, custom ones included, and what models a provider has (contract.md §4). */
public final class PlatformEndpoints {
    private static final List<String> PATCH =
            List.of("name", "adapter", "baseUrl", "enabled", "responseTimeout", "shared");
    static final List<String> NEW =
            List.of("id", "name", "adapter", "baseUrl", "enabled", "keyless", "responseTimeout", "keyPage", "shared");
    private static final List<String> LIMITS = List.of("rpm", "rpd", "tpm", "tpd", "concurrent");

    private final DirectoryDoor directory;
    private final Supplier<Settings> settings;
    private final UpstreamAddress addresses;
    private final Upstream upstream;
    private final Function<ProviderKey, @Nullable String> secret;

    /** {@code secret} is the decrypted secret of a key; null where it cannot be read. */
    public PlatformEndpoints(
            Directory directory,
            Supplier<Settings> settings,
            UpstreamAddress addresses,
            Upstream upstream,
            Function<ProviderKey, @Nullable String> secret) {
        this.directory = new DirectoryDoor(directory);
        this.settings = settings;
        this.addresses = addresses;
        this.upstream = upstream;
        this.secret = secret;
    }

    private record Row(
            String id,
            String name,
            AdapterKind adapter,
            String baseUrl,
            Origin origin,
            boolean custom,
            boolean enabled,
            boolean keyless,
            @Nullable String responseTimeout,
            @Nullable String keyPage,
            Limits shared,
            ProtectionLevel protection,
            int keyCount,
            long modelCount) {}

    private record Discovered(String id, boolean known) {}

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get("/api/platforms", Access.ADMIN, this::list),
                Endpoint.post("/api/platforms", Access.ADMIN, this::add),
                new Endpoint("PATCH", "/api/platforms/{id}", Access.ADMIN, this::change),
                new Endpoint("DELETE", "/api/platforms/{id}", Access.ADMIN, this::remove),
                Endpoint.post("/api/platforms/{id}/discover", Access.ADMIN, this::discover));
    }

    private CompletionStage<HttpResponse> list(Exchange exchange) {
        DirectorySnapshot snapshot = directory.snapshot();
        return CompletableFuture.completedStage(Json.response(
                200,
                snapshot.platforms().values().stream()
                        .map(platform -> row(platform, snapshot))
                        .toList()));
    }

    private Row row(Platform platform, DirectorySnapshot snapshot) {
        PlatformId id = platform.id();
        return new Row(
                id.value(),
                platform.name(),
                platform.adapter(),
                platform.baseUrl(),
                platform.origin(),
                platform.origin() != Origin.BUILTIN,
                platform.enabled(),
                platform.keyless(),
                Body.text(platform.responseTimeout()),
                platform.keyPage(),
                platform.shared(),
                settings.get().protection().getOrDefault(id.value(), ProtectionLevel.MODEL_SKIP),
                snapshot.keysOf(id).size(),
                snapshot.models().stream()
                        .filter(model -> model.ref().platform().equals(id))
                        .count());
    }

    private HttpResponse answer(int status, PlatformId id) {
        DirectorySnapshot snapshot = directory.snapshot();
        Platform platform = snapshot.platform(id);
        if (platform == null) {
            throw DirectoryDoor.ownerAway();
        }
        return Json.response(status, row(platform, snapshot));
    }

    private CompletionStage<HttpResponse> add(Exchange exchange) {
        return exchange.body().thenComposeAsync(this::add, Runnable::run);
    }

    private CompletionStage<HttpResponse> add(ByteString bytes) {
        Body body = Body.of(bytes, NEW);
        Platform platform = newPlatform(body);
        return allowed(body, platform.baseUrl())
                .thenComposeAsync(ok -> directory.change(new DirectoryChange.AddPlatform(platform)), Runnable::run)
                .thenApplyAsync(done -> answer(201, platform.id()), Runnable::run);
    }

    /** A platform of one's own, as {@code POST /api/platforms} takes it; its address is not looked up here. */
    static Platform newPlatform(Body body) {
        PlatformId id = body.platform("id");
        AdapterKind adapter = adapter(body);
        Limits shared = shared(body, Limits.NONE);
        return new Platform(
                id,
                body.textOr("name", id.value()),
                adapter == null ? AdapterKind.OPENAI : adapter,
                body.required("baseUrl"),
                Origin.CUSTOM,
                body.flagOr("enabled", true),
                body.flagOr("keyless", false),
                body.time("responseTimeout"),
                Map.of(),
                Quirks.NONE,
                shared == null ? Limits.NONE : shared,
                keyPage(body));
    }

    private CompletionStage<HttpResponse> change(Exchange exchange) {
        Platform platform = known(exchange);
        return exchange.body().thenComposeAsync(bytes -> change(platform, bytes), Runnable::run);
    }

    private CompletionStage<HttpResponse> change(Platform platform, ByteString bytes) {
        Body body = Body.of(bytes, PATCH);
        String url = body.has("baseUrl") ? body.required("baseUrl") : null;
        PatchPlatform patch = new PatchPlatform(
                platform.id(),
                body.text("name"),
                adapter(body),
                url,
                body.flag("enabled"),
                timeout(body),
                shared(body, platform.shared()));
        CompletionStage<Boolean> allowed = url == null ? CompletableFuture.completedStage(true) : allowed(body, url);
        return allowed.thenComposeAsync(ok -> directory.change(patch), Runnable::run)
                .thenApplyAsync(done -> answer(200, platform.id()), Runnable::run);
    }

    private CompletionStage<HttpResponse> remove(Exchange exchange) {
        return directory
                .change(new DirectoryChange.RemovePlatform(known(exchange).id()))
                .thenApplyAsync(done -> HttpResponse.create().withStatus(204), Runnable::run);
    }

    private CompletionStage<HttpResponse> discover(Exchange exchange) {
        Platform platform = known(exchange);
        String opened = anySecret(platform);
        CompletionStage<List<String>> asked;
        try {
            asked = upstream.models(platform, opened);
        } catch (RuntimeException e) {
            throw ApiError.invalid("The models of this kind of platform cannot be listed.", "adapter");
        }
        return asked.handleAsync(
                (ids, failure) -> {
                    if (failure != null) {
                        throw listFailed(platform, failure);
                    }
                    return Json.response(
                            200,
                            ids.stream()
                                    .distinct()
                                    .map(id -> new Discovered(
                                            id, directory.snapshot().model(new ModelRef(platform.id(), id)) != null))
                                    .toList());
                },
                Runnable::run);
    }

    private String anySecret(Platform platform) {
        for (ProviderKey key : directory.snapshot().keysOf(platform.id())) {
            String opened = key.enabled() ? secret.apply(key) : null;
            if (opened != null) {
                return opened;
            }
        }
        if (platform.keyless()) {
            return "";
        }
        throw ApiError.conflict("Add a key to " + platform.id() + " first: its models are listed with it.", "key");
    }

    private static ApiError listFailed(Platform platform, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return new ApiError(
                502,
                "provider_error",
                null,
                null,
                "The models of " + platform.id() + " could not be listed: " + cause.getMessage(),
                Map.of());
    }

    private CompletionStage<Boolean> allowed(Body body, String url) {
        return allowed(addresses, body, url);
    }

    /** Fails with a 400 where the address is one that is not called. */
    static CompletionStage<Boolean> allowed(UpstreamAddress addresses, Body body, String url) {
        return addresses
                .problem(url)
                .thenApplyAsync(
                        problem -> {
                            if (problem != null) {
                                throw body.problem("baseUrl", problem);
                            }
                            return true;
                        },
                        Runnable::run);
    }

    private static @Nullable Duration timeout(Body body) {
        Duration given = body.time("responseTimeout");
        return given == null && body.has("responseTimeout") ? PatchPlatform.NO_TIMEOUT : given;
    }

    private static @Nullable AdapterKind adapter(Body body) {
        String text = body.text("adapter");
        if (text == null) {
            return null;
        }
        for (AdapterKind kind : AdapterKind.values()) {
            if (kind.wire().equals(text.toLowerCase(Locale.ROOT))) {
                return kind;
            }
        }
        throw body.problem("adapter", "must be openai, google, cohere or cloudflare");
    }

    private static @Nullable Limits shared(Body body, Limits inForce) {
        Body shared = body.object("shared", LIMITS);
        return shared == null ? null : shared.limits(inForce);
    }

    private static @Nullable String keyPage(Body body) {
        String page = body.textOrNone("keyPage");
        if (page != null && !isWebPage(page)) {
            throw body.problem("keyPage", "must be the address of a web page, http:// or https://");
        }
        return page;
    }

    private static boolean isWebPage(String text) {
        try {
            URI page = new URI(text);
            return page.getHost() != null
                    && ("https".equalsIgnoreCase(page.getScheme()) || "http".equalsIgnoreCase(page.getScheme()));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private Platform known(Exchange exchange) {
        String id = exchange.param("id");
        Platform platform = PlatformId.isValid(id) ? directory.snapshot().platform(new PlatformId(id)) : null;
        if (platform == null) {
            throw ApiError.notFound("No platform " + id, "platform_not_found");
        }
        return platform;
    }
}
