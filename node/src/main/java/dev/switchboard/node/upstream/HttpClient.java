package dev.switchboard.node.upstream;

import akka.actor.typed.ActorSystem;
import akka.util.ByteString;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.socket.EventLoops;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 client with limits of our own: leases bound the load, not the pool; no chat is sent twice, no redirect is
 * followed, certificates are always verified, and time limits are those of the attempt. See docs/adr/0005.
 */
final class HttpClient {
    private static final int MOST_CHECK_CONNECTIONS = 16;
    private static final int MOST_WAITING_CHECKS = 256;
    private static final int MOST_ADDRESSES = 1_000;

    private final ActorSystem<?> system;
    private final EventLoops loops;
    private final Settings.Upstream settings;
    private final Outbound outbound;
    private final SSLContext trust;
    private final List<EventLoop> loopsUsed;
    private final IdleConnections idle;
    /** Of every event loop its own pools, which only it touches. */
    private final Map<EventLoop, Map<PoolKey, ConnectionPool>> pools = new ConcurrentHashMap<>();

    private final Map<String, Address> addresses = new ConcurrentHashMap<>();

    /** A URL taken apart. */
    private record Address(Destination destination, String start) {
        static Address of(String text) {
            URI url = URI.create(text);
            Destination destination = Destination.of(url);
            return new Address(destination, OutgoingRequest.start(HttpClient.target(url), destination));
        }
    }

    /** What a pool is for. */
    record PoolKey(Destination destination, boolean checks) {}

    /**
     * A request as it goes out.
     *
     * @param check whether it is a short question, which changes nothing at the provider
     */
    record Prepared(Destination destination, OutgoingRequest request, boolean check) {
        PoolKey key() {
            return new PoolKey(destination, check);
        }
    }

    HttpClient(ActorSystem<?> system, Settings.Upstream settings, Outbound outbound, SSLContext trust) {
        this.system = system;
        this.loops = EventLoops.of(system);
        this.settings = settings;
        this.outbound = outbound;
        this.trust = trust;
        this.loopsUsed = loops.first(settings.maxConnections());
        this.idle = new IdleConnections(loopsUsed);
    }

    ActorSystem<?> system() {
        return system;
    }

    Outbound outbound() {
        return outbound;
    }

    Executor longWork() {
        return loops.longWork();
    }

    EventLoop nextLoop(EventLoops.@Nullable Loop home) {
        return home == null ? loops.next(loopsUsed.size()) : loops.next(loopsUsed.size(), home);
    }

    /** Where to send it for a caller on {@code here}. */
    EventLoop loopFor(Prepared prepared, EventLoop here) {
        return idle.nearest(prepared.key(), here, share(settings.maxConnections()));
    }

    IdleConnections idle() {
        return idle;
    }

    int connectMillis() {
        return (int) Math.min(Integer.MAX_VALUE, settings.connectTimeout().toMillis());
    }

    /** The connections that may carry the request; on that event loop only. */
    ConnectionPool pool(EventLoop loop, Prepared prepared) {
        PoolKey key = prepared.key();
        return pools.computeIfAbsent(loop, one -> new HashMap<>())
                .computeIfAbsent(
                        key,
                        made -> made.checks()
                                ? new ConnectionPool(this, loop, made, MOST_CHECK_CONNECTIONS, MOST_WAITING_CHECKS)
                                : new ConnectionPool(
                                        this, loop, made, share(settings.maxConnections()), mostWaiting()));
    }

    private int share(int all) {
        return Math.max(1, (all + loopsUsed.size() - 1) / loopsUsed.size());
    }

    private int mostWaiting() {
        return share(Math.max(256, Integer.highestOneBit(settings.maxConnections()) * 4));
    }

    /** A pool has no connection any more; on its event loop only. */
    void forget(ConnectionPool pool) {
        Map<PoolKey, ConnectionPool> ofLoop = pools.get(pool.loop());
        if (ofLoop != null) {
            ofLoop.values().removeIf(one -> one == pool);
        }
    }

    /** TLS for one connection: the certificate has to be valid for the host of the URL. */
    SslHandler tls(Destination destination) {
        SSLEngine engine = trust.createSSLEngine(destination.bareHost(), destination.port());
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return new SslHandler(engine, loops.longWork());
    }

    /** Throws {@link UnusableKey} for a header that HTTP cannot carry, {@link IllegalArgumentException} for a bad URL. */
    Prepared prepare(WireRequest wire) {
        ByteString body = wire.body();
        Address address = body == null ? Address.of(wire.url()) : known(wire.url());
        return new Prepared(
                address.destination(), OutgoingRequest.of(address.start(), wire.headers(), body), body == null);
    }

    /** Chats go to the same few URLs again and again. What is only fetched may be any URL a caller names, and is not kept. */
    private Address known(String text) {
        Address known = addresses.get(text);
        if (known == null) {
            known = Address.of(text);
            if (addresses.size() >= MOST_ADDRESSES) {
                addresses.clear();
            }
            addresses.put(text, known);
        }
        return known;
    }

    private static String target(URI url) {
        String path = url.getRawPath();
        String target = path == null || path.isEmpty() ? "/" : path;
        return url.getRawQuery() == null ? target : target + "?" + url.getRawQuery();
    }
}
