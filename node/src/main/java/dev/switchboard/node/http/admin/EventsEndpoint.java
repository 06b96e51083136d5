package dev.switchboard.node.http.admin;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.RawHeader;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** {@code GET /api/events}: what happens now, as server-sent events (contract.md §4). */
public final class EventsEndpoint {
    private static final ContentType EVENT_STREAM = MediaTypes.customWithOpenCharset(
                    "text", "event-stream", Map.of(), false)
            .toContentType(HttpCharsets.custom("utf-8"));

    private final LiveEvents events;

    /** Streams the events of this node's broadcast. */
    public EventsEndpoint(LiveEvents events) {
        this.events = events;
    }

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.get("/api/events", Access.ADMIN, this::stream));
    }

    private CompletionStage<HttpResponse> stream(Exchange exchange) {
        return CompletableFuture.completedStage(HttpResponse.create()
                .withEntity(HttpEntities.createChunked(
                        EVENT_STREAM, events.listen().takeWhile(event -> exchange.stillIn())))
                .addHeader(RawHeader.create("Cache-Control", "no-cache"))
                .addHeader(RawHeader.create("X-Accel-Buffering", "no")));
    }
}
