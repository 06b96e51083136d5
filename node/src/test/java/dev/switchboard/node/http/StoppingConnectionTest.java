package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import dev.switchboard.node.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Once a node stops, an answer on a connection that was kept alive is its last, and says so. */
class StoppingConnectionTest {
    private static final String REQUEST = "GET %s HTTP/1.1\r\nHost: here\r\n\r\n";

    @Test
    void answersOfANodeThatStopsCloseTheirConnections() throws Exception {
        ActorTestKit kit = ActorTestKit.create("stopping");
        try {
            int port = Server.bind(
                            kit.system(),
                            "127.0.0.1",
                            0,
                            null,
                            Settings.Clients.DEFAULT,
                            StoppingConnectionTest::answer)
                    .toCompletableFuture()
                    .get(5, TimeUnit.SECONDS)
                    .localAddress()
                    .getPort();
            CompletableFuture<Done> drained = new CompletableFuture<>();
            CoordinatedShutdown shutdown = CoordinatedShutdown.get(kit.system());
            shutdown.addTask(CoordinatedShutdown.PhaseBeforeServiceUnbind(), "serving-on", () -> drained);
            try (Socket whole = open(port);
                    Socket parts = open(port)) {
                assertThat(ask(whole, "/whole", "}")).doesNotContain("Connection:");
                assertThat(ask(parts, "/parts", "0\r\n\r\n")).doesNotContain("Connection:");

                CompletionStage<Done> stop = shutdown.runAll(CoordinatedShutdown.unknownReason());
                assertThat(ask(whole, "/whole", "}")).contains("200 OK", "\r\nConnection: close\r\n");
                assertThat(whole.getInputStream().read()).isEqualTo(-1);
                assertThat(ask(parts, "/parts", "0\r\n\r\n")).contains("200 OK", "\r\nConnection: close\r\n");
                assertThat(parts.getInputStream().read()).isEqualTo(-1);

                drained.complete(Done.getInstance());
                assertThat(stop).succeedsWithin(20, TimeUnit.SECONDS);
            }
        } finally {
            kit.shutdownTestKit();
        }
    }

    private static CompletionStage<HttpResponse> answer(HttpRequest request) {
        HttpResponse response = HttpResponse.create();
        return CompletableFuture.completedStage(
                request.getUri().path().equals("/whole")
                        ? response.withEntity(ContentTypes.APPLICATION_JSON, "{}")
                        : response.withEntity(HttpEntities.createChunked(
                                ContentTypes.TEXT_PLAIN_UTF8, Source.single(ByteString.fromString("words")))));
    }

    private static Socket open(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static String ask(Socket socket, String path, String end) throws IOException {
        socket.getOutputStream().write(REQUEST.formatted(path).getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith(end)) {
            int read = in.read();
            if (read < 0) {
                throw new IOException("ended after " + answer);
            }
            answer.append((char) read);
        }
        return answer.toString();
    }
}
