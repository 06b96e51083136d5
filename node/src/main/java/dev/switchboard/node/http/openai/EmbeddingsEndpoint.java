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

/** {@code POST /v1/embeddings}: one named model, on whichever platforms have it (contract.md §3). */
public final class EmbeddingsEndpoint {
    private final DialectDoor door;

    /** Serves through {@code door}. */
    public EmbeddingsEndpoint(DialectDoor door) {
        this.door = door;
    }

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.post("/v1/embeddings", Access.API, this::embed));
    }

    private CompletionStage<HttpResponse> embed(Exchange exchange) {
        return exchange.body()
                .thenComposeAsync(
                        body -> door.serve(
                                exchange,
                                DialectDoor.checked(() -> ChatRequest.embeddings(body)),
                                ChatRendering.INSTANCE),
                        Runnable::run);
    }
}
