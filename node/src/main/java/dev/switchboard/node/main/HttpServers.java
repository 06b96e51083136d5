package dev.switchboard.node.main;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import dev.switchboard.node.http.BodyBudget;
import dev.switchboard.node.http.Cors;
import dev.switchboard.node.http.DashboardFiles;
import dev.switchboard.node.http.Doorkeeper;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Gateway;
import dev.switchboard.node.http.RouteTable;
import dev.switchboard.node.http.Server;
import dev.switchboard.node.http.TlsCertificate;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.socket.Listener;
import dev.switchboard.node.statistics.Statistics;
import dev.switchboard.node.telemetry.Telemetry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The node's HTTP servers: the public one and, where it is apart, that of operations, which never speaks TLS. */
final class HttpServers {
    private static final Duration RENEWAL = Duration.ofMinutes(1);

    private final ActorSystem<?> system;
    private final Settings settings;
    private final @Nullable TlsCertificate tls;
    private final BodyBudget bodies;
    private @Nullable Gateway gateway;
    private @Nullable Gateway ops;
    private volatile String url;

    HttpServers(ActorSystem<?> system, Settings settings, @Nullable TlsCertificate tls) {
        this.system = system;
        this.settings = settings;
        this.tls = tls;
        this.bodies = new BodyBudget(settings.http().maxBody(), settings.http().bodyMemory());
        this.url = url(settings.http().port());
    }

    /** What answers: those endpoints, and the ones of operations where they are configured to be apart or not. */
    void serve(List<Endpoint> endpoints, List<Endpoint> operations, Doorkeeper door, Telemetry telemetry) {
        boolean apart = settings.ops().host() != null;
        List<Endpoint> open = new ArrayList<>(endpoints);
        if (!apart) {
            open.addAll(operations);
        }
        gateway = gateway(open, new DashboardFiles("web"), tls != null, door, telemetry);
        ops = apart ? gateway(operations, new DashboardFiles("none"), false, door, telemetry) : null;
    }

    private Gateway gateway(
            List<Endpoint> endpoints, DashboardFiles files, boolean secure, Doorkeeper door, Telemetry telemetry) {
        return new Gateway(
                new RouteTable(endpoints),
                door,
                new Cors(settings.auth().corsOrigins()),
                files,
                bodies,
                secure,
                telemetry,
                system);
    }

    /** What request bodies take on this node. */
    BodyBudget bodies() {
        return bodies;
    }

    /** Binds the public server. */
    CompletionStage<Listener.Binding> bind() {
        TlsCertificate certificate = tls;
        if (certificate != null) {
            system.scheduler()
                    .scheduleWithFixedDelay(
                            RENEWAL,
                            RENEWAL,
                            certificate::refresh,
                            system.dispatchers().lookup(DispatcherSelector.fromConfig(Statistics.BLOCKING_DISPATCHER)));
        }
        Settings.Http http = settings.http();
        return Server.bind(
                        system, http.host(), http.port(), tls, http.clients(), Objects.requireNonNull(gateway)::handle)
                .thenApplyAsync(
                        binding -> {
                            url = url(binding.localAddress().getPort());
                            return binding;
                        },
                        Runnable::run);
    }

    /** Binds the operations server where it is apart; completes with null where it is not. */
    CompletionStage<Listener.@Nullable Binding> bindOps() {
        String host = settings.ops().host();
        if (ops == null || host == null) {
            return CompletableFuture.completedStage(null);
        }
        return Server.bind(
                        system,
                        host,
                        settings.ops().port(),
                        null,
                        settings.http().clients(),
                        ops::handle)
                .thenApplyAsync(binding -> binding, Runnable::run);
    }

    /** What the public server answers by. */
    RouteTable routes() {
        return Objects.requireNonNull(gateway).routes();
    }

    /** Where people open the dashboard. */
    String url() {
        return url;
    }

    /** The line that warns where keys and prompts cross a network as plain text; null where they do not. */
    static @Nullable String warning(Settings.Http http) {
        if (http.tls() != null || isLoopback(http.host())) {
            return null;
        }
        return "Warning: " + http.host()
                + " is reachable from the network and speaks no TLS: keys and prompts cross it as"
                + " plain text. Set switchboard.http.tls, or put a proxy with TLS before it.";
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private String url(int port) {
        String host = settings.http().host();
        return (tls == null ? "http://" : "https://") + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
