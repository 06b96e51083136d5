package dev.switchboard.node.http;

import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.scaladsl.model.HttpEntity.ChunkStreamPart;
import akka.stream.javadsl.Flow;
import dev.switchboard.node.telemetry.RequestTrace;
import dev.switchboard.node.telemetry.Telemetry;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one function from request to response: finds the endpoint, checks the key, runs the handler, and turns every
 * refusal and failure into the error object of contract.md §3.
 */
public final class Gateway {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final int MAX_REQUEST_ID = 256;

    private final RouteTable routes;
    private final Doorkeeper door;
    private final Cors cors;
    private final SecurityHeaders security;
    private final DashboardFiles dashboard;
    private final BodyBudget bodies;
    private final Telemetry telemetry;
    private final ActorSystem<?> system;

    /**
     * Answers by those routes.
     *
     * @param bodies what request bodies may take
     * @param tls whether clients come by TLS
     */
    public Gateway(
            RouteTable routes,
            Doorkeeper door,
            Cors cors,
            DashboardFiles dashboard,
            BodyBudget bodies,
            boolean tls,
            Telemetry telemetry,
            ActorSystem<?> system) {
        this.routes = routes;
        this.door = door;
        this.cors = cors;
        this.dashboard = dashboard;
        this.bodies = bodies;
        this.telemetry = telemetry;
        this.security = new SecurityHeaders(tls);
        this.system = system;
    }

    /** What it answers by. */
    public RouteTable routes() {
        return routes;
    }

    /** Answers a request; the stage never fails. */
    public CompletionStage<HttpResponse> handle(HttpRequest request) {
        String requestId = requestId(request);
        String origin = header(request, "origin");
        String path = request.getAttribute(Exchange.PATH)
                .orElseGet(() -> request.getUri().getPathString());
        boolean secret = path.startsWith("/api/");
        ErrorShape shape = ErrorShape.of(path, request);
        RequestTrace trace = traced(path, request, requestId);
        CompletionStage<HttpResponse> answer;
        try {
            answer = route(path, request, requestId, trace);
        } catch (RuntimeException e) {
            HttpResponse refusal = failed(e, requestId, shape);
            answer = UnreadBody.passOver(request, system).thenApplyAsync(passed -> refusal, Runnable::run);
        }
        return answer.handleAsync(
                (response, failure) -> {
                    HttpResponse done = failure == null ? response : failed(failure, requestId, shape);
                    done = security.decorate(done.addHeader(RawHeader.create("X-Request-Id", requestId)), secret);
                    HttpResponse decorated = cors.decorate(done, origin);
                    return trace.recording() ? ending(decorated, trace) : decorated;
                },
                Runnable::run);
    }

    /** The API for programs is traced; the dashboard's requests and the probes of /metrics would only be noise. */
    private RequestTrace traced(String path, HttpRequest request, String requestId) {
        return path.startsWith("/v1/")
                ? telemetry.begin(request.method().value(), requestId, name -> header(request, name))
                : RequestTrace.NONE;
    }

    /** A stream's request ends with its last byte, every other one with its headers. */
    private static HttpResponse ending(HttpResponse response, RequestTrace trace) {
        int status = response.status().intValue();
        if (!(response.entity() instanceof HttpEntity.Chunked chunked)) {
            trace.ended(status);
            return response;
        }
        return response.withEntity(
                Chunks.of(chunked, Flow.of(ChunkStreamPart.class).watchTermination((notUsed, done) -> {
                    done.whenCompleteAsync((ok, failure) -> trace.ended(status), Runnable::run);
                    return notUsed;
                })));
    }

    private CompletionStage<HttpResponse> route(
            String path, HttpRequest request, String requestId, RequestTrace trace) {
        String method = request.method().value();
        if (method.equals("OPTIONS") && header(request, "Access-Control-Request-Method") != null) {
            return UnreadBody.passOver(request, system).thenApplyAsync(passed -> cors.preflight(), Runnable::run);
        }
        String wanted = method.equals("HEAD") ? "GET" : method;
        RouteTable.Match match = routes.find(wanted, path);
        Endpoint endpoint = match.endpoint();
        if (endpoint == null) {
            return unmatched(request, wanted, path, match);
        }
        trace.route(endpoint.path());
        Caller caller = door.admit(endpoint.access(), request);
        Exchange exchange =
                new Exchange(request, requestId, match.params(), bodies, endpoint.access(), system, caller, trace);
        CompletionStage<HttpResponse> answer;
        try {
            answer = endpoint.handler().handle(exchange);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedStage(e);
        }
        CompletionStage<HttpResponse> answered =
                answer.whenCompleteAsync((ok, failed) -> exchange.answered(), Runnable::run);
        return exchange.bodyTaken() ? answered : behindItsRequest(answered, exchange);
    }

