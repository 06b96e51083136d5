package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.socket.EventLoops;
import io.netty.channel.EventLoop;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A connection that waits unused serves requests of every event loop. */
class IdleConnectionsTest {
    private static final Duration SOME = Duration.ofSeconds(5);

    private final ActorSystem<Void> system = EventLoops.system(
            "idle",
            ConfigFactory.parseString("akka.actor.provider = local, akka.coordinated-shutdown.exit-jvm = off")
                    .withFallback(ConfigFactory.load()));
    private final List<EventLoop> loops = EventLoops.of(system).first(2);

    @AfterEach
    void stop() throws Exception {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private HttpClient client() throws Exception {
        return UpstreamHarness.client(system);
    }

    /** Asks from that event loop; answers where the exchange took place. */
    private static EventLoop ask(HttpClient client, RawServer server, EventLoop from) throws Exception {
        CompletableFuture<ResponseHead> head = new CompletableFuture<>();
        AtomicReference<Exchange> made = new AtomicReference<>();
        from.execute(() -> {
            Exchange exchange = new Exchange(client, null);
            made.set(exchange);
            exchange.send(WireRequest.get(server.url(), Map.of()), SOME)
                    .whenCompleteAsync((came, failure) -> head.complete(came), Runnable::run);
        });
        ResponseHead came = head.get(5, TimeUnit.SECONDS);
        made.get().whole(came, 100, SOME).toCompletableFuture().get(5, TimeUnit.SECONDS);
        return made.get().loop();
    }

    private static boolean isIdle(HttpClient client, RawServer server, EventLoop loop, EventLoop here) {
        HttpClient.PoolKey key = new HttpClient.PoolKey(Destination.of(URI.create(server.url())), true);
        return client.idle().nearest(key, here, 100) == loop;
    }

    @Test
    void oneThatWaitsElsewhereIsUsedBeforeANewOneIsMade() throws Exception {
        try (RawServer server = RawServer.saying(RawServer.json(200, "", "{}")).keepingAlive()) {
            HttpClient client = client();
            EventLoop first = loops.get(0);
            EventLoop second = loops.get(1);
            assertThat(ask(client, server, first)).isSameAs(first);
            await().until(() -> isIdle(client, server, first, second));
            assertThat(ask(client, server, second)).isSameAs(first);
            assertThat(server.connections).hasValue(1);
        }
    }

    @Test
    void aRequestTakesPlaceWhereItsClientIs() throws Exception {
        HttpClient client = client();
        for (EventLoop home : loops) {
            EventLoops.Loop there =
                    CompletableFuture.supplyAsync(EventLoops::here, home).get(5, TimeUnit.SECONDS);
            try (RawServer server = RawServer.saying(RawServer.json(200, "", "{}"))) {
                Exchange made = new Exchange(client, there);
                made.send(WireRequest.get(server.url(), Map.of()), SOME)
                        .toCompletableFuture()
                        .get(5, TimeUnit.SECONDS);
                assertThat(made.loop()).isSameAs(home);
            }
        }
    }

    @Test
    void whereOneMayHaveNoMoreAnotherOneConnects() {
        IdleConnections connections = new IdleConnections(loops);
        HttpClient.PoolKey key = new HttpClient.PoolKey(Destination.of(URI.create("http://127.0.0.1:1/")), false);
        EventLoop first = loops.get(0);
        EventLoop second = loops.get(1);
        IdleConnections.Share ofFirst = connections.share(key, first);
        IdleConnections.Share ofSecond = connections.share(key, second);
        ofFirst.areOpen(2);
        ofSecond.areOpen(1);
        assertThat(connections.nearest(key, first, 3)).isSameAs(first);
        assertThat(connections.nearest(key, first, 2)).isSameAs(second);
        ofSecond.areOpen(2);
        assertThat(connections.nearest(key, second, 2)).isIn(first, second);
        ofFirst.are(1);
        assertThat(connections.nearest(key, second, 2)).isSameAs(first);
        ofFirst.end();
        ofSecond.areOpen(3);
        assertThat(connections.nearest(key, second, 2)).isSameAs(first);
    }

    @Test
    void whatIsClosedIsForgotten() throws Exception {
        HttpClient client = client();
        try (RawServer server = RawServer.saying(RawServer.json(200, "", "{}")).keepingAlive()) {
            ask(client, server, loops.get(0));
            await().until(() -> client.idle().size() == 1);
        }
        await().atMost(Duration.ofSeconds(15)).until(() -> client.idle().size() == 0);
    }
}
