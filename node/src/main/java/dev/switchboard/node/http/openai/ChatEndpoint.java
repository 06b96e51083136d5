package dev.switchboard.node.http.openai;

import akka.http.javadsl.model.HttpResponse;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.dialect.ChatRendering;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.DialectDoor;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** {@code POST /v1/chat/completions}: JSON and server-sent events (contract.md §3). */
public final class ChatEndpoint {
    private final DialectDoor door;

    /** Serves through {@code door}. */
    public ChatEndpoint(DialectDoor door) {
        this.door = door;
    }

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.post("/v1/chat/completions", Access.API, this::chat));
    }

    private CompletionStage<HttpResponse> chat(Exchange exchange) {
        return exchange.body()
                .thenComposeAsync(
                        body -> door.serve(
                                exchange, DialectDoor.checked(() -> ChatRequest.parse(body)), ChatRendering.INSTANCE),
                        Runnable::run);
    }
}
