package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.stream.testkit.TestSubscriber;
import akka.stream.testkit.javadsl.TestSink;
import akka.util.ByteString;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.FailureKind;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that are used again, wait, or are read only as fast as somebody takes what came. */
class HttpClientTest extends UpstreamHarness {
    private static final String MODELS = "{\"data\":[{\"id\":\"m1\"}]}";

    private CompletionStage<?> models(RawServer server) {
        return upstream.models(Calls.platform(AdapterKind.OPENAI, server.url(), Quirks.NONE, null), Calls.SECRET);
    }

    @Test
    void aQuestionThatMeetsAClosedConnectionIsAskedAgain() throws Exception {
        try (RawServer server = closingInsteadOfTheSecondAnswer(RawServer.json(200, "", MODELS))) {
            get(models(server));
            get(models(server));
            assertThat(server.requests).hasSize(3);
            assertThat(server.connections).hasValue(2);
        }
    }

    @Test
    void aChatThatMeetsAClosedConnectionIsNeverSentTwice() throws Exception {
        try (RawServer server = closingInsteadOfTheSecondAnswer(RawServer.json(200, "", ANSWER))) {
            assertThat(start(server, ASK)).isInstanceOf(AttemptStart.Answered.class);
            assertThat(failed(start(server, ASK)).kind()).isEqualTo(FailureKind.UNREACHABLE);
            assertThat(server.requests).hasSize(2);
        }
    }

