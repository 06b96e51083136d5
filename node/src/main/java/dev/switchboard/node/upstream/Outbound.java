package dev.switchboard.node.upstream;

import dev.switchboard.node.settings.Settings;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.proxy.ProxyHandler;
import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How connections to providers are made. A name is resolved once, its addresses are held to {@link AddressRules}, and the
 * connection goes to the address that passed: a name that leads elsewhere a moment later changes nothing. Host header and
 * TLS name stay those of the URL. With a proxy, public addresses are reached by {@code CONNECT} through it, by name; private
 * ones directly.
 */
final class Outbound {
    private final Resolver resolver;
    private final BooleanSupplier allowPrivate;
    private final Set<Settings.HostPort> trusted;
    private final Executor blocking;
    private final Settings.@Nullable Proxy proxy;
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
        this.proxy = proxy;
    }

    /**
     * Where to connect to.
     *
     * @param address of the provider: resolved, or by name for the proxy to find
     * @param tunnel null where the connection is made directly
     */
    record Way(InetSocketAddress address, @Nullable Tunnel tunnel) {
        /** Whether the connection is made to this machine or a private network, not by a proxy. */
        boolean leadsToPrivate() {
            return tunnel == null && AddressRules.isPrivate(address.getAddress());
        }

        /** What leads one connection through the proxy, null where there is none. */
        @Nullable
        ProxyHandler proxyHandler() {
            return tunnel == null ? null : new HttpProxyHandler(tunnel.proxy(), tunnel.headers());
        }
    }

    /** An HTTP proxy that is asked to {@code CONNECT}. */
    record Tunnel(InetSocketAddress proxy, HttpHeaders headers) {}

    /** How to reach that host; fails with what {@link Exceptions} knows. Completes on any thread. */
    CompletionStage<Way> way(String host, int port) {
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return lookUp(bare).thenComposeAsync(found -> decide(bare, port, found), Runnable::run);
    }

    private CompletionStage<Way> through(Settings.Proxy by, String host, int port) {
        Supplier<InetSocketAddress> find =
                () -> new InetSocketAddress(by.at().host(), by.at().port());
        CompletionStage<InetSocketAddress> found = isLiteral(by.at().host())
                ? CompletableFuture.completedStage(find.get())
                : CompletableFuture.supplyAsync(find, blocking);
        return found.thenApplyAsync(
                at -> {
                    if (at.isUnresolved()) {
                        throw new CompletionException(new ProxyConnectException("the proxy's name is unknown"));
                    }
                    return new Way(InetSocketAddress.createUnresolved(host, port), new Tunnel(at, credentials(by)));
                },
                Runnable::run);
    }

    private static HttpHeaders credentials(Settings.Proxy proxy) {
        HttpHeaders headers = new DefaultHttpHeaders(false);
        String user = proxy.user();
        if (user != null) {
            String password = proxy.password() == null ? "" : proxy.password();
            headers.set(
                    "Proxy-Authorization",
                    "Basic "
                            + Base64.getEncoder()
                                    .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)));
        }
        return headers;
    }

    /** The addresses of a name, none where it leads nowhere; those who ask meanwhile share one look-up and its thread. */
    private CompletionStage<List<InetAddress>> lookUp(String host) {
        // A literal needs no look-up, so nothing blocks.
        if (isLiteral(host)) {
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

    /** Strictly: what only resembles an address is a name to the resolver, which may block. */
    private static boolean isLiteral(String host) {
        return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    }

    private List<InetAddress> resolve(String host) {
        try {
            return List.of(resolver.resolve(host));
        } catch (UnknownHostException e) {
            return List.of();
        }
    }

    /** Whether that host may be at a private address as the settings are now; the host without brackets. */
    boolean mayBePrivate(String host, int port) {
        return allowPrivate.getAsBoolean() || trusted.contains(new Settings.HostPort(host, port));
    }

    private CompletionStage<Way> decide(String host, int port, List<InetAddress> found) {
        if (found.isEmpty()) {
            return proxy != null && !forCallers
                    ? through(proxy, host, port)
                    : CompletableFuture.failedStage(new UnknownHostException(host));
        }
        boolean privateToo = mayBePrivate(host, port);
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
            return CompletableFuture.failedStage(new Forbidden(String.valueOf(problem)));
        }
        if (proxy != null && !AddressRules.isPrivate(chosen)) {
            return through(proxy, forCallers ? chosen.getHostAddress() : host, port);
        }
        return CompletableFuture.completedStage(new Way(new InetSocketAddress(chosen, port), null));
    }
}
