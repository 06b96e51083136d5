package dev.switchboard.node.upstream;

import akka.NotUsed;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.KillSwitches;
import akka.stream.SharedKillSwitch;
import akka.stream.javadsl.Compression;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request and its response, which can be given up at any moment.
 *
 * <p>The pool has no way to take back a request that was sent; but it closes the connection when the request's body fails. So
 * the body, sent whole at once, is left open until the response is there, and {@link #abort} fails it.
 */
final class Exchange {
    private static final int INFLATED_CHUNK = 64 * 1024;

    private final HttpClient client;
    private final Executor executor;
    private final SharedKillSwitch kill = KillSwitches.shared("exchange");
    private final CompletableFuture<ByteString> bodyEnd = new CompletableFuture<>();
    private final CompletableFuture<HttpResponse> response = new CompletableFuture<>();

    Exchange(HttpClient client) {
        this.client = client;
        this.executor = client.system().executionContext();
    }

    /**
     * Sends the request. The stage fails with {@link Abandoned} when no headers come in time; a response that comes after the
     * exchange was given up is discarded.
     */
    CompletionStage<HttpResponse> send(WireRequest wire, Duration timeout) {
        ByteString body = wire.body();
        HttpRequest request = (body == null ? HttpRequest.GET(wire.url()) : HttpRequest.POST(wire.url()))
                .withHeaders(HttpClient.headers(wire.headers()));
        CompletionStage<HttpResponse> sent = body == null
                ? client.check(request)
                : client.chat(request.withEntity(HttpEntities.create(
                        ContentTypes.APPLICATION_JSON,
                        body.length(),
                        Source.single(body).concat(Source.completionStage(bodyEnd)))));
        var timer = client.system()
                .scheduler()
                .scheduleOnce(
                        timeout,
                        () -> abort(Abandoned.timedOut(timeout.toMillis())),
                        client.system().executionContext());
        sent.whenCompleteAsync(
                (answer, failure) -> {
                    timer.cancel();
                    if (answer == null) {
                        response.completeExceptionally(failure);
                        bodyEnd.completeExceptionally(failure);
                    } else {
                        bodyEnd.complete(ByteString.emptyByteString());
                        if (!response.complete(answer)) {
                            answer.discardEntityBytes(client.system());
                        }
                    }
                },
                executor);
        return response;
    }

    /** Ends the exchange in any phase and closes its connection. */
    void abort(Abandoned why) {
        response.completeExceptionally(why);
        bodyEnd.completeExceptionally(why);
        kill.abort(why);
    }

    /** The response's body as it comes, decompressed; to be run once. */
    Source<ByteString, ?> bytes(HttpResponse answer) {
        return answer.entity().getDataBytes().via(kill.<ByteString>flow()).via(decoding(answer));
    }

    /** The response's whole body; the stage fails when it is larger, or silent for longer, than allowed. */
    CompletionStage<ByteString> whole(HttpResponse answer, long mostBytes, Duration idle) {
        if (answer.entity() instanceof HttpEntity.Strict strict
                && encoding(answer).isEmpty()) {
            return CompletableFuture.completedFuture(strict.getData());
        }
        return bytes(answer)
                .idleTimeout(idle)
                .limitWeighted(mostBytes, bytes -> (long) bytes.length())
                .runWith(Sink.fold(ByteString.emptyByteString(), ByteString::concat), client.system());
    }

    /** Throws the body away. */
    void discard(HttpResponse answer) {
        answer.discardEntityBytes(client.system());
    }

    private static Flow<ByteString, ByteString, NotUsed> decoding(HttpResponse answer) {
        return switch (encoding(answer)) {
            case "gzip", "x-gzip" -> Compression.gunzip(INFLATED_CHUNK);
            case "deflate" -> Compression.inflate(INFLATED_CHUNK);
            default -> Flow.of(ByteString.class);
        };
    }

    /** The content encoding, empty where there is none. */
    static String encoding(HttpResponse answer) {
        String name = header(answer, "content-encoding");
        return name == null || name.equalsIgnoreCase("identity")
                ? ""
                : name.trim().toLowerCase(Locale.ROOT);
    }

    /** A header's value, null where it is not there. */
    static @Nullable String header(HttpResponse answer, String name) {
        return answer.getHeader(name).map(header -> header.value()).orElse(null);
    }
}