    private static RawServer closingInsteadOfTheSecondAnswer(String answer) throws Exception {
        return new RawServer((out, self) -> {
                    if (self.requests.size() == 2) {
                        throw new IllegalStateException("closes");
                    }
                    say(out, answer);
                })
                .keepingAlive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection: close\r\n", "Keep-Alive: timeout=1\r\n", "Keep-Alive: max=5, timeout=0\r\n"})
    void aConnectionThatTheProviderIsAboutToCloseIsNotUsedAgain(String header) throws Exception {
        try (RawServer server =
                RawServer.saying(RawServer.json(200, header, ANSWER)).keepingAlive()) {
            for (int i = 0; i < 2; i++) {
                assertThat(start(server, ASK)).isInstanceOf(AttemptStart.Answered.class);
            }
            assertThat(server.connections).hasValue(2);
        }
    }

    @Test
    void interimResponsesArePassedOver() throws Exception {
        try (RawServer server = RawServer.saying("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                + "HTTP/1.1 100 Continue\r\n\r\n" + RawServer.json(200, "", ANSWER))) {
            assertThat(start(server, ASK)).isInstanceOf(AttemptStart.Answered.class);
        }
    }

    @Test
    void wordsThatNobodyAskedForEndTheConnection() throws Exception {
        String twice = RawServer.json(200, "", ANSWER) + RawServer.json(200, "", "{\"choices\":[]}");
        try (RawServer server = RawServer.saying(twice).keepingAlive()) {
            for (int i = 0; i < 3; i++) {
                assertThat(start(server, ASK)).isInstanceOf(AttemptStart.Answered.class);
            }
            assertThat(server.connections).hasValue(3);
        }
    }

    @Test
    void nothingIsReadThatNobodyTakes() throws Exception {
        AtomicLong written = new AtomicLong();
        try (RawServer server = new RawServer((out, self) -> {
            say(out, RawServer.sse(ROLE));
            while (written.get() < 256 << 20) {
                say(out, HI);
                written.addAndGet(HI.length());
            }
        })) {
            AttemptStart.Committed stream = committed(start(server, ASK_STREAM));
            TestSubscriber.Probe<RelayEvent> slow =
                    stream.events().runWith(TestSink.create(kit.system().classicSystem()), kit.system());
            slow.request(2);
            slow.expectNext();
            AtomicLong before = new AtomicLong(-1);
            await().atMost(Duration.ofSeconds(15))
                    .pollInterval(Duration.ofMillis(300))
                    .until(() -> before.getAndSet(written.get()) == written.get());
            // What the sockets of both sides hold, and what the stream may hold ahead.
            assertThat(written.get()).isLessThan(16 << 20);
            slow.cancel();
            assertThat(server.closedByPeer.await(2, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aBodyThatUnpacksToAThousandTimesItsSizeIsUnpackedStepByStep() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            for (int i = 0; i < 64; i++) {
                gzip.write(new byte[1 << 20]);
            }
        }
        Unpacker unpacker = Unpacker.of("gzip");
        unpacker.add(ByteString.fromArray(packed.toByteArray()));
        long all = 0;
        for (ByteString piece = unpacker.next(); piece != null; piece = unpacker.next()) {
            assertThat(piece.length()).isLessThanOrEqualTo(2 << 20);
            all += piece.length();
        }
        unpacker.close();
        assertThat(all).isEqualTo(64L << 20);
    }

    @Test
    void aDamagedBodyIsMalformed() throws Exception {
        String head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
                + "Content-Length: 12\r\n\r\nno gzip here";
        try (RawServer server = RawServer.saying(head)) {
            assertThat(failed(start(server, ASK)).kind()).isEqualTo(FailureKind.MALFORMED);
            assertThat(failed(start(server, ASK_STREAM)).kind()).isEqualTo(FailureKind.MALFORMED);
        }
    }

    @Test
    void aProviderThatAcceptsAndSaysNothingToTlsIsUnreachableInTime() throws Exception {
        try (RawServer server = new RawServer((out, self) -> self.awaitClose())) {
            Attempt attempt = upstream.chat(new ChatCall(
                    Calls.request(ASK),
                    Calls.platform(AdapterKind.OPENAI, server.url().replace("http:", "https:"), Quirks.NONE, null),
                    Calls.model("a"),
                    null));
            assertThat(failed(get(attempt.start())).kind()).isEqualTo(FailureKind.UNREACHABLE);
        }
    }

    @Test
    void connectionsEndWithTheSystem() throws Exception {
        ActorTestKit own = ActorTestKit.create(
                "ending", ConfigFactory.parseString("akka.loglevel = OFF").withFallback(ConfigFactory.load()));
        Upstream ending = Upstream.create(
                own.system(),
                new Settings.Upstream(Duration.ofSeconds(2), Duration.ofSeconds(20)),
                new Settings.Stream(Duration.ofSeconds(15), Duration.ofSeconds(1), null));
        try (RawServer server = new RawServer((out, self) -> {
            say(out, RawServer.json(200, "", ANSWER));
            self.awaitClose();
        })) {
            Attempt attempt = ending.chat(new ChatCall(
                    Calls.request(ASK),
                    Calls.platform(AdapterKind.OPENAI, server.url(), Quirks.NONE, null),
                    Calls.model("a"),
                    null));
            assertThat(get(attempt.start())).isInstanceOf(AttemptStart.Answered.class);
            assertThat(server.closedByPeer.getCount()).isEqualTo(1);
            own.shutdownTestKit();
            assertThat(server.closedByPeer.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://a.test/v1, a.test, 80, a.test",
        "https://a.test:443, a.test, 443, a.test",
        "https://a.test:80/x, a.test, 80, a.test:80",
        "http://my_host:8080/v1, my_host, 8080, my_host:8080",
        "http://[::1]:9/v1, ::1, 9, [::1]:9",
        "http://user@a.test/, a.test, 80, a.test",
    })
    void whereAUrlLeads(String url, String host, int port, String authority) {
        Destination destination = Destination.of(URI.create(url));
        assertThat(destination.bareHost()).isEqualTo(host);
        assertThat(destination.port()).isEqualTo(port);
        assertThat(destination.authority()).isEqualTo(authority);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://a.test", "http:///a", "http://a.test:70000", "http://a.test:0", "mailto:a", "/v1"})
    void aUrlThatLeadsNowhereIsRefused(String url) {
        assertThatThrownBy(() -> Destination.of(URI.create(url))).isInstanceOf(IllegalArgumentException.class);
    }
}
