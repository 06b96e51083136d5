package dev.switchboard.node.simulator;

import akka.Done;
import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.settings.ParserSettings;
import akka.http.javadsl.settings.ServerSettings;
import akka.io.TcpSO;
import akka.stream.TLSProtocol;
import akka.stream.javadsl.BidiFlow;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.TLSPlacebo;
import akka.stream.javadsl.Tcp;
import akka.util.ByteString;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import scala.concurrent.duration.Duration;

/**
 * Stand-in for many providers at once on one loopback port: OpenAI-compatible, Gemini, Cohere and Cloudflare chat with
 * tools, model lists and key checks, and faults on demand. The first path segment names the platform; see
 * {@code docs/simulator.md}.
 */
public final class Simulator {
    private static final int BACKLOG = 4096;

    private final ActorSystem<?> system;
    private final Tcp.ServerBinding binding;
    private final SimulatorJournal journal;
    private final FaultPlan plan;
    private final Set<Connection> connections;

    private Simulator(
            ActorSystem<?> system,
            Tcp.ServerBinding binding,
            SimulatorJournal journal,
            FaultPlan plan,
            Set<Connection> connections) {
        this.system = system;
        this.binding = binding;
        this.journal = journal;
        this.plan = plan;
        this.connections = connections;
    }

    /** Binds and serves until {@link #stop}; fails with the cause where the address cannot be bound. */
    public static CompletionStage<Simulator> start(ActorSystem<?> system, SimulatorSettings settings) {
        Clock clock = Clock.systemUTC();
        SimulatorJournal journal = new SimulatorJournal(settings.journalCapacity(), clock);
        FaultPlan plan = new FaultPlan(settings.seed());
        Responder responder = new Responder(settings, journal, plan, clock);
        Set<Connection> connections = ConcurrentHashMap.newKeySet();
        ServerSettings server = serverSettings(system, settings);
        return Tcp.get(system)
                .bind(
                        settings.host(),
                        settings.port(),
                        BACKLOG,
                        List.of(TcpSO.tcpNoDelay(true)),
                        false,
                        Optional.<java.time.Duration>empty())
                .toMat(
                        Sink.foreach(each -> each.handleWith(
                                serve(system, server, new Connection(system, responder, journal, connections)),
                                system)),
                        Keep.left())
                .run(system)
                .thenApplyAsync(
                        binding -> new Simulator(system, binding, journal, plan, connections),
                        system.executionContext());
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return binding.localAddress();
    }

    /** {@code http://host:port}, without a slash at the end; append {@code /{platform}/v1} and the like. */
    public URI baseUrl() {
        InetSocketAddress address = address();
        String host = address.getAddress().getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort());
    }

    /** What it has seen and what is open. */
    public SimulatorJournal journal() {
        return journal;
    }

    /** The faults on order. */
    public FaultPlan faults() {
        return plan;
    }

    /** Stops listening and ends all connections. */
    public CompletionStage<Done> stop() {
        return binding.unbind()
                .thenApplyAsync(
                        nothing -> {
                            connections.forEach(Connection::close);
                            return Done.getInstance();
                        },
                        system.executionContext());
    }

    private static Flow<ByteString, ByteString, NotUsed> serve(
            ActorSystem<?> system, ServerSettings server, Connection connection) {
        BidiFlow<HttpResponse, ByteString, ByteString, HttpRequest, NotUsed> http = Http.get(system)
                .serverLayer(server)
                .atop(BidiFlow.fromFlows(
                        Flow.of(TLSProtocol.SslTlsOutbound.class),
                        Flow.of(TLSProtocol.SessionBytes.class).map(TLSProtocol.SslTlsInbound.class::cast)))
                .atop(TLSPlacebo.getInstance())
                .atop(BidiFlow.fromGraph(new ConnectionTap(connection)));
        return Flow.of(HttpRequest.class).mapAsync(1, connection::handle).join(http);
    }

    private static ServerSettings serverSettings(ActorSystem<?> system, SimulatorSettings settings) {
        ServerSettings server = ServerSettings.create(system.classicSystem());
        ParserSettings parser = ParserSettings.forServer(system)
                .withMaxContentLength(settings.maxBodyBytes())
                .withIllegalHeaderWarnings(false);
        return server.withTimeouts(
                        server.getTimeouts().withRequestTimeout(Duration.Inf()).withIdleTimeout(Duration.Inf()))
                .withParserSettings(parser);
    }
}
