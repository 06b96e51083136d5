package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import akka.stream.javadsl.Sink;
import dev.switchboard.node.relay.StreamEnd;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Answers, cancellation and key checks over real connections. */
class UpstreamTest extends UpstreamHarness {
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
            stream.events().take(1).runWith(Sink.ignore(), kit.system());
            assertThat(server.closedByPeer.await(1, TimeUnit.SECONDS)).isTrue();
            assertThat(get(stream.end()).failure()).extracting(Failure::kind).isEqualTo(FailureKind.CANCELLED);
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
    void keyChecksKnowThreeAnswers() throws Exception {
        try (RawServer server = RawServer.saying(
                        RawServer.json(200, "", "{\"data\":[{\"id\":\"m1\"},{\"id\":\"m2\"}]}"))
                .keepingAlive()) {
            var platform = Calls.platform(AdapterKind.OPENAI, server.url(), Quirks.NONE, null);
            assertThat(get(upstream.checkKey(platform, "sk-1", null))).isEqualTo(new KeyCheck.Good());
            assertThat(get(upstream.models(platform, "sk-1"))).containsExactly("m1", "m2");
        }
        try (RawServer server = RawServer.saying(RawServer.json(401, "", "{\"error\":{\"message\":\"no\"}}"))) {
            var platform = Calls.platform(AdapterKind.OPENAI, server.url(), Quirks.NONE, null);
            assertThat(get(upstream.checkKey(platform, "sk-1", null))).isEqualTo(new KeyCheck.Bad("no"));
        }
        try (RawServer server = RawServer.saying(RawServer.json(503, "", "{}"))) {
            var platform = Calls.platform(AdapterKind.OPENAI, server.url(), Quirks.NONE, null);
            assertThat(get(upstream.checkKey(platform, "sk-1", null))).isInstanceOf(KeyCheck.CannotTell.class);
        }
    }

    @Test
    void aByteOrderMarkChangesNeitherListsNorKeyChecks() throws Exception {
        try (RawServer server = RawServer.saying(RawServer.json(200, "", "\uFEFF{\"data\":[{\"id\":\"m1\"}]}"))) {
            var platform = Calls.platform(AdapterKind.OPENAI, server.url(), Quirks.NONE, null);
            assertThat(get(upstream.models(platform, "sk-1"))).containsExactly("m1");
        }
        try (RawServer server = RawServer.saying(RawServer.json(401, "", "\uFEFF{\"error\":{\"message\":\"no\"}}"))) {
            var platform = Calls.platform(AdapterKind.OPENAI, server.url(), Quirks.NONE, null);
            assertThat(get(upstream.checkKey(platform, "sk-1", null))).isEqualTo(new KeyCheck.Bad("no"));
        }
    }

    @Test
    void aKeyThatCannotBeUsedIsBad() throws Exception {
        var cloudflare = Calls.platform(AdapterKind.CLOUDFLARE, "http://127.0.0.1:1", Quirks.NONE, null);
        assertThat(get(upstream.checkKey(cloudflare, "no-account", null))).isInstanceOf(KeyCheck.Bad.class);
        var openai = Calls.platform(AdapterKind.OPENAI, "http://127.0.0.1:1", Quirks.NONE, null);
        assertThat(get(upstream.checkKey(openai, "sk-\u00e9", null))).isInstanceOf(KeyCheck.Bad.class);
        assertThat(get(upstream.checkKey(openai, "sk-1", null))).isInstanceOf(KeyCheck.CannotTell.class);
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
            assertThat(get(upstream.checkKey(platform, "acc:tok", null))).isEqualTo(new KeyCheck.Good());
            assertThat(server.requests).hasSize(2);
        }
    }
}
