package dev.switchboard.node.http;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.AttributeKey;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.stream.javadsl.Flow;
import akka.util.ByteString;
import dev.switchboard.node.socket.EventLoops;
import dev.switchboard.node.telemetry.RequestTrace;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One request with what the server knows about it. */
public final class Exchange {
    /** Set on every request by the server: the connection it came on. */
    static final AttributeKey<ClientLink> CLIENT_LINK = AttributeKey.create("client-link", ClientLink.class);

    /** Set where it is known already: the path, which Akka HTTP would put together anew from its segments. */
    static final AttributeKey<String> PATH = AttributeKey.create("path", String.class);

    private static final long BODY_TIMEOUT_MS = 60_000;

    /** What reads a larger one would keep other connections of its thread waiting. */
    private static final int SMALL_BODY_BYTES = 64 << 10;

    private final HttpRequest request;
    private final String requestId;
    private final Map<String, String> params;
    private final BodyBudget budget;
    private final BodyBudget.Share share;
    private final Access access;
    private final ActorSystem<?> system;
    private final Caller caller;
    private final RequestTrace trace;
    private volatile boolean handedOn;
    private volatile boolean bodyTaken;

    Exchange(
            HttpRequest request,
            String requestId,
            Map<String, String> params,
            BodyBudget budget,
            Access access,
            ActorSystem<?> system,
            Caller caller,
            RequestTrace trace) {
        this.request = request;
        this.requestId = requestId;
        this.params = params;
        this.budget = budget;
        this.share = budget.share();
        this.access = access;
        this.system = system;
        this.caller = caller;
        this.trace = trace;
    }

    /** The request as it came. */
    public HttpRequest request() {
        return request;
    }

    /** The request's id: the caller's own, or a new one. */
    public String requestId() {
        return requestId;
    }

    /** The trace of the request. */
    public RequestTrace trace() {
        return trace;
    }

    /** Tells callers apart by their key, without holding it. */
    public String caller() {
        return caller.scope();
    }

    /** What the caller's API key may do; null for no restriction. */
    public @Nullable ApiKeyGrant grant() {
        return caller.grant();
    }

    /** Whether the caller would still be let in; for answers that last. */
    public boolean stillIn() {
        return caller.stillIn().getAsBoolean();
    }

    /** A path parameter of the endpoint's template. */
    public String param(String name) {
        String value = params.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no path parameter " + name);
        }
        return value;
    }

    /** A query parameter. */
    public Optional<String> query(String name) {
        return request.getUri().query().get(name);
    }

    /** A query parameter that is a whole number in a range; 400 where it is not. */
    public int queryNumber(String name, int fallback, int min, int max) {
        Optional<String> text = query(name);
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            int value = Integer.parseInt(text.get());
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw ApiError.invalid(name + " must be a whole number", name);
        }
        throw ApiError.invalid(name + " must be between " + min + " and " + max, name);
    }

    /** A query parameter that is true or false, false where it is left out; 400 for anything else. */
    public boolean queryFlag(String name) {
        String text = query(name).orElse("false");
        if (!text.equals("true") && !text.equals("false")) {
            throw ApiError.invalid(name + " must be true or false", name);
        }
        return text.equals("true");
    }

    /** A header's value, by any spelling of its name. */
    public @Nullable String header(String name) {
        return request.getHeader(name).map(HttpHeader::value).orElse(null);
    }

    /** The connection of the client. */
    public ClientLink client() {
        return request.getAttribute(CLIENT_LINK).orElseGet(() -> new ClientLink(null));
    }

    /**
     * The whole body; fails with 413 above the limit and with 503 where all bodies together leave no room for it, before
     * reading where the length is declared.
     */
    public CompletionStage<ByteString> body() {
        return body(budget.each());
    }

    /** The same with a limit of its own in bytes, for whoever has shown no key yet. */
    public CompletionStage<ByteString> body(long limit) {
        String encoding = header("content-encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            return CompletableFuture.failedStage(ApiError.invalid(
                    "A request body in Content-Encoding '" + encoding + "' is not read here; send it as it is",
                    "Content-Encoding",
                    "unsupported_content_encoding"));
        }
        long most = Math.min(limit, budget.each());
        if (request.entity() instanceof HttpEntity.Strict strict) {
            return strict.getData().size() > most
                    ? CompletableFuture.failedStage(tooLarge(most))
                    : hold(strict.getData().size())
                            ? whereItMayTakeLong(strict.getData())
                            : CompletableFuture.failedStage(noRoom());
        }
        OptionalLong declared = request.entity().getContentLengthOption();
        ApiError refusal = declared.orElse(0) > most ? tooLarge(most) : hold(declared.orElse(0)) ? null : noRoom();
        if (refusal != null) {
            return CompletableFuture.failedStage(refusal);
        }
        bodyTaken = true;
        BodyMeter meter = new BodyMeter(most, this::holdMore);
        return (declared.isPresent() ? request.entity().withSizeLimit(most) : metered(meter))
                .toStrict(BODY_TIMEOUT_MS, system)
                .handleAsync(
                        (strict, failure) -> {
                            if (meter.isExceeded()) {
                                throw tooLarge(most);
                            }
                            if (failure == null) {
                                return strict.getData();
                            }
                            Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                                    ? failure.getCause()
                                    : failure;
                            if (cause instanceof ApiError refused) {
                                throw refused;
                            }
                            throw ApiError.invalid("The body could not be read whole.", null);
                        },
                        Runnable::run)
                .thenComposeAsync(this::whereItMayTakeLong, Runnable::run);
    }

    private CompletionStage<ByteString> whereItMayTakeLong(ByteString body) {
        return body.size() <= SMALL_BODY_BYTES
                ? CompletableFuture.completedStage(body)
                : EventLoops.of(system).aside(body);
    }

    /** A body of unknown length takes its room as it arrives. */
    private HttpEntity metered(BodyMeter meter) {
        return request.transformEntityDataBytes(Flow.fromGraph(meter)).entity().withoutSizeLimit();
    }

    /** Counts what a request takes beside its bytes; throws a 503 where there is no room. */
    void holdMore(long bytes) {
        if (!hold(bytes)) {
            throw noRoom();
        }
    }

    private boolean hold(long bytes) {
        return access == Access.ADMIN ? share.force(bytes) : share.grow(bytes);
    }

    /** The body outlives its handler: whoever it is handed on to runs this when it is done with it. */
    Runnable handOn() {
        handedOn = true;
        return share::release;
    }

    /** Whether somebody reads the body, or it is at hand whole. */
    boolean bodyTaken() {
        return bodyTaken || request.entity() instanceof HttpEntity.Strict;
    }

    /** The handler has answered: the body is no longer needed, unless it was handed on. */
    void answered() {
        if (!handedOn) {
            share.release();
        }
    }

    private static ApiError noRoom() {
        return ApiError.overloaded("This node holds as many request bodies as it has memory for; try again.", 1);
    }

    private static ApiError tooLarge(long most) {
        return new ApiError(
                413,
                "invalid_request_error",
                "request_too_large",
                null,
                "The body is larger than " + most + " bytes.",
                Map.of());
    }
}
