package dev.switchboard.node.http;

import akka.NotUsed;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.event.Logging;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.settings.ServerSettings;
import akka.http.scaladsl.Http;
import akka.stream.Attributes;
import akka.stream.TLSClosing;
import akka.stream.TLSProtocol.SessionBytes;
import akka.stream.TLSProtocol.SslTlsInbound;
import akka.stream.TLSProtocol.SslTlsOutbound;
import akka.stream.javadsl.BidiFlow;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.TLS;
import akka.stream.javadsl.TLSPlacebo;
import akka.util.ByteString;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.socket.EventLoops;
import dev.switchboard.node.socket.Listener;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import scala.Option;

/**
 * Binds an HTTP server whose handlers learn when their client's connection is gone. It is put together from Akka HTTP's layer
 * and a listener's connections, because nothing can be put between them otherwise ({@link WholeSequences}).
 */
public final class Server {
    /** For an answer in parts to what did not look like asking for one. */
    private static final long PARTS_TIMEOUT_MS = 600_000;

    private final ActorSystem<?> system;
    private final ServerSettings settings;
    private final Attributes threads;
    private final BidiFlow<HttpResponse, ByteString, ByteString, HttpRequest, NotUsed> http;
    private final Settings.Clients limits;
    private final Function<HttpRequest, CompletionStage<HttpResponse>> handler;
    private final BooleanSupplier stopping;
    private final boolean plain;

    private Server(
            ActorSystem<?> system,
            @Nullable TlsCertificate tls,
            Settings.Clients limits,
            Function<HttpRequest, CompletionStage<HttpResponse>> handler) {
        this.system = system;
        this.settings = ServerSettings.create(system.classicSystem());
        this.threads = EventLoops.attributes(system);
        this.http = layer(system, settings).atop(transport(tls));
        this.limits = limits;
        this.handler = handler;
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
        this.plain = tls == null;
        this.stopping = () -> shutdown.shutdownReason().isDefined();
    }

    /**
     * Binds; the stage fails when the address is in use.
     *
     * @param tls null for plain HTTP
     */
    public static CompletionStage<Listener.Binding> bind(
            ActorSystem<?> system,
            String host,
            int port,
            @Nullable TlsCertificate tls,
            Settings.Clients limits,
            Function<HttpRequest, CompletionStage<HttpResponse>> handler) {
        Server server = new Server(system, tls, limits, handler);
        Listener.Limits open = new Listener.Limits(
                server.settings.getBacklog(),
                server.settings.getMaxConnections(),
                Duration.ofMillis(server.settings.getTimeouts().idleTimeout().toMillis()));
        return Listener.bind(system, host, port, open, server::serve);
    }

    private void serve(Listener.Accepted connection) {
        if (plain) {
            connection.converse(
                    new DirectDialogue(connection.remote().getAddress(), limits, handler, this::whole, stopping),
                    () -> stream(connection));
        } else {
            stream(connection);
        }
    }

    private CompletionStage<HttpEntity.Strict> whole(HttpEntity parts) {
        return parts.toStrict(PARTS_TIMEOUT_MS, system);
    }

    /** All connections share one layer: made for each, its parser's tables and its graph take more than a stream's own state. */
    private void stream(Listener.Accepted connection) {
        Flow.fromGraph(new ClientConnection(connection.remote().getAddress(), limits, handler, stopping))
                .join(http)
                .join(connection.bytes())
                .addAttributes(threads)
                .run(system);
    }

    /** That of the Scala API, whose requests and responses are those of the Java API: there two stages more would only say so. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static BidiFlow<HttpResponse, SslTlsOutbound, SslTlsInbound, HttpRequest, NotUsed> layer(
            ActorSystem<?> system, ServerSettings settings) {
        return new BidiFlow(Http.apply(system)
                .serverLayer(
                        (akka.http.scaladsl.settings.ServerSettings) settings,
                        Option.empty(),
                        Logging.getLogger(system.classicSystem(), Server.class),
                        false));
    }

    private static BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed> transport(
            @Nullable TlsCertificate certificate) {
        if (certificate == null) {
            return BidiFlow.fromFlows(Flow.of(SslTlsOutbound.class), Flow.fromGraph(new WholeSequences<SessionBytes>()))
                    .atop(TLSPlacebo.getInstance());
        }
        return BidiFlow.fromFlows(Flow.of(SslTlsOutbound.class), Flow.fromGraph(new WholeSequences<SslTlsInbound>()))
                .atop(TLS.create(certificate::engine, TLSClosing.eagerClose()));
    }
}
