package dev.switchboard.node.http;

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
import dev.switchboard.node.dialect.FieldNames;
import dev.switchboard.node.dialect.Rendering;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.routing.Target;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.turn.Route;
import dev.switchboard.node.turn.Targets;
import dev.switchboard.node.turn.TurnReply;
import dev.switchboard.node.turn.TurnRequest;
import dev.switchboard.node.turn.Turns;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The one way from a chat request to a response, whatever the dialect: target, session, turn, response headers, early
 * headers, keep-alive (contract.md §3). What the answer looks like is the {@link Rendering}'s.
 */
public final class DialectDoor {
    private static final ContentType EVENT_STREAM = MediaTypes.customWithOpenCharset(
                    "text", "event-stream", Map.of(), false)
            .toContentType(HttpCharsets.custom("utf-8"));

    /** What a token of JSON takes in memory at most, beside the bytes that it was read from. */
    private static final long BYTES_A_TOKEN = 64;

    private final Turns turns;
    private final Supplier<DirectorySnapshot> directory;
    private final Supplier<Settings> settings;
    private final ApiKeyRules apiKeys;

    /** Reads the directory and the settings in force for every request. */
    public DialectDoor(
            Turns turns, Supplier<DirectorySnapshot> directory, Supplier<Settings> settings, ApiKeyRules apiKeys) {
        this.apiKeys = apiKeys;
        this.turns = turns;
        this.directory = directory;
        this.settings = settings;
    }

    /** What goes wrong with a request's fields. */
    @FunctionalInterface
    public interface Translation<T> {
        /** Never answers null. */
        T run() throws InvalidRequest;
    }

    /** Runs a translation; a request that breaks a rule becomes a 400. */
    public static <T> T checked(Translation<T> translation) {
        try {
            return translation.run();
        } catch (InvalidRequest e) {
            throw ApiError.invalid(e.text(), e.param(), e.code());
        }
    }

    /** The directory in force. */
    public DirectorySnapshot directory() {
        return directory.get();
    }

    /** The settings in force. */
    public Settings settings() {
        return settings.get();
    }

    /** Serves one request; fails with {@link ApiError}. */
    public CompletionStage<HttpResponse> serve(Exchange exchange, ChatRequest chat, Rendering rendering) {
        return serve(exchange, chat, rendering, FieldNames.SAME);
    }

    /** The same for a translated request, whose fields are called otherwise in the original. */
    public CompletionStage<HttpResponse> serve(
            Exchange exchange, ChatRequest chat, Rendering rendering, FieldNames names) {
        Targets.Resolved resolved =
                Targets.resolve(chat, directory.get(), settings.get().routing().explicitModelFallback());
        if (resolved instanceof Targets.Refused refused) {
            throw error(refused.refusal(), names);
        }
        Targets.Found found = (Targets.Found) resolved;
        exchange.holdMore(chat.jsonTokens() * BYTES_A_TOKEN);
        ApiKeyGrant grant = exchange.grant();
        Target target = ApiKeyRules.narrowed(found, grant);
        return apiKeys.admit(grant, chat.estimatedTokens(), found.requested())
                .thenComposeAsync(
                        whenEnded -> turns.run(new TurnRequest(
                                exchange.requestId(),
                                chat,
                                SessionIdentity.of(exchange, chat, target.mode()),
                                target,
                                found.requested(),
                                exchange.client()::whenGone,
                                grant == null ? null : grant.models(),
                                whenEnded,
                                exchange.trace(),
                                exchange.handOn())),
                        Runnable::run)
                .thenComposeAsync(reply -> render(reply, rendering, names), Runnable::run);
    }

    private CompletionStage<HttpResponse> render(TurnReply reply, Rendering rendering, FieldNames names) {
        if (reply instanceof TurnReply.Answer answer) {
            ByteString body = rendering.answer(answer.body());
            HttpResponse response = routed(
                    HttpResponse.create().withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, body)),
                    answer.route());
            return rendering.last().thenApplyAsync(nothing -> response, Runnable::run);
        } else if (reply instanceof TurnReply.Streaming streaming) {
            return CompletableFuture.completedStage(
                    routed(stream(frames(streaming.events(), rendering), rendering), streaming.route()));
        } else if (reply instanceof TurnReply.Early early) {
            Source<ByteString, NotUsed> later = Source.completionStageSource(
                            early.later().thenApplyAsync(given -> late(given, rendering, names), Runnable::run))
                    .mapMaterializedValue(stage -> NotUsed.getInstance());
            return CompletableFuture.completedStage(stream(later, rendering)
                    .addHeader(RawHeader.create("X-Session-Key", early.session().value())));
        }
        throw error((TurnReply.Refusal) reply, names);
    }

    private static Source<ByteString, NotUsed> frames(Source<RelayEvent, NotUsed> events, Rendering rendering) {
        return events.via(new Frames(rendering));
    }

    private static Source<ByteString, NotUsed> late(TurnReply reply, Rendering rendering, FieldNames names) {
        if (reply instanceof TurnReply.Streaming streaming) {
            ByteString routedVia =
                    ByteString.fromString(": routed-via " + streaming.route().model() + "\n\n");
            return Source.single(routedVia).concat(frames(streaming.events(), rendering));
        }
        TurnReply.Refusal refusal = (TurnReply.Refusal) reply;
        return Source.single(rendering.refused(
                new Rendering.Refused(refusal.status(), refusal.type(), refusal.code(), message(refusal, names))));
    }

    private HttpResponse stream(Source<ByteString, NotUsed> frames, Rendering rendering) {
        Duration keepAlive = settings.get().stream().keepAlive();
        return HttpResponse.create()
                .withEntity(Chunks.of(EVENT_STREAM, frames.via(new KeepAlive(keepAlive, rendering::keepAlive))))
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

    /** The message with the caller's name of the field. */
    private static String message(TurnReply.Refusal refusal, FieldNames names) {
        String param = refusal.param();
        return param == null
                ? refusal.message()
                : refusal.message().replace("'" + param + "'", "'" + names.of(param) + "'");
    }

    private static ApiError error(TurnReply.Refusal refusal, FieldNames names) {
        String param = refusal.param();
        Map<String, String> headers = new HashMap<>();
        if (refusal.retryAfterSeconds() != null) {
            headers.put("Retry-After", Long.toString(refusal.retryAfterSeconds()));
        }
        if (refusal.finalAnswer()) {
            headers.put("x-should-retry", "false");
        }
        return new ApiError(
                refusal.status(),
                refusal.type(),
                refusal.code(),
                param == null ? null : names.of(param),
                message(refusal, names),
                headers);
    }
}
