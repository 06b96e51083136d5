package dev.switchboard.node.http.admin;

import akka.http.javadsl.model.HttpResponse;
import dev.switchboard.node.cluster.ClusterView;
import dev.switchboard.node.cluster.Peers;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import dev.switchboard.node.http.Json;
import dev.switchboard.protocol.cluster.InFlightRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code /api/ping}, {@code /api/cluster} and {@code /api/in-flight} (contract.md §4). */
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
                Endpoint.get("/api/in-flight", Access.ADMIN, this::inFlight));
    }

    private CompletionStage<HttpResponse> ping(Exchange exchange) {
        return CompletableFuture.completedStage(Json.response(200, Map.of("status", "ok")));
    }

    private CompletionStage<HttpResponse> cluster(Exchange exchange) {
        return view.read().thenApplyAsync(read -> Json.response(200, read), Runnable::run);
    }

    private CompletionStage<HttpResponse> inFlight(Exchange exchange) {
        return peers.inFlight()
                .thenApplyAsync(
                        requests -> Json.response(
                                200, requests.stream().map(InFlightRow::of).toList()),
                        Runnable::run);
    }
}
