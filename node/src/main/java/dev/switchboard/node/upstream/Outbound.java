package dev.switchboard.node.upstream;

import akka.actor.ActorSystem;
import akka.http.javadsl.ClientTransport;
import akka.http.javadsl.OutgoingConnection;
import akka.http.javadsl.model.headers.HttpCredentials;
import akka.http.javadsl.settings.ClientConnectionSettings;
import akka.stream.javadsl.Flow;
import akka.util.ByteString;
import dev.switchboard.node.settings.Settings;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How connections to providers are made. A name is resolved once, its addresses are held to {@link AddressRules}, and the
 * connection goes to the address that passed: a name that leads elsewhere a moment later changes nothing. Host header and
 * TLS name stay those of the URL. With a proxy, public addresses are reached by {@code CONNECT} through it, by name; private
 * ones directly.
 */
final class Outbound extends ClientTransport {
    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|\\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*]?");

    private final Resolver resolver;
    private final BooleanSupplier allowPrivate;
    private final Set<Settings.HostPort> trusted;
    private final Executor blocking;
    private final @Nullable ClientTransport proxy;
    private final boolean forCallers;
    private final Map<String, CompletableFuture<List<InetAddress>>> lookUps = new ConcurrentHashMap<>();

    /** Finds the addresses of a name; may block. */
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /** An address was refused by rule; the message is for people and names no address. */
    static final class Forbidden extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String problem;

        Forbidden(String problem) {
            super("The provider's address " + problem + ".", null, false, false);
            this.problem = problem;
        }

        /** What is wrong, as the end of a sentence about the address. */
        String problem() {
            return problem;
        }

        String text() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * Ways out of this node.
     *
     * @param trusted addresses that the operator's configuration names; they may be private whatever the setting says
     * @param blocking resolves names
     */
    Outbound(
            Resolver resolver,
            BooleanSupplier allowPrivate,
            Set<Settings.HostPort> trusted,
            Settings.@Nullable Proxy proxy,
            Executor blocking) {
        this(resolver, allowPrivate, trusted, proxy, blocking, false);
    }

    /**
     * Ways to addresses that callers name: public ones only, and the proxy is told the address that passed, so that it
     * does not look up a name of its own.
     */
    static Outbound forCallers(Resolver resolver, Settings.@Nullable Proxy proxy, Executor blocking) {
        return new Outbound(resolver, () -> false, Set.of(), proxy, blocking, true);
    }

    private Outbound(
            Resolver resolver,
            BooleanSupplier allowPrivate,
            Set<Settings.HostPort> trusted,
            Settings.@Nullable Proxy proxy,
            Executor blocking,
            boolean forCallers) {
        this.forCallers = forCallers;
        this.resolver = resolver;
        this.allowPrivate = allowPrivate;
        this.trusted = Set.copyOf(trusted);
        this.blocking = blocking;
        this.proxy = proxy == null ? null : through(proxy);
    }

    private static ClientTransport through(Settings.Proxy proxy) {
        InetSocketAddress address =
                InetSocketAddress.createUnresolved(proxy.at().host(), proxy.at().port());
        String user = proxy.user();
        return user == null
                ? ClientTransport.httpsProxy(address)
                : ClientTransport.httpsProxy(
                        address,
                        HttpCredentials.createBasicHttpCredentials(
                                user, proxy.password() == null ? "" : proxy.password()));
    }

    @Override
    public Flow<ByteString, ByteString, CompletionStage<OutgoingConnection>> connectTo(
            String host, int port, ClientConnectionSettings settings, ActorSystem system) {
        return Flow.completionStageFlow(way(host, port)
                        .thenApplyAsync(
                                way -> way.transport().connectTo(way.host(), port, settings, system), Runnable::run))
                .mapMaterializedValue(inner -> inner.thenComposeAsync(connection -> connection, Runnable::run));
    }

    private record Way(ClientTransport transport, String host) {}

    private CompletionStage<Way> way(String host, int port) {
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return lookUp(bare).thenApplyAsync(found -> decide(host, bare, port, found), Runnable::run);
    }

    /** The addresses of a name, none where it leads nowhere; those who ask meanwhile share one look-up and its thread. */
    private CompletionStage<List<InetAddress>> lookUp(String host) {
        // A literal needs no look-up, so nothing blocks.
        if (LITERAL.matcher(host).matches()) {
            return CompletableFuture.completedFuture(resolve(host));
        }
        CompletableFuture<List<InetAddress>> mine = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> running = lookUps.putIfAbsent(host, mine);
        if (running != null) {
            return running;
        }
        blocking.execute(() -> {
            List<InetAddress> found = resolve(host);
            lookUps.remove(host, mine);
            mine.complete(found);
        });
        return mine;
    }

    private List<InetAddress> resolve(String host) {
        try {
            return List.of(resolver.resolve(host));
        } catch (UnknownHostException e) {
            return List.of();
        }
    }

    private Way decide(String host, String bare, int port, List<InetAddress> found) {
        if (found.isEmpty()) {
            if (proxy != null && !forCallers) {
                return new Way(proxy, host);
            }
            throw new CompletionException(new UnknownHostException(host));
        }
        boolean privateToo = allowPrivate.getAsBoolean() || trusted.contains(new Settings.HostPort(bare, port));
        InetAddress chosen = null;
        String problem = null;
        for (InetAddress address : found) {
            String wrong = AddressRules.problem(address, privateToo);
            if (wrong != null) {
                problem = wrong;
            } else if (chosen == null || (address instanceof Inet4Address && !(chosen instanceof Inet4Address))) {
                chosen = address;
            }
        }
        if (chosen == null) {
            throw new CompletionException(new Forbidden(String.valueOf(problem)));
        }
        if (proxy != null && !AddressRules.isPrivate(chosen)) {
            return new Way(proxy, forCallers ? literal(chosen) : host);
        }
        InetAddress address = chosen;
        return new Way(
                ClientTransport.withCustomResolver(
                        (name, at) -> CompletableFuture.completedFuture(new InetSocketAddress(address, (Integer) at))),
                host);
    }

    private static String literal(InetAddress address) {
        return address instanceof Inet4Address ? address.getHostAddress() : "[" + address.getHostAddress() + "]";
    }
}
