package dev.switchboard.node.http.admin;

import akka.http.javadsl.model.HttpResponse;
import dev.switchboard.node.cluster.ClusterView;
import dev.switchboard.node.cluster.Peers;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.ApiError;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import dev.switchboard.node.http.Json;
import dev.switchboard.protocol.cluster.InFlightRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/ping}, {@code /api/cluster} and {@code /api/in-flight} (contract.md §4); having a member leave, or counting
 * it as lost, needs its address once more in the body.
 */
public final class ClusterEndpoints {
    private final ClusterView view;
    private final Peers peers;

    /** Reads the whole cluster. */
    public ClusterEndpoints(ClusterView view, Peers peers) {
        this.view = view;
        this.peers = peers;
    }

    private record InFlightRow(
            String requestId,
            @Nullable String platform,
            @Nullable String model,
            String sessionKey,
            String node,
            Instant startedAt,
            boolean stream,
            long chunks) {
        static InFlightRow of(InFlightRequest request) {
            return new InFlightRow(
                    request.requestId(),
                    request.model() == null ? null : request.model().platform().value(),
                    request.model() == null ? null : request.model().id(),
                    request.session().value(),
                    request.node(),
                    request.startedAt(),
                    request.stream(),
                    request.chunks());
        }
    }

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get("/api/ping", Access.OPEN, this::ping),
                Endpoint.get("/api/cluster", Access.ADMIN, this::cluster),
                Endpoint.get("/api/in-flight", Access.ADMIN, this::inFlight),
                Endpoint.post("/api/cluster/members/{address}/leave", Access.ADMIN, this::leave),
                Endpoint.post("/api/cluster/members/{address}/down", Access.ADMIN, this::down));
    }

    private CompletionStage<HttpResponse> ping(Exchange exchange) {
        return CompletableFuture.completedStage(Json.response(200, Map.of("status", "ok")));
    }

    private CompletionStage<HttpResponse> cluster(Exchange exchange) {
        return view.read().thenApplyAsync(read -> Json.response(200, read), Runnable::run);
    }

    private CompletionStage<HttpResponse> leave(Exchange exchange) {
        return change(exchange, "leaving", view.control()::leave);
    }

    private CompletionStage<HttpResponse> down(Exchange exchange) {
        return change(exchange, "down", view.control()::down);
    }

    /** Answers 202: what was begun shows in {@code /api/cluster} as it goes on. */
    private CompletionStage<HttpResponse> change(Exchange exchange, String status, Predicate<String> begin) {
        String name = exchange.param("address");
        return exchange.body()
                .thenApplyAsync(
                        body -> {
                            String address = view.control().find(name).orElseThrow(() -> unknown(name));
                            String confirm = body.isEmpty()
                                    ? ""
                                    : Json.object(body).path("confirm").asText("");
                            requireConfirmation(confirm, name, address);
                            if (!begin.test(address)) {
                                throw unknown(name);
                            }
                            return Json.response(202, Map.of("address", address, "status", status));
                        },
                        Runnable::run);
    }

    private static void requireConfirmation(String given, String name, String address) {
        if (!given.equals(address) && !given.equals(name)) {
            throw ApiError.invalid("'confirm' must repeat the member's address, " + address + ".", "confirm");
        }
    }

    private static ApiError unknown(String name) {
        return ApiError.notFound("The cluster has no member " + name + ".", "not_found");
    }

    private CompletionStage<HttpResponse> inFlight(Exchange exchange) {
        return peers.inFlight()
                .thenApplyAsync(
                        requests -> Json.response(
                                200, requests.stream().map(InFlightRow::of).toList()),
                        Runnable::run);
    }
}
