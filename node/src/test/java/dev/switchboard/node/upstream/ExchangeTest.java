package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.DispatcherSelector;
import akka.util.ByteString;
import dev.switchboard.node.settings.Settings;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/** Who reads a body, and what each of them gets. */
class ExchangeTest extends UpstreamHarness {
    private HttpClient client() throws Exception {
        Outbound outbound = new Outbound(
                InetAddress::getAllByName,
                () -> true,
                Set.of(),
                null,
                kit.system().dispatchers().lookup(DispatcherSelector.blocking()));
        Settings.Upstream settings = new Settings.Upstream(Duration.ofSeconds(2), Duration.ofSeconds(20));
        return new HttpClient(kit.system(), settings, outbound, SSLContext.getDefault());
    }

    /** On a busy node an answer may be there, whole, before its first reader. */
    @Test
    void aReaderThatLeavesAtTheFirstPartLeavesTheRestToTheNext() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5\r\nfirst\r\n6\r\nsecond\r\n5\r\nthird\r\n0\r\n\r\n";
        try (RawServer server = new RawServer((out, self) -> say(out, answer)).keepingAlive()) {
            HttpClient client = client();
            Exchange exchange = new Exchange(client);
            get(exchange.send(WireRequest.get(server.url(), Map.of()), Duration.ofSeconds(5)));
            // The connection serves the next question only when this body is in, unread.
            Exchange next = new Exchange(client);
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
