package dev.switchboard.node.http.openai;

import akka.Done;
import akka.http.javadsl.model.HttpResponse;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.dialect.Fields;
import dev.switchboard.node.dialect.responses.InputItemList;
import dev.switchboard.node.dialect.responses.Kept;
import dev.switchboard.node.dialect.responses.ResponseIds;
import dev.switchboard.node.dialect.responses.ResponsesRendering;
import dev.switchboard.node.dialect.responses.ResponsesRequest;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.ApiError;
import dev.switchboard.node.http.DialectDoor;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import dev.switchboard.node.http.Json;
import dev.switchboard.node.memory.ResponseMemory;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** {@code /v1/responses}: answers, and what is remembered of them (contract.md §3). */
public final class ResponsesEndpoint {
    private static final int DEFAULT_ITEMS = 20;
    private static final int MOST_ITEMS = 100;

    private final DialectDoor door;
    private final ResponseMemory memory;
    private final Clock clock;

    /** Serves through {@code door}, remembers in {@code memory}. */
    public ResponsesEndpoint(DialectDoor door, ResponseMemory memory, Clock clock) {
        this.door = door;
        this.memory = memory;
        this.clock = clock;
    }

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.post("/v1/responses", Access.API, this::create),
                Endpoint.post("/v1/responses/input_tokens", Access.API, this::count),
                Endpoint.get("/v1/responses/{id}", Access.API, this::read),
                Endpoint.get("/v1/responses/{id}/input_items", Access.API, this::inputItems),
                new Endpoint("DELETE", "/v1/responses/{id}", Access.API, this::delete));
    }

    private CompletionStage<HttpResponse> create(Exchange exchange) {
        return exchange.body().thenComposeAsync(body -> create(exchange, body), Runnable::run);
    }

    private CompletionStage<HttpResponse> create(Exchange exchange, ByteString body) {
        ObjectNode source = DialectDoor.checked(() -> Fields.body(body));
        return needed(exchange, source).thenComposeAsync(all -> serve(exchange, source, all), Runnable::run);
    }

    /** The estimate that routing uses; counts without asking a model. */
    private CompletionStage<HttpResponse> count(Exchange exchange) {
        return exchange.body()
                .thenComposeAsync(
                        body -> {
                            ObjectNode source = DialectDoor.checked(() -> Fields.body(body));
                            return needed(exchange, source).thenApplyAsync(all -> counted(source, all), Runnable::run);
                        },
                        Runnable::run);
    }

    private static HttpResponse counted(ObjectNode source, Map<String, Kept> kept) {
        ResponsesRequest.Translated request = DialectDoor.checked(() -> ResponsesRequest.translate(source, kept));
        Map<String, Object> body = Map.of(
                "object",
                "response.input_tokens",
                "input_tokens",
                request.chat().promptTokens());
        return Json.response(200, body);
    }

    private CompletionStage<Map<String, Kept>> needed(Exchange exchange, ObjectNode source) {
        CompletionStage<Map<String, Kept>> kept = CompletableFuture.completedStage(new HashMap<>());
        for (String id : DialectDoor.checked(() -> ResponsesRequest.needs(source))) {
            kept = kept.thenCombineAsync(
                    find(id, exchange),
                    (all, found) -> {
                        found.ifPresent(one -> all.put(id, one));
                        return all;
                    },
                    Runnable::run);
        }
        return kept;
    }

    private CompletionStage<HttpResponse> serve(Exchange exchange, ObjectNode source, Map<String, Kept> kept) {
        ResponsesRequest.Translated request = DialectDoor.checked(() -> ResponsesRequest.translate(source, kept));
        String seed = UUID.randomUUID().toString().replace("-", "");
        ResponsesRendering rendering = new ResponsesRendering(
                source,
                seed,
                clock.instant().getEpochSecond(),
                request.messages(),
                answer -> request.store()
                        ? memory.keep(
                                ResponseIds.response(seed),
                                exchange.caller(),
                                answer.bytes().utf8String(),
                                exchange.requestId())
                        : CompletableFuture.completedStage(Done.getInstance()));
        return door.serve(exchange, request.chat(), rendering, request.names());
    }

    private CompletionStage<Optional<Kept>> find(String id, Exchange exchange) {
        return memory.find(id, exchange.caller())
                .handleAsync(
                        (body, failure) -> {
                            if (failure != null) {
                                throw away();
                            }
                            return body.map(text -> Kept.read(ByteString.fromString(text)));
                        },
                        Runnable::run);
    }

    private static ApiError away() {
        return ApiError.overloaded("The memory of responses does not answer; try again.", 2);
    }

    private static ApiError unknown(String id) {
        return ApiError.notFound("Response with id '" + id + "' not found.", "response_not_found");
    }

    private CompletionStage<HttpResponse> read(Exchange exchange) {
        String id = exchange.param("id");
        return find(id, exchange)
                .thenApplyAsync(
                        kept -> Json.response(
                                200, kept.orElseThrow(() -> unknown(id)).response()),
                        Runnable::run);
    }

    private CompletionStage<HttpResponse> inputItems(Exchange exchange) {
        String id = exchange.param("id");
        int limit = exchange.queryNumber("limit", DEFAULT_ITEMS, 1, MOST_ITEMS);
        String order = exchange.query("order").orElse("desc");
        if (!order.equals("asc") && !order.equals("desc")) {
            throw ApiError.invalid("'order' must be asc or desc", "order", "invalid_value");
        }
        String after = exchange.query("after").orElse(null);
        return find(id, exchange)
                .thenApplyAsync(
                        kept -> Json.response(
                                200,
                                InputItemList.page(
                                        kept.orElseThrow(() -> unknown(id)), after, limit, order.equals("asc"))),
                        Runnable::run);
    }

    private CompletionStage<HttpResponse> delete(Exchange exchange) {
        String id = exchange.param("id");
        return memory.forget(id, exchange.caller())
                .handleAsync(
                        (found, failure) -> {
                            if (failure != null) {
                                throw away();
                            }
                            if (!found) {
                                throw unknown(id);
                            }
                            Map<String, Object> body = Map.of("id", id, "object", "response", "deleted", true);
                            return Json.response(200, body);
                        },
                        Runnable::run);
    }
}
