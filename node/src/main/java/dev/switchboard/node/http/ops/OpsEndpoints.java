package dev.switchboard.node.http.ops;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.util.ByteString;
import dev.switchboard.node.cluster.Readiness;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import dev.switchboard.node.http.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Liveness, readiness and metrics: no key (contract.md §5). */
public final class OpsEndpoints {
    private static final List<String> LIVE = List.of("/livez", "/healthz", "/health", "/health/liveness");
    private static final List<String> READY = List.of("/readyz", "/health/readiness");

    private final Readiness readiness;
    private final Supplier<String> metrics;

    /** {@code metrics} renders the Prometheus text format. */
    public OpsEndpoints(Readiness readiness, Supplier<String> metrics) {
        this.readiness = readiness;
        this.metrics = metrics;
    }

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        List<Endpoint> endpoints = new ArrayList<>();
        LIVE.forEach(path -> endpoints.add(Endpoint.get(path, Access.OPEN, this::live)));
        READY.forEach(path -> endpoints.add(Endpoint.get(path, Access.OPEN, this::ready)));
        endpoints.add(Endpoint.get("/metrics", Access.OPEN, this::metrics));
        return endpoints;
    }

    private CompletionStage<HttpResponse> live(Exchange exchange) {
        return CompletableFuture.completedStage(Json.response(200, Map.of("status", "ok")));
    }

    private CompletionStage<HttpResponse> ready(Exchange exchange) {
        List<String> reasons = readiness.reasons();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", reasons.isEmpty() ? "ready" : "not ready");
        body.put("reasons", reasons);
        HttpResponse response = Json.response(reasons.isEmpty() ? 200 : 503, body);
        return CompletableFuture.completedStage(
                reasons.isEmpty() ? response : response.addHeader(RawHeader.create("Retry-After", "1")));
    }

    private CompletionStage<HttpResponse> metrics(Exchange exchange) {
        return CompletableFuture.completedStage(HttpResponse.create()
                .withEntity(HttpEntities.create(
                        ContentTypes.parse("text/plain; version=0.0.4; charset=UTF-8"),
                        ByteString.fromString(metrics.get()))));
    }
}
