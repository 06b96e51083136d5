package dev.switchboard.node.http.openai;

import akka.http.javadsl.model.HttpResponse;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.dialect.Fields;
import dev.switchboard.node.dialect.completions.CompletionsRendering;
import dev.switchboard.node.dialect.completions.CompletionsRequest;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.DialectDoor;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** {@code POST /v1/completions}: prompts answered by chat models (contract.md §3). */
public final class CompletionsEndpoint {
    private final DialectDoor door;

    /** Serves through {@code door}. */
    public CompletionsEndpoint(DialectDoor door) {
        this.door = door;
    }

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.post("/v1/completions", Access.API, this::complete));
    }

    private CompletionStage<HttpResponse> complete(Exchange exchange) {
        return exchange.body().thenComposeAsync(body -> answer(exchange, body), Runnable::run);
    }

    private CompletionStage<HttpResponse> answer(Exchange exchange, ByteString body) {
        ObjectNode source = DialectDoor.checked(() -> Fields.body(body));
        CompletionsRequest.Translated request = DialectDoor.checked(() -> CompletionsRequest.translate(source));
        return door.serve(exchange, request.chat(), new CompletionsRendering(request.echo()), CompletionsRequest.NAMES);
    }
}
