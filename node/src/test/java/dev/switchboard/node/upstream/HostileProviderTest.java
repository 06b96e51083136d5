package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.relay.StreamEnd;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Providers that break HTTP or send without end: the attempt fails with a kind that says so, the connection is closed and
 * never serves another request, and what they send is not kept.
 */
class HostileProviderTest extends UpstreamHarness {
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String SSE_CHUNKED = CHUNKED.formatted("text/event-stream");
    private static final String JSON_CHUNKED = CHUNKED.formatted("application/json");
    /** The largest whole answer, and what sockets hold. */
    private static final long MOST_TAKEN = 96L << 20;

    private final AtomicLong said = new AtomicLong();

    private static String part(String text) {
        return Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length) + "\r\n" + text + "\r\n";
    }

    /** A provider that says the head, then the text again and again until nobody listens. */
    private RawServer endless(String head, String again) throws Exception {
        said.set(0);
        byte[] block = again.repeat(Math.max(1, (64 << 10) / again.length())).getBytes(StandardCharsets.UTF_8);
        return new RawServer((out, self) -> {
            say(out, head);
            while (true) {
                out.write(block);
                said.addAndGet(block.length);
            }
        });
    }

    private void failsAs(FailureKind kind, RawServer server, String ask) throws Exception {
        assertThat(failed(start(server, ask)).kind()).isEqualTo(kind);
        assertThat(server.closedByPeer.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(said.get()).isLessThan(MOST_TAKEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {ASK, ASK_STREAM})
    void aGiantHeaderIsMalformed(String ask) throws Exception {
        try (RawServer server = endless("HTTP/1.1 200 OK\r\nX-Giant: ", "a")) {
            failsAs(FailureKind.MALFORMED, server, ask);
        }
    }

    @Test
    void anEndlessStatusLineIsMalformed() throws Exception {
        try (RawServer server = endless("HTTP/1.1 200 ", "O")) {
            failsAs(FailureKind.MALFORMED, server, ASK);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ASK, ASK_STREAM})
    void anEndlessChunkExtensionIsMalformed(String ask) throws Exception {
        try (RawServer server = endless((ask.equals(ASK) ? JSON_CHUNKED : SSE_CHUNKED) + "5;name=", "a")) {
            failsAs(FailureKind.MALFORMED, server, ask);
        }
    }

    @Test
    void endlessTrailersEndTheConnection() throws Exception {
        try (RawServer server = endless(JSON_CHUNKED + part(ANSWER) + "0\r\n", "X-Trailer: a\r\n")) {
            failsAs(FailureKind.MALFORMED, server, ASK);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zz\r\n", "-5\r\nhello\r\n", "5\r\nhelloworld\r\n", "FFFFFFFFF\r\n"})
    void aBrokenChunkIsMalformed(String chunk) throws Exception {
        try (RawServer server = new RawServer((out, self) -> {
            say(out, JSON_CHUNKED + chunk);
            self.awaitClose();
        })) {
            failsAs(FailureKind.MALFORMED, server, ASK);
        }
        try (RawServer server = new RawServer((out, self) -> {
            say(out, SSE_CHUNKED + part(ROLE + HI) + chunk);
            self.awaitClose();
        })) {
            AttemptStart.Committed stream = committed(start(server, ASK_STREAM));
            assertThat(get(text(stream))).startsWith(ROLE + HI).endsWith("data: [DONE]\n\n");
            assertThat(failure(stream.end())).isEqualTo(FailureKind.MALFORMED);
            assertThat(server.closedByPeer.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static FailureKind failure(CompletionStage<StreamEnd> end) throws Exception {
        Failure failure = get(end).failure();
        assertThat(failure).isNotNull();
        return failure.kind();
    }

    @Test
    void interimResponsesWithoutEndAreMalformed() throws Exception {
        try (RawServer server = endless("", "HTTP/1.1 100 Continue\r\n\r\n")) {
            failsAs(FailureKind.MALFORMED, server, ASK);
        }
    }

    @Test
    void aSwitchOfProtocolsIsMalformed() throws Exception {
        try (RawServer server = new RawServer((out, self) -> {
            say(
                    out,
                    "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
                            + RawServer.json(200, "", ANSWER));
            self.awaitClose();
        })) {
            failsAs(FailureKind.MALFORMED, server, ASK);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nContent-Length: 500\r\n",
                "Content-Length: 5, 6\r\n",
                "Content-Length: -1\r\n"
            })
    void lengthsThatContradictEachOtherAreMalformed(String lengths) throws Exception {
        try (RawServer server = new RawServer((out, self) -> {
            say(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + lengths + "\r\n" + ANSWER);
            self.awaitClose();
        })) {
            failsAs(FailureKind.MALFORMED, server, ASK);
        }
    }

    /** The event loop may see the second response together with the first, a piece of it, or later. */
    @ParameterizedTest
    @ValueSource(
            strings = {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-", "H", "0\r\n\r\n"
            })
    void whatIsSaidAfterAResponseAnswersNobody(String more) throws Exception {
        byte[] both = (RawServer.json(200, "", ANSWER) + more).getBytes(StandardCharsets.UTF_8);
        try (RawServer server = new RawServer((out, self) -> out.write(both)).keepingAlive()) {
            List<CompletionStage<AttemptStart>> asked = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                asked.add(attempt(server, ASK, null).start());
            }
            for (CompletionStage<AttemptStart> one : asked) {
                assertThat(get(one)).isInstanceOf(AttemptStart.Answered.class);
            }
            for (int i = 0; i < 3; i++) {
                assertThat(start(server, ASK)).isInstanceOf(AttemptStart.Answered.class);
            }
            assertThat(server.connections).hasValue(23);
        }
    }

    /** With one connection the next request waits for it while the smuggled response is in the same read. */
    @Test
    void aWaitingRequestIsNotAnsweredByASmuggledResponse() throws Exception {
        String smuggled = RawServer.json(200, "", ANSWER.replace("Hi", "smuggled"));
        byte[] both = (RawServer.json(200, "", ANSWER) + smuggled).getBytes(StandardCharsets.UTF_8);
        Upstream one = Upstream.create(
                kit.system(),
                new Settings.Upstream(Duration.ofSeconds(2), Duration.ofSeconds(10), 1, true, true, null),
                new Settings.Stream(Duration.ofSeconds(15), Duration.ofSeconds(1), null));
        try (RawServer server = new RawServer((out, self) -> out.write(both)).keepingAlive()) {
            List<CompletionStage<AttemptStart>> asked = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                asked.add(one.chat(new ChatCall(
                                Calls.request(ASK),
                                Calls.platform(AdapterKind.OPENAI, server.url() + "/v1", Quirks.NONE, null),
                                Calls.model("a-large"),
                                Calls.SECRET))
                        .start());
            }
            for (CompletionStage<AttemptStart> start : asked) {
                AttemptStart came = get(start);
                assertThat(came).isInstanceOf(AttemptStart.Answered.class);
                assertThat(((AttemptStart.Answered) came).body().utf8String()).contains("Hi");
            }
            assertThat(server.connections).hasValue(10);
        }
    }

    @Test
    void aResponseWithTwoWaysToTellItsEndIsTheLastOfItsConnection() throws Exception {
        String doubtful = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 3\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n" + part(ANSWER) + "0\r\n\r\n";
        try (RawServer server = new RawServer((out, self) -> say(out, doubtful)).keepingAlive()) {
            for (int i = 0; i < 2; i++) {
                assertThat(start(server, ASK)).isInstanceOf(AttemptStart.Answered.class);
            }
            assertThat(server.connections).hasValue(2);
        }
    }

    @Test
    void aGigabyteOfAnEventIsTooMuch() throws Exception {
        try (RawServer server = endless(SSE_CHUNKED, part("data".repeat(4096)))) {
            failsAs(FailureKind.MALFORMED, server, ASK_STREAM);
        }
        try (RawServer server = endless(RawServer.sse(ROLE + HI), "data: more\n")) {
            AttemptStart.Committed stream = committed(start(server, ASK_STREAM));
            assertThat(get(text(stream))).startsWith(ROLE + HI).endsWith("data: [DONE]\n\n");
            assertThat(failure(stream.end())).isEqualTo(FailureKind.MALFORMED);
        }
    }

    @Test
    void commentsWithoutEndAreSilence() throws Exception {
        try (RawServer server = endless(RawServer.sse(ROLE), ": still here\n\n")) {
            assertThat(failed(start(server, ASK_STREAM)).kind()).isEqualTo(FailureKind.STALLED);
            assertThat(server.closedByPeer.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aBodyThatUnpacksWithoutEndIsTooMuch() throws Exception {
        byte[] zeroes = gzipped("{\"x\":\"", 256);
        try (RawServer server = new RawServer((out, self) -> packed(out, "application/json", zeroes))) {
            failsAs(FailureKind.MALFORMED, server, ASK);
        }
        byte[] line = gzipped("data: ", 256);
        try (RawServer server = new RawServer((out, self) -> packed(out, "text/event-stream", line))) {
            failsAs(FailureKind.MALFORMED, server, ASK_STREAM);
        }
        try (RawServer server = new RawServer((out, self) -> {
            say(
                    out,
                    "HTTP/1.1 500 X\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: "
                            + zeroes.length + "\r\n\r\n");
            out.write(zeroes);
            self.awaitClose();
        })) {
            failsAs(FailureKind.SERVER_ERROR, server, ASK);
        }
    }

    private static void packed(OutputStream out, String type, byte[] body) throws Exception {
        say(
                out,
                "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nContent-Encoding: gzip\r\nContent-Length: "
                        + body.length + "\r\n\r\n");
        out.write(body);
    }

    private static byte[] gzipped(String head, int megabytes) throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        byte[] block = new byte[1 << 20];
        Arrays.fill(block, (byte) 'a');
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(head.getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < megabytes; i++) {
                gzip.write(block);
            }
        }
        return packed.toByteArray();
    }
}
