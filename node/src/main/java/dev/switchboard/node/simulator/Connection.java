package dev.switchboard.node.simulator;

import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Scheduler;
import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCode;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One client connection: answers its requests in turn, and ends what runs when the client goes away. */
final class Connection implements ConnectionTap.Listener {
    private static final Map<Integer, StatusCode> ODD_STATUSES = new ConcurrentHashMap<>();
    private static final Map<String, ContentType> TYPES = new ConcurrentHashMap<>();
    private static final HttpResponse GONE = HttpResponse.create().withStatus(StatusCodes.SERVICE_UNAVAILABLE);

    private final ActorSystem<?> system;
    private final Scheduler scheduler;
    private final Executor executor;
    private final Responder responder;
    private final SimulatorJournal journal;
    private final Set<Connection> all;
    private volatile ConnectionTap.@Nullable Control control;
    private volatile @Nullable Exchange running;
    private boolean open;

    Connection(ActorSystem<?> system, Responder responder, SimulatorJournal journal, Set<Connection> all) {
        this.system = system;
        this.scheduler = system.scheduler();
        this.executor = system.executionContext();
        this.responder = responder;
        this.journal = journal;
        this.all = all;
    }

    @Override
    public synchronized void opened(ConnectionTap.Control its) {
        control = its;
        open = true;
        all.add(this);
        journal.connection(1);
    }

    @Override
    public void closed() {
        synchronized (this) {
            if (open) {
                open = false;
                all.remove(this);
                journal.connection(-1);
            }
        }
        Exchange exchange = running;
        if (exchange != null) {
            exchange.cancel();
        }
    }

    private synchronized boolean isOpen() {
        return open;
    }

    /** Ends the connection. */
    void close() {
        ConnectionTap.Control its = control;
        if (its != null) {
            its.close();
        }
    }

    /** Answers one request; stays open for as long as the response is to stay away. */
    CompletionStage<HttpResponse> handle(HttpRequest request) {
        if (request.entity() instanceof HttpEntity.Strict strict) {
            return answer(request, strict.getData());
        }
        CompletableFuture<HttpResponse> result = new CompletableFuture<>();
        request.entity()
                .withSizeLimit(responder.maxBodyBytes())
                .toStrict(Duration.ofMinutes(5).toMillis(), responder.maxBodyBytes(), system)
                .whenCompleteAsync(
                        (strict, failure) -> {
                            if (failure == null) {
                                relay(answer(request, strict.getData()), result);
                            } else {
                                result.complete(refusal(failure));
                            }
                        },
                        executor);
        return result;
    }

    private static HttpResponse refusal(Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        return HttpResponse.create()
                .withStatus(StatusCodes.CONTENT_TOO_LARGE)
                .withEntity(ContentTypes.TEXT_PLAIN_UTF8, String.valueOf(cause.getMessage()));
    }

    private void relay(CompletionStage<HttpResponse> from, CompletableFuture<HttpResponse> to) {
        from.whenCompleteAsync(
                (response, failure) -> {
                    if (failure == null) {
                        to.complete(response);
                    } else {
                        to.completeExceptionally(failure);
                    }
                },
                executor);
    }

    private CompletionStage<HttpResponse> answer(HttpRequest request, ByteString body) {
        Endpoint endpoint = Endpoint.of(request);
        if (endpoint.operation() == Endpoint.Operation.CONTROL) {
            return CompletableFuture.completedFuture(response(responder.control(endpoint, request, body)));
        }
        Exchange exchange = new Exchange(journal, endpoint.platform(), () -> running = null);
        running = exchange;
        if (!isOpen()) {
            exchange.cancel();
        }
        Ordered ordered = responder.respond(endpoint, request, body, exchange);
        Fault fault = ordered.fault();
        if (fault.isNone()) {
            return CompletableFuture.completedFuture(deliver(ordered, exchange));
        }
        CompletableFuture<HttpResponse> result = new CompletableFuture<>();
        exchange.onCancel(() -> result.complete(GONE));
        if (fault.is(FaultWord.STALL, "headers")) {
            return result;
        }
        Runnable go = () -> send(ordered, exchange, result);
        fault.duration(FaultWord.SLOW_FIRST)
                .ifPresentOrElse(
                        wait -> {
                            var timer = scheduler.scheduleOnce(wait, go, system.executionContext());
                            exchange.onCancel(() -> {
                                timer.cancel();
                                result.complete(GONE);
                            });
                        },
                        go);
        return result;
    }

    private void send(Ordered ordered, Exchange exchange, CompletableFuture<HttpResponse> result) {
        ConnectionTap.Control its = control;
        if (RawWire.needed(ordered) && its != null) {
            its.takeOver(exchange.watch(RawWire.bytes(ordered)));
        } else {
            result.complete(deliver(ordered, exchange));
        }
    }

    private static HttpResponse deliver(Ordered ordered, Exchange exchange) {
        Reply reply = ordered.reply();
        if (reply.whole()) {
            exchange.complete();
            return response(reply);
        }
        Source<ByteString, NotUsed> body = exchange.watch(ordered.body());
        return head(reply).withEntity(HttpEntities.createChunked(type(reply.contentType()), body));
    }

    private static HttpResponse response(Reply reply) {
        return head(reply).withEntity(HttpEntities.create(type(reply.contentType()), reply.bytes()));
    }

    private static HttpResponse head(Reply reply) {
        HttpResponse response = HttpResponse.create();
        if (reply.status() != 200) {
            response = response.withStatus(status(reply.status()));
        }
        for (Map.Entry<String, String> header : reply.headers()) {
            response = response.addHeader(RawHeader.create(header.getKey(), header.getValue()));
        }
        return response;
    }

    private static StatusCode status(int code) {
        return StatusCodes.lookup(code)
                .orElseGet(() -> ODD_STATUSES.computeIfAbsent(
                        code, odd -> StatusCodes.custom(odd, "Simulated", "Simulated", false, true)));
    }

    private static ContentType type(String text) {
        return TYPES.computeIfAbsent(text, Connection::parseType);
    }

    private static ContentType parseType(String text) {
        return akka.http.scaladsl.model.ContentType.parse(text).toOption().get();
    }
}
