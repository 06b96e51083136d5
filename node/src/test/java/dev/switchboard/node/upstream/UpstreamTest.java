package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.stream.javadsl.Sink;
import akka.util.ByteString;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.relay.ChatFrames;
import dev.switchboard.node.relay.StreamEnd;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class UpstreamTest {
    private static final ActorTestKit KIT = ActorTestKit.create(
            "upstream", ConfigFactory.parseString("akka.loglevel = WARNING").withFallback(ConfigFactory.load()));
    private static final Settings.Stream STREAM =
            new Settings.Stream(Duration.ofSeconds(15), Duration.ofSeconds(1), null);
    private static final Upstream UPSTREAM =
            Upstream.create(KIT.system(), new Settings.Upstream(Duration.ofSeconds(2), Duration.ofSeconds(20)), STREAM);

    private static final String ASK = "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
    private static final String ASK_STREAM =
            "{\"model\":\"auto\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
    private static final String ANSWER =
            "{\"id\":\"c1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":"
                    + "[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"finish_reason\":\"stop\"}],"
                    + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1,\"total_tokens\":4}}";
    private static final String ROLE = chunk("{\"role\":\"assistant\",\"content\":\"\"}", "null");
    private static final String HI = chunk("{\"content\":\"Hi\"}", "null");
    private static final String STOP = chunk("{}", "\"stop\"");

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private static String chunk(String delta, String finish) {
        return "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":"
                + delta + ",\"finish_reason\":" + finish + "}]}\n\n";
    }

    private static Attempt attempt(RawServer server, String ask, @Nullable Duration timeout) {
        return UPSTREAM.chat(new ChatCall(
                Calls.request(ask),
                Calls.platform(AdapterKind.OPENAI, server.url() + "/v1", Quirks.NONE, timeout),
                Calls.model("a-large"),
                Calls.SECRET));
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static AttemptStart start(RawServer server, String ask) throws Exception {
        return get(attempt(server, ask, null).start());
    }

    private static Failure failed(AttemptStart start) {
        assertThat(start).isInstanceOf(AttemptStart.Failed.class);
        return ((AttemptStart.Failed) start).failure();
    }

    private static AttemptStart.Committed committed(AttemptStart start) {
        assertThat(start).isInstanceOf(AttemptStart.Committed.class);
        return (AttemptStart.Committed) start;
    }

    private static CompletionStage<String> text(AttemptStart.Committed stream) {
        return stream.events()
                .via(ChatFrames.flow())
                .runWith(Sink.fold(ByteString.emptyByteString(), ByteString::concat), KIT.system())
                .thenApplyAsync(ByteString::utf8String);
    }

    @Test
    void aWholeAnswerPassesUntouched() throws Exception {
        try (RawServer server = RawServer.saying(RawServer.json(200, "", ANSWER))) {
            AttemptStart start = start(server, ASK);
            assertThat(start).isInstanceOf(AttemptStart.Answered.class);
            AttemptStart.Answered answered = (AttemptStart.Answered) start;
            assertThat(answered.body().utf8String()).isEqualTo(ANSWER);
            assertThat(answered.usage().inputTokens()).isEqualTo(3);
            assertThat(server.requests.get(0))
                    .startsWith("POST /v1/chat/completions HTTP/1.1\r\n")
                    .contains("Authorization: Bearer " + Calls.SECRET)
                    .contains("Accept-Encoding: identity")
                    .contains("Content-Type: application/json")
                    .endsWith("{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],\"model\":\"a-large\"}");
        }
    }

    @Test
    void aStreamCommitsAtTheFirstTextAndEndsWithDone() throws Exception {
        try (RawServer server = RawServer.saying(RawServer.sse(ROLE + HI + STOP + "data: [DONE]\n\n"))) {
            AttemptStart.Committed stream = committed(start(server, ASK_STREAM));
            assertThat(get(text(stream))).isEqualTo(ROLE + HI + STOP + "data: [DONE]\n\n");
            StreamEnd end = get(stream.end());
            assertThat(end.failure()).isNull();
            assertThat(end.chunks()).isEqualTo(1);
            assertThat(end.usage().estimated()).isTrue();
            assertThat(server.requests.get(0)).contains("\"stream_options\":{\"include_usage\":true}");
        }
    }

    @Test
    void aCompleteStreamLeavesItsConnectionForTheNext() throws Exception {
        String body = ROLE + HI + STOP + "data: [DONE]\n\n";
        String response = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                + Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
        try (RawServer server = RawServer.saying(response).keepingAlive()) {
            for (int i = 0; i < 3; i++) {
                assertThat(get(text(committed(start(server, ASK_STREAM))))).endsWith("data: [DONE]\n\n");
            }
            assertThat(server.requests).hasSize(3);
            assertThat(server.connections.get()).isEqualTo(1);
        }
    }

    @Test
    void aJsonAnswerToAStreamRequestIsStreamed() throws Exception {
        try (RawServer server = RawServer.saying(RawServer.json(200, "", ANSWER))) {
            AttemptStart.Committed stream = committed(start(server, ASK_STREAM));
            assertThat(get(text(stream)))
                    .contains("\"delta\":{\"role\":\"assistant\",\"content\":\"Hi\"}")
                    .contains("\"finish_reason\":\"stop\"")
                    .doesNotContain("usage")
                    .endsWith("data: [DONE]\n\n");
            assertThat(get(stream.end()).usage().outputTokens()).isEqualTo(1);
        }
    }

    @Test
    void cancelBeforeHeadersClosesTheConnection() throws Exception {
        try (RawServer server = new RawServer((out, self) -> self.awaitClose())) {
            Attempt attempt = attempt(server, ASK, null);
            CompletionStage<AttemptStart> start = attempt.start();
            assertThat(server.asked.await(10, TimeUnit.SECONDS)).isTrue();
            long began = System.nanoTime();
            attempt.cancel();
            assertThat(failed(get(start)).kind()).isEqualTo(FailureKind.CANCELLED);
            assertThat(server.closedByPeer.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void cancelAfterHeadersClosesTheConnection() throws Exception {
        try (RawServer server = new RawServer((out, self) -> {
            say(out, RawServer.sse(ROLE));
            self.awaitClose();
        })) {
            Attempt attempt = attempt(server, ASK_STREAM, null);
            CompletionStage<AttemptStart> start = attempt.start();
            assertThat(server.asked.await(10, TimeUnit.SECONDS)).isTrue();
            long began = System.nanoTime();
            attempt.cancel();
            assertThat(failed(get(start)).kind()).isEqualTo(FailureKind.CANCELLED);
            assertThat(server.closedByPeer.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void cancelInAStreamClosesTheConnectionAndEndsIt() throws Exception {
        try (RawServer server = new RawServer((out, self) -> {
            say(out, RawServer.sse(ROLE + HI));
            self.awaitClose();
        })) {
            Attempt attempt = attempt(server, ASK_STREAM, null);
            AttemptStart.Committed stream = committed(get(attempt.start()));
            CompletionStage<String> text = text(stream);
            attempt.cancel();
            assertThat(server.closedByPeer.await(1, TimeUnit.SECONDS)).isTrue();
            assertThat(get(stream.end()).failure()).extracting(Failure::kind).isEqualTo(FailureKind.CANCELLED);
            assertThat(get(text)).contains("stream_error").endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void aClientThatGoesAwayCancelsTheUpstream() throws Exception {
        try (RawServer server = new RawServer((out, self) -> {
            say(out, RawServer.sse(ROLE + HI));
            self.awaitClose();
        })) {
            AttemptStart.Committed stream = committed(start(server, ASK_STREAM));
            stream.events().take(1).runWith(Sink.ignore(), KIT.system());
            assertThat(server.closedByPeer.await(1, TimeUnit.SECONDS)).isTrue();
            assertThat(get(stream.end()).failure()).extracting(Failure::kind).isEqualTo(FailureKind.CANCELLED);
        }
    }

    @Test
    void noHeadersInTimeIsATimeoutAndClosesTheConnection() throws Exception {
        try (RawServer server = new RawServer((out, self) -> self.awaitClose())) {
            AttemptStart start =
                    get(attempt(server, ASK, Duration.ofMillis(300)).start());
            assertThat(failed(start).kind()).isEqualTo(FailureKind.TIMEOUT);
            assertThat(server.closedByPeer.await(1, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void silenceBeforeTheFirstTextIsAStall() throws Exception {
        try (RawServer server = new RawServer((out, self) -> {
            say(out, RawServer.sse(ROLE + ": working\n\n"));
            self.awaitClose();
        })) {
            assertThat(failed(start(server, ASK_STREAM)).kind()).isEqualTo(FailureKind.STALLED);
            assertThat(server.closedByPeer.await(1, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void silenceAfterTheFirstTextIsATimeoutFrame() throws Exception {
        try (RawServer server = new RawServer((out, self) -> {
            say(out, RawServer.sse(ROLE + HI));
            self.awaitClose();
        })) {
            AttemptStart.Committed stream = committed(start(server, ASK_STREAM));
            assertThat(get(text(stream)))
                    .startsWith(ROLE + HI)
                    .contains("\"type\":\"stream_timeout\"")
                    .endsWith("data: [DONE]\n\n");
            assertThat(get(stream.end()).failure()).extracting(Failure::kind).isEqualTo(FailureKind.STALLED);
        }
    }

    @Test
    void aCutAfterTheFirstTextIsAnErrorFrame() throws Exception {
        try (RawServer server = RawServer.saying(RawServer.sse(ROLE + HI))) {
            AttemptStart.Committed stream = committed(start(server, ASK_STREAM));
            assertThat(get(text(stream)))
                    .startsWith(ROLE + HI)
                    .contains("\"type\":\"stream_error\"")
                    .endsWith("data: [DONE]\n\n");
            assertThat(get(stream.end()).failure()).extracting(Failure::kind).isEqualTo(FailureKind.BROKEN);
        }
    }

    @Test
    void aCutInsideAChunkedBodyIsBroken() throws Exception {
        try (RawServer server = RawServer.saying(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + Integer.toHexString(HI.length()) + "\r\n" + HI + "\r\n400\r\ndata: {\"id")) {
            AttemptStart.Committed stream = committed(start(server, ASK_STREAM));
            assertThat(get(text(stream))).contains("\"type\":\"stream_error\"").endsWith("data: [DONE]\n\n");
            assertThat(get(stream.end()).failure()).extracting(Failure::kind).isEqualTo(FailureKind.BROKEN);
        }
    }

    @Test
    void errorsWrappedInSuccessAreFailures() throws Exception {
        try (RawServer server =
                RawServer.saying(RawServer.json(200, "", "{\"error\":{\"message\":\"slow down\",\"code\":\"429\"}}"))) {
            assertThat(failed(start(server, ASK))).satisfies(failure -> {
                assertThat(failure.kind()).isEqualTo(FailureKind.RATE_LIMITED);
                assertThat(failure.message()).isEqualTo("slow down");
            });
        }
        try (RawServer server = RawServer.saying(RawServer.sse(ROLE + "data: {\"error\":\"no capacity\"}\n\n"))) {
            assertThat(failed(start(server, ASK_STREAM)).kind()).isEqualTo(FailureKind.SERVER_ERROR);
        }
        try (RawServer server =
                RawServer.saying(RawServer.sse(HI + "data: {\"error\":{\"code\":502,\"message\":\"bad\"}}\n\n"))) {
            AttemptStart.Committed stream = committed(start(server, ASK_STREAM));
            assertThat(get(text(stream))).contains("\"message\":\"bad\"").endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void statusesAreClassifiedWithTheirRetryAfter() throws Exception {
        String body = "{\"error\":{\"message\":\"key " + Calls.SECRET + " is over its limit\"}}";
        try (RawServer server = RawServer.saying(RawServer.json(429, "Retry-After: 7\r\n", body))) {
            Failure failure = failed(start(server, ASK));
            assertThat(failure.kind()).isEqualTo(FailureKind.RATE_LIMITED);
            assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(7));
            assertThat(failure.message()).isEqualTo("key *** is over its limit");
        }
        try (RawServer server = RawServer.saying(RawServer.json(529, "", "overloaded"))) {
            assertThat(failed(start(server, ASK)))
                    .extracting(Failure::kind, Failure::status)
                    .containsExactly(FailureKind.SERVER_ERROR, 529);
        }
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        try (RawServer other = RawServer.saying(RawServer.json(200, "", ANSWER));
                RawServer server = RawServer.saying(
                        "HTTP/1.1 307 X\r\nLocation: " + other.url() + "\r\nContent-Length: 0\r\n\r\n")) {
            assertThat(failed(start(server, ASK)))
                    .extracting(Failure::kind, Failure::status)
                    .containsExactly(FailureKind.SERVER_ERROR, 307);
            assertThat(other.requests).isEmpty();
        }
    }

    @Test
    void aWebPageIsMalformed() throws Exception {
        String page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>";
        for (String ask : new String[] {ASK, ASK_STREAM}) {
            try (RawServer server = RawServer.saying(page)) {
                assertThat(failed(start(server, ask)).kind()).isEqualTo(FailureKind.MALFORMED);
            }
        }
    }

    @Test
    void gzipIsUnpackedAlthoughNotAskedFor() throws Exception {
        try (RawServer server = new RawServer((out, self) -> gzip(out, "application/json", ANSWER))) {
            assertThat(start(server, ASK)).isInstanceOf(AttemptStart.Answered.class);
        }
        try (RawServer server = new RawServer((out, self) -> gzip(out, "text/event-stream", HI + STOP))) {
            assertThat(get(text(committed(start(server, ASK_STREAM))))).isEqualTo(HI + STOP + "data: [DONE]\n\n");
        }
    }

    @Test
    void anEndlessLineFailsWithoutFillingMemory() throws Exception {
        try (RawServer server = new RawServer((out, self) -> {
            say(out, RawServer.sse(""));
            say(out, "data: {\"x\":\"");
            byte[] block = new byte[1 << 20];
            java.util.Arrays.fill(block, (byte) 'a');
            for (int i = 0; i < 100; i++) {
                out.write(block);
            }
        })) {
            assertThat(failed(start(server, ASK_STREAM)).kind()).isEqualTo(FailureKind.MALFORMED);
            assertThat(server.closedByPeer.await(2, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void endlessHeadersAreAFailure() throws Exception {
        try (RawServer server = new RawServer((out, self) -> {
            say(out, "HTTP/1.1 200 OK\r\n");
            for (int i = 0; i < 1_000_000; i++) {
                say(out, "X-" + i + ": " + "a".repeat(100) + "\r\n");
            }
        })) {
            assertThat(failed(start(server, ASK)).kind()).isIn(FailureKind.MALFORMED, FailureKind.UNREACHABLE);
            assertThat(server.closedByPeer.await(2, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void noiseInsteadOfHttpIsAFailure() throws Exception {
        byte[] noise = new byte[4096];
        ThreadLocalRandom.current().nextBytes(noise);
        try (RawServer server = new RawServer((out, self) -> out.write(noise))) {
            assertThat(failed(start(server, ASK)).kind()).isIn(FailureKind.MALFORMED, FailureKind.UNREACHABLE);
        }
    }

    @Test
    void nobodyThereIsUnreachable() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Attempt attempt = UPSTREAM.chat(new ChatCall(
                Calls.request(ASK),
                Calls.platform(AdapterKind.OPENAI, "http://127.0.0.1:" + port, Quirks.NONE, null),
                Calls.model("a"),
                null));
        assertThat(failed(get(attempt.start())).kind()).isEqualTo(FailureKind.UNREACHABLE);
    }

    @Test
    void aSecretThatCannotBeSentIsAnAuthFailure() throws Exception {
        try (RawServer server = RawServer.saying(RawServer.json(200, "", ANSWER))) {
            Attempt attempt = UPSTREAM.chat(new ChatCall(
                    Calls.request(ASK),
                    Calls.platform(AdapterKind.OPENAI, server.url(), Quirks.NONE, null),
                    Calls.model("a"),
                    "sk-1\r\nX-Evil: 1"));
            assertThat(failed(get(attempt.start())).kind()).isEqualTo(FailureKind.AUTH);
            assertThat(server.requests).isEmpty();
        }
    }

    @Test
    void keyChecksKnowThreeAnswers() throws Exception {
        try (RawServer server =
                RawServer.saying(RawServer.json(200, "", "{\"data\":[{\"id\":\"m1\"},{\"id\":\"m2\"}]}"))) {
            var platform = Calls.platform(AdapterKind.OPENAI, server.url(), Quirks.NONE, null);
            assertThat(get(UPSTREAM.checkKey(platform, "sk-1"))).isEqualTo(new KeyCheck.Good());
            assertThat(get(UPSTREAM.models(platform, "sk-1"))).containsExactly("m1", "m2");
        }
        try (RawServer server = RawServer.saying(RawServer.json(401, "", "{\"error\":{\"message\":\"no\"}}"))) {
            var platform = Calls.platform(AdapterKind.OPENAI, server.url(), Quirks.NONE, null);
            assertThat(get(UPSTREAM.checkKey(platform, "sk-1"))).isEqualTo(new KeyCheck.Bad("no"));
        }
        try (RawServer server = RawServer.saying(RawServer.json(503, "", "{}"))) {
            var platform = Calls.platform(AdapterKind.OPENAI, server.url(), Quirks.NONE, null);
            assertThat(get(UPSTREAM.checkKey(platform, "sk-1"))).isInstanceOf(KeyCheck.CannotTell.class);
        }
    }

    @Test
    void aKeyThatCannotBeUsedIsBad() throws Exception {
        var cloudflare = Calls.platform(AdapterKind.CLOUDFLARE, "http://127.0.0.1:1", Quirks.NONE, null);
        assertThat(get(UPSTREAM.checkKey(cloudflare, "no-account"))).isInstanceOf(KeyCheck.Bad.class);
        var openai = Calls.platform(AdapterKind.OPENAI, "http://127.0.0.1:1", Quirks.NONE, null);
        assertThat(get(UPSTREAM.checkKey(openai, "sk-\u00e9"))).isInstanceOf(KeyCheck.Bad.class);
        assertThat(get(UPSTREAM.checkKey(openai, "sk-1"))).isInstanceOf(KeyCheck.CannotTell.class);
    }

    @Test
    void aTokenOfAnAccountIsFoundGoodInTheSecondPlace() throws Exception {
        try (RawServer server = new RawServer((out, self) -> say(
                out,
                self.requests.get(self.requests.size() - 1).startsWith("GET /user/")
                        ? RawServer.json(
                                401, "", "{\"success\":false,\"errors\":[{\"code\":1000,\"message\":\"Invalid\"}]}")
                        : RawServer.json(200, "", "{\"success\":true,\"result\":{\"status\":\"active\"}}")))) {
            var platform = Calls.platform(
                    AdapterKind.CLOUDFLARE, server.url() + "/accounts/{account}/ai/v1", Quirks.NONE, null);
            assertThat(get(UPSTREAM.checkKey(platform, "acc:tok"))).isEqualTo(new KeyCheck.Good());
            assertThat(server.requests).hasSize(2);
        }
    }

    private static void say(OutputStream out, String text) throws Exception {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void gzip(OutputStream out, String type, String text) throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        say(
                out,
                "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nContent-Encoding: gzip\r\nContent-Length: "
                        + packed.size() + "\r\n\r\n");
        out.write(packed.toByteArray());
        out.flush();
    }
}
