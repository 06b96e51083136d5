package dev.switchboard.node.upstream;

import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to one destination: as many as allowed; exchanges beyond wait in the order they came. The one
 * used last is used next, so that those that are not needed grow old and close. Everything happens on the event loop.
 */
final class ConnectionPool {
    private static final long SWEEP_SECONDS = 5;

    private final HttpClient client;
    private final EventLoop loop;
    private final Destination destination;
    private final int most;
    private final int mostWaiting;
    private final Deque<HttpConnection> idle = new ArrayDeque<>();
    private final Set<Exchange> waiting = new LinkedHashSet<>();
    private final IdleConnections.Share idleHere;
    private int open;
    private boolean sweeping;

    ConnectionPool(HttpClient client, EventLoop loop, HttpClient.PoolKey key, int most, int mostWaiting) {
        this.client = client;
        this.loop = loop;
        this.destination = key.destination();
        this.idleHere = client.idle().share(key, loop);
        this.most = most;
        this.mostWaiting = mostWaiting;
    }

    EventLoop loop() {
        return loop;
    }

    /** TLS for one connection, null where the destination has none. */
    @Nullable
    SslHandler tls() {
        return destination.tls() ? client.tls(destination) : null;
    }

    /** Whether connections of this pool may lead to a private address as the settings are now. */
    boolean mayBePrivate() {
        return client.outbound().mayBePrivate(destination.bareHost(), destination.port());
    }

    /** Sends the exchange's request as soon as there is a connection. */
    void take(Exchange exchange) {
        for (HttpConnection last = idle.pollLast(); last != null; last = idle.pollLast()) {
            if (last.usable()) {
                idleHere.are(idle.size());
                exchange.onConnection(last);
                last.serve(exchange);
                return;
            }
            last.close();
        }
        idleHere.are(0);
        if (open < most) {
            connect(exchange);
        } else if (waiting.size() < mostWaiting) {
            waiting.add(exchange);
        } else {
            exchange.end(new RejectedExecutionException("too many requests wait for a connection"));
        }
    }

    /** The exchange no longer wants a connection. */
    void forget(Exchange exchange) {
        waiting.remove(exchange);
    }

    private void connect(Exchange exchange) {
        open++;
        idleHere.areOpen(open);
        HttpConnection connection = new HttpConnection(this, exchange);
        exchange.onConnection(connection);
        client.outbound()
                .way(destination.host(), destination.port())
                .whenCompleteAsync(
                        (way, failure) -> {
                            if (way != null) {
                                connection.open(way, client.connectMillis());
                            } else {
                                connection.notOpened(failure);
                            }
                        },
                        loop);
    }

    /** A connection's exchange is over and it can serve another. */
    void released(HttpConnection connection) {
        Exchange next = nextWaiting();
        if (next != null) {
            next.onConnection(connection);
            connection.serve(next);
            return;
        }
        idle.addLast(connection);
        idleHere.are(idle.size());
        if (!sweeping) {
            sweeping = true;
            loop.schedule(this::sweep, SWEEP_SECONDS, TimeUnit.SECONDS);
        }
    }

    private @Nullable Exchange nextWaiting() {
        Iterator<Exchange> first = waiting.iterator();
        if (!first.hasNext()) {
            return null;
        }
        Exchange next = first.next();
        first.remove();
        return next;
    }

    private void sweep() {
        idle.removeIf(connection -> {
            boolean old = !connection.usable();
            if (old) {
                connection.close();
            }
            return old;
        });
        idleHere.are(idle.size());
        sweeping = !idle.isEmpty();
        if (sweeping) {
            loop.schedule(this::sweep, SWEEP_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** A connection is gone, for whatever reason. */
    void closed(HttpConnection connection) {
        open--;
        idleHere.areOpen(open);
        Exchange next = nextWaiting();
        if (next != null) {
            connect(next);
        } else if (open == 0) {
            idleHere.end();
            client.forget(this);
        }
    }

    Destination destination() {
        return destination;
    }
}
