package dev.switchboard.node.http;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.ServerBuilder;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
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
        return server.bindFlow(Flow.fromGraph(new ClientConnection(limits, handler)));
    }
}
