package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.FailureKind;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One JSON document where a stream was asked, under a content type that does not say so. */
class MislabelledAnswerTest extends UpstreamHarness {
    private static final String MARK = "\uFEFF";

    private static String ok(String type, String body) {
        return "HTTP/1.1 200 OK\r\n" + (type.isEmpty() ? "" : "Content-Type: " + type + "\r\n")
                + "Connection: close\r\n\r\n" + body;
    }

    private void assertStreamed(AttemptStart start) throws Exception {
        AttemptStart.Committed stream = committed(start);
        assertThat(get(text(stream)))
                .contains("\"delta\":{\"role\":\"assistant\",\"content\":\"Hi\"}")
                .contains("\"finish_reason\":\"stop\"")
                .doesNotContain(MARK)
                .endsWith("data: [DONE]\n\n");
        assertThat(get(stream.end()).usage().outputTokens()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "text/plain; charset=utf-8", "application/octet-stream", ""})
    void anAnswerIsStreamedAndAnErrorIsWhatItSays(String type) throws Exception {
        try (RawServer server = RawServer.saying(ok(type, ANSWER))) {
            assertStreamed(start(server, ASK_STREAM));
        }
        String error = "{\"error\":{\"message\":\"slow down\",\"code\":429}}";
        try (RawServer server = RawServer.saying(ok(type, error))) {
            assertThat(failed(start(server, ASK_STREAM)).kind()).isEqualTo(FailureKind.RATE_LIMITED);
        }
        try (RawServer server = RawServer.saying(ok(type, "{\"hello\":1}\n{\"hello\":2}"))) {
            assertThat(failed(start(server, ASK_STREAM)).kind()).isEqualTo(FailureKind.MALFORMED);
        }
    }

    @ParameterizedTest
    @EnumSource(AdapterKind.class)
    void everyAdapterReadsIt(AdapterKind kind) throws Exception {
        String answer = kind == AdapterKind.GOOGLE
                ? "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hi\"}]},\"finishReason\":\"STOP\"}],"
                        + "\"usageMetadata\":{\"promptTokenCount\":3,\"candidatesTokenCount\":1}}"
                : ANSWER;
        String error = "{\"error\":{\"code\":429,\"message\":\"no\",\"status\":\"RESOURCE_EXHAUSTED\"}}";
        for (String body : new String[] {answer, error}) {
            try (RawServer server = RawServer.saying(ok("text/event-stream", body))) {
                AttemptStart start = get(upstream.chat(new ChatCall(
                                Calls.request(ASK_STREAM),
                                Calls.platform(kind, server.url() + "/v1", Quirks.NONE, null),
                                Calls.model("a-large"),
                                kind == AdapterKind.CLOUDFLARE ? "account:token" : Calls.SECRET))
                        .start());
                if (body.equals(error)) {
                    assertThat(failed(start).kind()).isEqualTo(FailureKind.RATE_LIMITED);
                } else {
                    assertStreamed(start);
                }
            }
        }
    }

    @Test
    void whatComesBeforeTheFirstBraceAndHowItIsCutChangesNothing() throws Exception {
        String body = MARK + " \r\n\t" + ANSWER;
        StringBuilder chunks = new StringBuilder();
        // Each chunk of HTTP is handed on by itself, however the bytes arrive.
        for (byte one : body.getBytes(StandardCharsets.UTF_8)) {
            chunks.append("1\r\n").append((char) (one & 0xFF)).append("\r\n");
        }
        String answer = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                + chunks + "0\r\n\r\n";
        try (RawServer server = new RawServer((out, self) -> out.write(answer.getBytes(StandardCharsets.ISO_8859_1)))) {
            assertStreamed(start(server, ASK_STREAM));
        }
    }

    @Test
    void aCompressedOneIsReadToo() throws Exception {
        try (RawServer server = new RawServer((out, self) -> gzip(out, "text/event-stream", " " + ANSWER))) {
            assertStreamed(start(server, ASK_STREAM));
        }
    }

    @Test
    void aLongOneIsReadToo() throws Exception {
        String text = "word ".repeat(400_000);
        String answer = ANSWER.replace("\"Hi\"", "\"" + text + "\"");
        try (RawServer server = RawServer.saying(ok("text/event-stream", answer))) {
            assertThat(get(text(committed(start(server, ASK_STREAM))))).contains(text);
        }
    }

    @Test
    void oneThatStopsComingStalls() throws Exception {
        try (RawServer server = new RawServer((OutputStream out, RawServer self) -> {
            say(out, ok("text/event-stream", ANSWER.substring(0, 20)));
            self.awaitClose();
        })) {
            assertThat(failed(start(server, ASK_STREAM)).kind()).isEqualTo(FailureKind.STALLED);
        }
    }

    @Test
    void oneThatIsCutOffIsNoAnswer() throws Exception {
        String cut = ok("text/event-stream", ANSWER.substring(0, 20)).replace("close", "close\r\nContent-Length: 400");
        try (RawServer server = RawServer.saying(cut)) {
            assertThat(failed(start(server, ASK_STREAM)).kind()).isEqualTo(FailureKind.BROKEN);
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aByteOrderMarkBeforeJsonIsNoPartOfIt(boolean stream) throws Exception {
        try (RawServer server = RawServer.saying(RawServer.json(200, "", MARK + ANSWER))) {
            AttemptStart start = start(server, stream ? ASK_STREAM : ASK);
            if (stream) {
                assertStreamed(start);
            } else {
                assertThat(((AttemptStart.Answered) start).body().utf8String()).isEqualTo(ANSWER);
            }
        }
        String error = "{\"error\":{\"message\":\"slow down\",\"code\":\"context_length_exceeded\"}}";
        try (RawServer server = RawServer.saying(RawServer.json(400, "", MARK + error))) {
            assertThat(failed(start(server, stream ? ASK_STREAM : ASK)).kind()).isEqualTo(FailureKind.TOO_LARGE);
        }
    }
}
