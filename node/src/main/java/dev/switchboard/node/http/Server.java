package dev.switchboard.node.http;

import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.ServerBuilder;
import akka.http.javadsl.model.HttpProtocols;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.Connection;
import akka.stream.javadsl.BidiFlow;
import akka.stream.javadsl.Flow;
import dev.switchboard.node.settings.Settings;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Binds an HTTP server whose handlers learn when their client's connection is gone. */
public final class Server {
    private Server() {}

    /**
     * Binds; the stage fails when the address is in use.
     *
     * @param tls null for plain HTTP
     */
    public static CompletionStage<ServerBinding> bind(
            ActorSystem<?> system,
            String host,
            int port,
            @Nullable TlsCertificate tls,
            Settings.Clients limits,
            Function<HttpRequest, CompletionStage<HttpResponse>> handler) {
        ServerBuilder builder = Http.get(system).newServerAt(host, port);
        ServerBuilder server = tls == null ? builder : builder.enableHttps(tls.context());
        return server.bindFlow(BidiFlow.fromGraph(new ConnectionLimits(limits)).join(perConnection(handler)));
    }

    /**
     * A client that closes is noticed by the end of its connection's requests, even while the response is silent; a
     * write would notice it only at the second keep-alive. A request that says {@code Connection: close} ends the
     * requests by itself, so for it only a failed connection counts.
     */
    private static Flow<HttpRequest, HttpResponse, NotUsed> perConnection(
            Function<HttpRequest, CompletionStage<HttpResponse>> handler) {
        return Flow.fromMaterializer((materializer, attributes) -> {
                    ClientLink link = new ClientLink();
                    return Flow.of(HttpRequest.class)
                            .watchTermination((notUsed, done) -> {
                                done.whenCompleteAsync((ok, failure) -> link.end(failure != null), Runnable::run);
                                return NotUsed.getInstance();
                            })
                            .mapAsync(1, request -> {
                                link.begin(!endsConnection(request));
                                return handler.apply(request.addAttribute(Exchange.CLIENT_LINK, link));
                            });
                })
                .mapMaterializedValue(future -> NotUsed.getInstance());
    }

    private static boolean endsConnection(HttpRequest request) {
        return request.protocol().equals(HttpProtocols.HTTP_1_0)
                || request.getHeader(Connection.class)
                        .map(header -> header.value()
                                .toLowerCase(java.util.Locale.ROOT)
                                .contains("close"))
                        .orElse(false);
    }
}
