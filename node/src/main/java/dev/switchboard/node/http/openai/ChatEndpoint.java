package dev.switchboard.node.http.openai;

import akka.NotUsed;
import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.chat.InvalidRequest;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.ApiError;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import dev.switchboard.node.http.SessionIdentity;
import dev.switchboard.node.relay.ChatFrames;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.turn.Route;
import dev.switchboard.node.turn.Targets;
import dev.switchboard.node.turn.TurnReply;
import dev.switchboard.node.turn.TurnRequest;
import dev.switchboard.node.turn.Turns;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** {@code POST /v1/chat/completions}: JSON and server-sent events (contract.md §3). */
public final class ChatEndpoint {
    private static final ContentType EVENT_STREAM = MediaTypes.customWithOpenCharset(
                    "text", "event-stream", Map.of(), false)
            .toContentType(HttpCharsets.custom("utf-8"));

    private final Turns turns;
    private final Supplier<DirectorySnapshot> directory;
    private final Supplier<Settings> settings;

    /** Reads the directory and the settings in force for every request. */
    public ChatEndpoint(Turns turns, Supplier<DirectorySnapshot> directory, Supplier<Settings> settings) {
        this.turns = turns;
        this.directory = directory;
        this.settings = settings;
    }

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.post("/v1/chat/completions", Access.API, this::chat));
    }

    private CompletionStage<HttpResponse> chat(Exchange exchange) {
        return exchange.body().thenComposeAsync(body -> run(exchange, body), Runnable::run);
    }

    private CompletionStage<HttpResponse> run(Exchange exchange, ByteString body) {
        ChatRequest chat;
        try {
            chat = ChatRequest.parse(body);
        } catch (InvalidRequest e) {
            throw ApiError.invalid(e.text(), e.param(), e.code());
        }
        Targets.Resolved resolved =
                Targets.resolve(chat, directory.get(), settings.get().routing().explicitModelFallback());
        if (resolved instanceof Targets.Refused refused) {
            throw error(refused.refusal());
        }
        Targets.Found found = (Targets.Found) resolved;
        TurnRequest request = new TurnRequest(
                exchange.requestId(),
                chat,
                SessionIdentity.of(exchange, chat, found.target().mode()),
                found.target(),
                found.requested(),
                exchange.client()::whenGone);
        return turns.run(request).thenApplyAsync(this::render, Runnable::run);
    }

    private HttpResponse render(TurnReply reply) {
        if (reply instanceof TurnReply.Answer answer) {
            return routed(
                    HttpResponse.create().withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, answer.body())),
                    answer.route());
        } else if (reply instanceof TurnReply.Streaming streaming) {
            return routed(stream(streaming.events().via(ChatFrames.flow())), streaming.route());
        } else if (reply instanceof TurnReply.Early early) {
            Source<ByteString, NotUsed> later = Source.completionStageSource(
                            early.later().thenApplyAsync(ChatEndpoint::late, Runnable::run))
                    .mapMaterializedValue(stage -> NotUsed.getInstance());
            return stream(later);
        }
        throw error((TurnReply.Refusal) reply);
    }

    private static Source<ByteString, NotUsed> late(TurnReply reply) {
        if (reply instanceof TurnReply.Streaming streaming) {
            ByteString routedVia =
                    ByteString.fromString(": routed-via " + streaming.route().model() + "\n\n");
            return Source.single(routedVia).concat(streaming.events().via(ChatFrames.flow()));
        }
        TurnReply.Refusal refusal = (TurnReply.Refusal) reply;
        String type = refusal.status() == 504 ? "stream_timeout" : "stream_error";
        return Source.single(
                ChatFrames.error(refusal.message(), type, refusal.code() == null ? refusal.type() : refusal.code()));
    }

    private HttpResponse stream(Source<ByteString, NotUsed> frames) {
        Duration keepAlive = settings.get().stream().keepAlive();
        return HttpResponse.create()
                .withEntity(HttpEntities.createChunked(
                        EVENT_STREAM, frames.filter(frame -> !frame.isEmpty()).via(ChatFrames.keepAlive(keepAlive))))
                .addHeader(RawHeader.create("Cache-Control", "no-cache"))
                .addHeader(RawHeader.create("X-Accel-Buffering", "no"));
    }

    private static HttpResponse routed(HttpResponse response, Route route) {
        HttpResponse routed = response.addHeader(
                        RawHeader.create("X-Routed-Via", route.model().toString()))
                .addHeader(RawHeader.create("X-Session-Key", route.session().value()))
                .addHeader(RawHeader.create("X-Session-Status", route.status().wire()));
        return route.failedAttempts() > 0
                ? routed.addHeader(RawHeader.create("X-Fallback-Attempts", Integer.toString(route.failedAttempts())))
                : routed;
    }

    /** The error object of a refusal. */
    static ApiError error(TurnReply.Refusal refusal) {
        Map<String, String> headers = new HashMap<>();
        if (refusal.retryAfterSeconds() != null) {
            headers.put("Retry-After", Long.toString(refusal.retryAfterSeconds()));
        }
        if (refusal.finalAnswer()) {
            headers.put("x-should-retry", "false");
        }
        return new ApiError(
                refusal.status(), refusal.type(), refusal.code(), refusal.param(), refusal.message(), headers);
    }
}
