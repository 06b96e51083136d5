package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.DispatcherSelector;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections to providers: addresses, proxy, certificates, how many at once (behaviour.md §8, docs/providers.md). */
class OutboundTest extends UpstreamHarness {
    private static final String PUBLIC = "203.0.113.7";
    private static final Settings.Stream STREAM =
            new Settings.Stream(Duration.ofSeconds(15), Duration.ofSeconds(5), null);

    /** A resolver that tells its addresses one look-up after the other and stays with the last; it counts. */
    private static final class Names implements Outbound.Resolver {
        private final List<String> answers;
        private final List<String> asked = new CopyOnWriteArrayList<>();

        Names(String... answers) {
            this.answers = List.of(answers);
        }

        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            asked.add(host);
            String answer = answers.get(Math.min(asked.size(), answers.size()) - 1);
            if (answer.isEmpty()) {
                throw new UnknownHostException(host);
            }
            List<InetAddress> found = new ArrayList<>();
            for (String literal : answer.split(",")) {
                found.add(InetAddress.getByName(literal));
            }
            return found.toArray(new InetAddress[0]);
        }
    }

    private Upstream upstream(
            Outbound.Resolver names,
            boolean allowPrivate,
            Settings.@Nullable Proxy proxy,
            int connections,
            Set<Settings.HostPort> trusted,
            SSLContext trust) {
        Settings.Upstream settings = new Settings.Upstream(
                Duration.ofSeconds(2), Duration.ofSeconds(10), connections, allowPrivate, true, proxy);
        return Upstream.create(kit.system(), settings, STREAM, new Upstream.Ways(names, trusted, trust));
    }

    private Upstream upstream(Outbound.Resolver names, boolean allowPrivate, Settings.@Nullable Proxy proxy)
            throws Exception {
        return upstream(names, allowPrivate, proxy, 64, Set.of(), SSLContext.getDefault());
    }

    private static CompletionStage<AttemptStart> ask(Upstream upstream, String baseUrl) {
        return upstream.chat(new ChatCall(
                        Calls.request(ASK),
                        Calls.platform(AdapterKind.OPENAI, baseUrl, Quirks.NONE, null),
                        Calls.model("a-large"),
                        Calls.SECRET))
                .start();
    }

    private static Settings.Proxy proxy(ConnectProxy at) {
        return new Settings.Proxy(new Settings.HostPort("127.0.0.1", at.port()), "me", "se:cret");
    }

    private static RawServer server() throws Exception {
        return RawServer.saying(RawServer.json(200, "", ANSWER));
    }

    private static int port(RawServer server) {
        return Integer.parseInt(server.url().substring(server.url().lastIndexOf(':') + 1));
    }

    @Test
    void aNameIsResolvedOnceAndTheConnectionGoesToThatAddress() throws Exception {
        // The second look-up would lead to the metadata service: nothing may look a second time.
        Names names = new Names("127.0.0.1", "169.254.169.254");
        try (RawServer server = server()) {
            AttemptStart start = get(ask(upstream(names, true, null), "http://provider.test:" + port(server)));

            assertThat(start).isInstanceOf(AttemptStart.Answered.class);
            assertThat(names.asked).containsExactly("provider.test");
            assertThat(server.requests.get(0)).contains("Host: provider.test:" + port(server));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "fe80::1", "100.100.100.200", "0.0.0.0", "::ffff:169.254.169.254"})
    void aNameThatLeadsToAReservedAddressIsNeverConnectedTo(String address) throws Exception {
        Failure failure = failed(get(ask(upstream(new Names(address), true, null), "http://provider.test:9")));

        assertThat(failure.kind()).isEqualTo(FailureKind.UNREACHABLE);
        assertThat(failure.message())
                .startsWith("The provider's address must not lead to")
                .doesNotContain(address);
    }

    @Test
    void aNameThatLeadsToAPrivateAddressAfterItWasEnteredIsNotConnectedTo() throws Exception {
        try (RawServer server = server()) {
            String url = "http://provider.test:" + port(server);
            Upstream closed = upstream(new Names("127.0.0.1"), false, null);

            assertThat(failed(get(ask(closed, url))).message()).contains("private address");
            assertThat(get(closed.checkKey(
                            Calls.platform(AdapterKind.OPENAI, url, Quirks.NONE, null), Calls.SECRET, null)))
                    .isInstanceOf(KeyCheck.CannotTell.class);
            assertThat(server.connections).hasValue(0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void noRedirectLeadsAnywhere(int status) throws Exception {
        try (RawServer elsewhere = server();
                RawServer provider =
                        RawServer.saying(RawServer.json(status, "Location: " + elsewhere.url() + "/v1\r\n", "{}"))) {
            Names names = new Names("127.0.0.1");
            Upstream upstream = upstream(names, true, null);
            String url = "http://provider.test:" + port(provider);
            Platform platform = Calls.platform(AdapterKind.OPENAI, url, Quirks.NONE, null);

            assertThat(get(ask(upstream, url))).isInstanceOf(AttemptStart.Failed.class);
            assertThat(get(upstream.checkKey(platform, Calls.SECRET, null))).isInstanceOf(KeyCheck.CannotTell.class);
            assertThat(upstream.models(platform, Calls.SECRET).toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(10));
            assertThat(provider.requests).hasSize(3);
            assertThat(elsewhere.connections).hasValue(0);
            assertThat(names.asked).containsOnly("provider.test");
        }
    }

    @Test
    void aLiteralAddressIsHeldToTheRulesToo() throws Exception {
        try (RawServer server = server()) {
            Upstream closed = Upstream.create(
                    kit.system(),
                    new Settings.Upstream(Duration.ofSeconds(2), Duration.ofSeconds(10), 64, false, true, null),
                    STREAM);
            assertThat(failed(get(ask(closed, server.url()))).kind()).isEqualTo(FailureKind.UNREACHABLE);
            assertThat(server.connections).hasValue(0);
        }
    }

    /** Whatever way of writing an address the resolver understands, the address it means is the one that counts. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]",
                "[::1]",
                "[0:0:0:0:0:0:0:1]",
                "[64:ff9b::7f00:1]",
                "127.1",
                "2130706433",
                "0x7f000001",
                "0x7f.1",
                "127.0.0.1",
                "localhost"
            })
    void noSpellingOfThisMachineIsConnectedToWithoutTheSetting(String host) throws Exception {
        try (RawServer server = server()) {
            Upstream closed = upstream(InetAddress::getAllByName, false, null);
            assertThat(failed(get(ask(closed, "http://" + host + ":" + port(server))))
                            .kind())
                    .isEqualTo(FailureKind.UNREACHABLE);
            assertThat(server.connections).hasValue(0);
        }
    }

    /** Where Java and C read an address differently, what was checked is what is connected to. */
    @ParameterizedTest
    @ValueSource(strings = {"0177.0.0.1", "[::ffff:169.254.169.254]", "2852039166", "0xa9fea9fe", "169.254.43518"})
    void noSpellingOfAReservedAddressIsConnectedTo(String host) throws Exception {
        Outbound open = new Outbound(InetAddress::getAllByName, () -> true, Set.of(), null, Runnable::run);
        CompletionStage<String> way = open.way(host, 80)
                .handleAsync(
                        (found, failure) -> found == null
                                ? "refused"
                                : found.address().getAddress().getHostAddress(),
                        Runnable::run);
        assertThat(get(way)).isIn("refused", "177.0.0.1");
    }

    @Test
    void aPooledConnectionIsHeldToTheRulesOfNow() throws Exception {
        AtomicBoolean allowed = new AtomicBoolean(true);
        Outbound outbound = new Outbound(
                new Names("127.0.0.1"),
                allowed::get,
                Set.of(),
                null,
                kit.system().dispatchers().lookup(DispatcherSelector.blocking()));
        HttpClient client = new HttpClient(
                kit.system(),
                new Settings.Upstream(Duration.ofSeconds(2), Duration.ofSeconds(10), 1, true, true, null),
                outbound,
                SSLContext.getDefault());
        try (RawServer server = server().keepingAlive()) {
            WireRequest wire = WireRequest.get("http://provider.test:" + port(server), Map.of());
            for (int i = 0; i < 2; i++) {
                Exchange exchange = new Exchange(client, null);
                ResponseHead head = get(exchange.send(wire, Duration.ofSeconds(5)));
                get(exchange.whole(head, 10_000, Duration.ofSeconds(5)));
            }
            assertThat(server.connections).hasValue(1);

            allowed.set(false);
            assertThat(new Exchange(client, null)
                            .send(wire, Duration.ofSeconds(5))
                            .toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(5));
            assertThat(server.requests).hasSize(2);
        }
    }

    /** Two look-ups of one name: the first connection serves both requests, so the second answer leads nowhere. */
    @Test
    void aPooledConnectionStaysWithTheAddressThatWasChecked() throws Exception {
        Names names = new Names("127.0.0.1", "169.254.169.254");
        try (RawServer server = server().keepingAlive()) {
            Upstream upstream = upstream(names, true, null, 1, Set.of(), SSLContext.getDefault());
            String url = "http://provider.test:" + port(server);
            assertThat(get(ask(upstream, url))).isInstanceOf(AttemptStart.Answered.class);
            assertThat(get(ask(upstream, url))).isInstanceOf(AttemptStart.Answered.class);
            assertThat(names.asked).hasSize(1);
            assertThat(server.connections).hasValue(1);
        }
    }

    @Test
    void anAddressOfTheConfigurationMayBePrivate() throws Exception {
        try (RawServer server = server()) {
            Set<Settings.HostPort> trusted = Set.of(new Settings.HostPort("provider.test", port(server)));
            Upstream closed = upstream(new Names("127.0.0.1"), false, null, 64, trusted, SSLContext.getDefault());
            assertThat(get(ask(closed, "http://provider.test:" + port(server))))
                    .isInstanceOf(AttemptStart.Answered.class);
        }
    }

    @Test
    void amongSeveralAddressesOneThatPassesIsTaken() throws Exception {
        try (RawServer server = server()) {
            Upstream open = upstream(new Names("169.254.1.1,::1,127.0.0.1"), true, null);
            assertThat(get(ask(open, "http://provider.test:" + port(server))))
                    .isInstanceOf(AttemptStart.Answered.class);
        }
    }

    @Test
    void anUnknownNameIsUnreachable() throws Exception {
        assertThat(failed(get(ask(upstream(new Names(""), true, null), "http://provider.test:9"))))
                .isEqualTo(Failure.of(FailureKind.UNREACHABLE, "The provider's host name is unknown."));
    }

    @Test
    void publicAddressesAreReachedThroughTheProxyByName() throws Exception {
        try (RawServer server = server();
                ConnectProxy proxy = new ConnectProxy(port(server), "200 Connection established")) {
            AttemptStart start =
                    get(ask(upstream(new Names(PUBLIC), false, proxy(proxy)), "http://provider.test:8088/v1"));

            assertThat(start).isInstanceOf(AttemptStart.Answered.class);
            assertThat(proxy.heads)
                    .singleElement()
                    .asString()
                    .startsWith("CONNECT provider.test:8088 HTTP/1.1\r\n")
                    .contains("Proxy-Authorization: Basic bWU6c2U6Y3JldA==\r\n")
                    .doesNotContain(Calls.SECRET);
            assertThat(server.requests.get(0))
                    .startsWith("POST /v1/chat/completions")
                    .contains(Calls.SECRET);
        }
    }

    @Test
    void aNameThatOnlyTheProxyKnowsGoesThroughIt() throws Exception {
        try (RawServer server = server();
                ConnectProxy proxy = new ConnectProxy(port(server), "200 OK")) {
            assertThat(get(ask(upstream(new Names(""), false, proxy(proxy)), "http://provider.test")))
                    .isInstanceOf(AttemptStart.Answered.class);
            assertThat(proxy.heads).singleElement().asString().startsWith("CONNECT provider.test:80 ");
        }
    }

    @Test
    void privateAddressesGoPastTheProxyAndReservedOnesNowhere() throws Exception {
        try (RawServer server = server();
                ConnectProxy proxy = new ConnectProxy(port(server), "200 OK")) {
            Upstream upstream = upstream(new Names("127.0.0.1", "169.254.169.254"), true, proxy(proxy));
            assertThat(get(ask(upstream, "http://provider.test:" + port(server))))
                    .isInstanceOf(AttemptStart.Answered.class);
            assertThat(failed(get(ask(upstream, "http://other.test"))).kind()).isEqualTo(FailureKind.UNREACHABLE);
            assertThat(proxy.heads).isEmpty();
        }
    }

    @Test
    void aProxyThatRefusesMakesTheProviderUnreachable() throws Exception {
        try (ConnectProxy proxy = new ConnectProxy(1, "407 Proxy Authentication Required")) {
            assertThat(failed(get(ask(upstream(new Names(PUBLIC), true, proxy(proxy)), "http://provider.test"))))
                    .isEqualTo(
                            Failure.of(FailureKind.UNREACHABLE, "The outbound proxy did not connect to the provider."));
        }
    }

    @Test
    void tlsGoesThroughTheProxyEndToEnd() throws Exception {
        try (TlsProvider provider = new TlsProvider("provider.test", ANSWER);
                ConnectProxy proxy = new ConnectProxy(provider.port(), "200 OK")) {
            Upstream upstream = upstream(new Names(PUBLIC), true, proxy(proxy), 64, Set.of(), provider.trust());
            assertThat(get(ask(upstream, "https://provider.test/v1"))).isInstanceOf(AttemptStart.Answered.class);
            assertThat(proxy.heads).singleElement().asString().startsWith("CONNECT provider.test:443 ");
            assertThat(provider.hosts).containsExactly("provider.test");
        }
    }

    @Test
    void certificatesAndNamesAreAlwaysVerified() throws Exception {
        try (TlsProvider provider = new TlsProvider("provider.test", ANSWER)) {
            Names local = new Names("127.0.0.1");
            String known = "https://provider.test:" + provider.port();
            Upstream trusting = upstream(local, true, null, 64, Set.of(), provider.trust());
            Failure unsafe = Failure.of(FailureKind.UNREACHABLE, "A secure connection to the provider failed.");

            assertThat(get(ask(trusting, known))).isInstanceOf(AttemptStart.Answered.class);
            assertThat(failed(get(ask(trusting, "https://other.test:" + provider.port()))))
                    .isEqualTo(unsafe);
            assertThat(failed(get(ask(upstream(local, true, null), known)))).isEqualTo(unsafe);
            assertThat(provider.hosts).hasSize(1);
        }
    }

    @Test
    void noMoreConnectionsThanTheSettingSays() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger busy = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (RawServer server = new RawServer((out, self) -> {
                    most.accumulateAndGet(busy.incrementAndGet(), Math::max);
                    go.await(10, TimeUnit.SECONDS);
                    busy.decrementAndGet();
                    say(out, RawServer.json(200, "", ANSWER));
                })
                .keepingAlive()) {
            Upstream two = upstream(new Names("127.0.0.1"), true, null, 2, Set.of(), SSLContext.getDefault());
            List<CompletionStage<AttemptStart>> asked = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                asked.add(ask(two, "http://provider.test:" + port(server)));
            }
            await().atMost(Duration.ofSeconds(5)).until(() -> busy.get() == 2);
            go.countDown();
            for (CompletionStage<AttemptStart> one : asked) {
                assertThat(get(one)).isInstanceOf(AttemptStart.Answered.class);
            }
            assertThat(most).hasValue(2);
            assertThat(server.connections).hasValue(2);
        }
    }
}