    private CompletionStage<HttpResponse> behindItsRequest(CompletionStage<HttpResponse> answer, Exchange exchange) {
        return answer.handleAsync(
                        (response, failure) -> exchange.bodyTaken()
                                ? answer
                                : UnreadBody.passOver(exchange.request(), system)
                                        .thenComposeAsync(passed -> answer, Runnable::run),
                        Runnable::run)
                .thenComposeAsync(whole -> whole, Runnable::run);
    }

    private CompletionStage<HttpResponse> unmatched(
            HttpRequest request, String method, String path, RouteTable.Match match) {
        boolean api = path.equals("/v1") || path.startsWith("/v1/") || path.equals("/api") || path.startsWith("/api/");
        if (!match.allowed().isEmpty()) {
            throw new ApiError(
                    405,
                    "invalid_request_error",
                    "method_not_allowed",
                    null,
                    request.method().value() + " is not allowed on " + path + "; allowed: "
                            + String.join(", ", match.allowed()),
                    Map.of("Allow", String.join(", ", match.allowed())));
        }
        if (!api && method.equals("GET")) {
            HttpResponse file = dashboard.find(
                    path, header(request, "Accept"), header(request, "If-None-Match"), takesGzip(request));
            if (file != null) {
                return UnreadBody.passOver(request, system).thenApplyAsync(passed -> file, Runnable::run);
            }
        }
        throw ApiError.notFound("Unknown path " + path, "not_found");
    }

    private HttpResponse refused(ApiError error, String requestId, ErrorShape shape) {
        door.answered(error, requestId);
        LOG.atDebug()
                .addKeyValue("requestId", requestId)
                .addKeyValue("status", error.status())
                .addKeyValue("code", error.code())
                .log("request refused");
        return shape.render(error, requestId);
    }

    private HttpResponse failed(Throwable failure, String requestId, ErrorShape shape) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof ApiError error) {
            return refused(error, requestId, shape);
        }
        ApiError passing = passing(
                cause, CoordinatedShutdown.get(system).getShutdownReason().isPresent());
        if (passing != null) {
            LOG.atWarn().addKeyValue("requestId", requestId).setCause(cause).log("request not answered");
            return refused(passing, requestId, shape);
        }
        LOG.atError().addKeyValue("requestId", requestId).setCause(cause).log("request failed");
        return shape.render(ApiError.internal(requestId), requestId);
    }

    /**
     * What to answer where nothing is wrong with the program: the node that owns a part did not answer in time, as while
     * it hangs or the part moves, or this node ends; null otherwise.
     */
    static @Nullable ApiError passing(Throwable cause, boolean ending) {
        if (ending) {
            return ApiError.overloaded("This node is going away. Ask another one, or again when it is back.", 1);
        }
        return cause instanceof TimeoutException
                ? ApiError.overloaded("A part of the cluster did not answer in time. It may be moving; try again.", 1)
                : null;
    }

    private static boolean takesGzip(HttpRequest request) {
        String accepted = header(request, "Accept-Encoding");
        return accepted != null && accepted.contains("gzip");
    }

    private static @Nullable String header(HttpRequest request, String name) {
        return request.getHeader(name).map(HttpHeader::value).orElse(null);
    }

    private static String requestId(HttpRequest request) {
        String given = header(request, "x-request-id");
        if (given != null
                && !given.isBlank()
                && given.length() <= MAX_REQUEST_ID
                && given.chars().allMatch(c -> c >= 32 && c < 127)) {
            return given;
        }
        return newRequestId();
    }

    static String newRequestId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return "req-" + Long.toHexString(random.nextLong() | Long.MIN_VALUE) + Integer.toHexString(random.nextInt());
    }
}
