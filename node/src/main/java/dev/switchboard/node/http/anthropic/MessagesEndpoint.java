package dev.switchboard.node.http.anthropic;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.chat.InvalidRequest;
import dev.switchboard.node.dialect.Fields;
import dev.switchboard.node.dialect.anthropic.MessagesRendering;
import dev.switchboard.node.dialect.anthropic.MessagesRequest;
import dev.switchboard.node.dialect.anthropic.ModelNames;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.DialectDoor;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import dev.switchboard.node.http.Json;
import dev.switchboard.node.turn.Targets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** {@code POST /v1/messages} and {@code /v1/messages/count_tokens} (contract.md §3). */
public final class MessagesEndpoint {
    private final DialectDoor door;

    /** Serves through {@code door}. */
    public MessagesEndpoint(DialectDoor door) {
        this.door = door;
    }

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.post("/v1/messages", Access.API, this::messages),
                Endpoint.post("/v1/messages/count_tokens", Access.API, this::count));
    }

    private CompletionStage<HttpResponse> messages(Exchange exchange) {
        return exchange.body()
                .thenComposeAsync(body -> answer(exchange, body), Runnable::run)
                .thenApplyAsync(
                        response -> response.addHeader(RawHeader.create("request-id", exchange.requestId())),
                        Runnable::run);
    }

    private CompletionStage<HttpResponse> answer(Exchange exchange, ByteString body) {
        ObjectNode source = DialectDoor.checked(() -> Fields.body(body));
        MessagesRequest.Translated request =
                DialectDoor.checked(() -> MessagesRequest.translated(source, naming(source)));
        MessagesRendering rendering = new MessagesRendering(
                source.path("model").asText("auto"),
                request.chat().promptTokens(),
                MessagesRequest.hidesThinking(source));
        return door.serve(exchange, request.chat(), rendering, request.names());
    }

    private CompletionStage<HttpResponse> count(Exchange exchange) {
        return exchange.body()
                .thenApplyAsync(
                        body -> {
                            ObjectNode source = DialectDoor.checked(() -> Fields.body(body));
                            ChatRequest chat =
                                    DialectDoor.checked(() -> MessagesRequest.counted(source, naming(source)));
                            return Json.response(200, Map.of("input_tokens", chat.promptTokens()));
                        },
                        Runnable::run);
    }

    /** A name that the directory knows is itself; others go through {@code switchboard.anthropic.models}. */
    private MessagesRequest.Naming naming(ObjectNode source) throws InvalidRequest {
        String name = Fields.optionalText(source, "model", "");
        if (name == null || name.isBlank()) {
            return new MessagesRequest.Naming("auto", false);
        }
        boolean known = Targets.modeOf(name) != null
                || !Targets.find(name, door.directory()).isEmpty();
        String model = known
                ? name
                : ModelNames.map(name, door.settings().anthropic().models()).orElse(name);
        return new MessagesRequest.Naming(model, known && Targets.modeOf(name) == null);
    }
}
