package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.stream.javadsl.Sink;
import akka.util.ByteString;
import dev.switchboard.node.relay.StreamEnd;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who reads a body, and what each of them gets. */
class ExchangeTest extends UpstreamHarness {
    private HttpClient client() throws Exception {
        return client(kit.system());
    }

    /** On a busy node an answer may be there, whole, before its first reader. */
    @Test
    void aReaderThatLeavesAtTheFirstPartLeavesTheRestToTheNext() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5\r\nfirst\r\n6\r\nsecond\r\n5\r\nthird\r\n0\r\n\r\n";
        try (RawServer server = new RawServer((out, self) -> say(out, answer)).keepingAlive()) {
            HttpClient client = client();
            Exchange exchange = new Exchange(client, null);
            get(exchange.send(WireRequest.get(server.url(), Map.of()), Duration.ofSeconds(5)));
            // The connection serves the next question only when this body is in, unread.
            Exchange next = new Exchange(client, null);
            get(next.send(WireRequest.get(server.url(), Map.of()), Duration.ofSeconds(5)));
            next.discard();

            AtomicReference<String> taken = new AtomicReference<>("");
            exchange.read(new Reader() {
                @Override
                public void part(ByteString bytes) {
                    taken.accumulateAndGet(bytes.utf8String(), String::concat);
                    exchange.leave(Duration.ofSeconds(5), () -> {});
                }
            });
            await().until(() -> !taken.get().isEmpty());
            Reader rest = new Reader();
            exchange.read(rest);
            assertThat(get(rest.whole)).isEqualTo("secondthird");
            assertThat(taken).hasValue("first");
        }
    }

    /** An answer's memory that is held until a timeout would be due is a node's memory gone within a minute of load. */
    @Test
    void nothingOfAnAnsweredRequestIsKept() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole";
        try (RawServer server = new RawServer((out, self) -> say(out, answer)).keepingAlive()) {
            HttpClient client = client();
            WeakReference<Exchange> answered = answered(client, server);
            WeakReference<WholeBody> inTwoReads = inTwoReads(client);
            await().untilAsserted(() -> {
                System.gc();
                assertThat(answered.get()).isNull();
                assertThat(inTwoReads.get()).isNull();
            });
        }
    }

    private static WeakReference<Exchange> answered(HttpClient client, RawServer server) throws Exception {
        Exchange exchange = new Exchange(client, null);
        ResponseHead head = get(exchange.send(WireRequest.get(server.url(), Map.of()), Duration.ofSeconds(60)));
        Exchange next = new Exchange(client, null);
        get(next.send(WireRequest.get(server.url(), Map.of()), Duration.ofSeconds(60)));
        next.discard();
        assertThat(get(exchange.whole(head, 100, Duration.ofSeconds(60))).utf8String())
                .isEqualTo("whole");
        return new WeakReference<>(exchange);
    }

    private static WeakReference<WholeBody> inTwoReads(HttpClient client) throws Exception {
        Exchange exchange = new Exchange(client, null);
        ResponseHead head = new ResponseHead(200, new DefaultHttpHeaders());
        WholeBody body = new WholeBody(exchange, head, 100, Duration.ofSeconds(60));
        exchange.loop().execute(() -> {
            body.part(ByteString.fromString("first"));
            body.pause();
            body.part(ByteString.fromString("second"));
            body.end();
        });
        assertThat(get(body.result()).utf8String()).isEqualTo("firstsecond");
        return new WeakReference<>(body);
    }

    @ParameterizedTest
    @CsvSource({
        "11, firstsecond",
        "11, first|second",
        "5, first|second",
        "0, |first||second",
        "0, firstsecond",
        "100, firstsecond",
        "6, first||second"
    })
    void aBodyIsTheSameHoweverItComes(int declared, String parts) throws Exception {
        Exchange exchange = new Exchange(client(), null);
        DefaultHttpHeaders headers = new DefaultHttpHeaders();
        headers.set("Content-Length", declared);
        WholeBody body = new WholeBody(exchange, new ResponseHead(200, headers), 11, Duration.ofSeconds(60));
        exchange.loop().execute(() -> {
            for (String part : parts.split("\\|")) {
                body.part(ByteString.fromString(part));
            }
            body.end();
        });
        assertThat(get(body.result()).utf8String()).isEqualTo("firstsecond");
    }

    /** The same for an answer that came whole and is handed on as a stream. */
    @Test
    void nothingOfAWholeAnswerHandedOnAsAStreamIsKept() throws Exception {
        try (RawServer server = RawServer.saying(RawServer.json(200, "", ANSWER))) {
            WeakReference<StreamEnd> end = streamed(server);
            await().untilAsserted(() -> {
                System.gc();
                assertThat(end.get()).isNull();
            });
        }
    }

    private WeakReference<StreamEnd> streamed(RawServer server) throws Exception {
        AttemptStart.Committed stream = committed(start(server, ASK_STREAM));
        stream.events().runWith(Sink.ignore(), kit.system());
        StreamEnd end = get(stream.end());
        assertThat(end.failure()).isNull();
        return new WeakReference<>(end);
    }

    private static class Reader implements BodyReader {
        final CompletableFuture<String> whole = new CompletableFuture<>();
        private String text = "";

        @Override
        public void part(ByteString bytes) {
            text += bytes.utf8String();
        }

        @Override
        public void end() {
            whole.complete(text);
        }

        @Override
        public void broken(Throwable why) {
            whole.completeExceptionally(why);
        }
    }
}
