package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What goes wrong on real connections is classified, bounded and never hangs. */
class UpstreamFailureTest extends UpstreamHarness {
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
    void errorsInAChoiceAreFailures() throws Exception {
        String error = "\"error\":{\"code\":429,\"message\":\"slow down\"},\"finish_reason\":\"error\"}]}";
        String whole =
                "{\"id\":\"1\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"hal\"},"
                        + error;
        try (RawServer server = RawServer.saying(RawServer.json(200, "", whole))) {
            assertThat(failed(start(server, ASK))).satisfies(failure -> {
                assertThat(failure.kind()).isEqualTo(FailureKind.RATE_LIMITED);
                assertThat(failure.message()).isEqualTo("slow down");
            });
        }
        String last = "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"}," + error + "\n\n";
        try (RawServer server = RawServer.saying(RawServer.sse(ROLE + last))) {
            assertThat(failed(start(server, ASK_STREAM)).kind()).isEqualTo(FailureKind.RATE_LIMITED);
        }
        try (RawServer server = RawServer.saying(RawServer.sse(HI + last + "data: [DONE]\n\n"))) {
            AttemptStart.Committed stream = committed(start(server, ASK_STREAM));
            assertThat(get(text(stream)))
                    .contains("\"message\":\"slow down\"")
                    .contains("\"type\":\"stream_error\"")
                    .doesNotContain("finish_reason\":\"error")
                    .endsWith("data: [DONE]\n\n");
            assertThat(get(stream.end()).failure()).extracting(Failure::kind).isEqualTo(FailureKind.RATE_LIMITED);
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
    void anEndlessLineFailsWithoutFillingMemory() throws Exception {
        try (RawServer server = new RawServer((out, self) -> {
            say(out, RawServer.sse(""));
            say(out, "data: {\"x\":\"");
            byte[] block = new byte[1 << 20];
            Arrays.fill(block, (byte) 'a');
            for (int i = 0; i < 100; i++) {
                out.write(block);
            }
        })) {
            assertThat(failed(start(server, ASK_STREAM)).kind()).isEqualTo(FailureKind.MALFORMED);
            assertThat(server.closedByPeer.await(2, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void anEndlessAnswerFailsWithoutFillingMemory() throws Exception {
        try (RawServer server = new RawServer((out, self) -> {
            say(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"x\":\"");
            byte[] block = new byte[1 << 20];
            Arrays.fill(block, (byte) 'a');
            for (int i = 0; i < 100; i++) {
                out.write(block);
            }
        })) {
            assertThat(failed(start(server, ASK)).kind()).isEqualTo(FailureKind.MALFORMED);
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
        Attempt attempt = upstream.chat(new ChatCall(
                Calls.request(ASK),
                Calls.platform(AdapterKind.OPENAI, "http://127.0.0.1:" + port, Quirks.NONE, null),
                Calls.model("a"),
                null));
        assertThat(failed(get(attempt.start())).kind()).isEqualTo(FailureKind.UNREACHABLE);
    }

    @Test
    void aSecretThatCannotBeSentIsAnAuthFailure() throws Exception {
        try (RawServer server = RawServer.saying(RawServer.json(200, "", ANSWER))) {
            Attempt attempt = upstream.chat(new ChatCall(
                    Calls.request(ASK),
                    Calls.platform(AdapterKind.OPENAI, server.url(), Quirks.NONE, null),
                    Calls.model("a"),
                    "sk-1\r\nX-Evil: 1"));
            assertThat(failed(get(attempt.start())).kind()).isEqualTo(FailureKind.AUTH);
            assertThat(server.requests).isEmpty();
        }
    }
}
