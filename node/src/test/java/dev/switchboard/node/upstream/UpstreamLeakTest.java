package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.relay.ChatFrames;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Quirks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Many attempts that end in every way at once: each is reported once, and nothing stays open. */
class UpstreamLeakTest {
    private static ActorTestKit kit;
    private static final int ATTEMPTS = 400;
    private static final String HI =
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n";
    private static final String STOP =
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

    private final AtomicInteger openStreams = new AtomicInteger();

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create(
                "leak",
                ConfigFactory.parseString("akka.loglevel = OFF\nakka.http.server.max-connections = 4096")
                        .withFallback(ConfigFactory.load()));
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    private HttpResponse answer(int kind) {
        return switch (kind) {
            case 0 ->
                HttpResponse.create()
                        .withEntity(ContentTypes.APPLICATION_JSON, "{\"choices\":[{\"message\":{\"content\":\"x\"}}]}");
            case 1 -> stream(Source.single(HI + STOP));
            case 2 -> stream(Source.single(HI).concat(Source.maybe()));
            case 3 -> stream(Source.<String>maybe());
            case 4 -> stream(Source.single(HI).concat(Source.failed(new IllegalStateException("cut"))));
            case 5 -> HttpResponse.create().withStatus(500).withEntity("x".repeat(10_000));
            case 6 -> stream(Source.repeat(HI).throttle(100, Duration.ofSeconds(1)));
            default -> stream(Source.single("data: {\"error\":\"no\"}\n\n").concat(Source.maybe()));
        };
    }

    private HttpResponse stream(Source<String, ?> events) {
        openStreams.incrementAndGet();
        Source<ByteString, ?> bytes = events.map(ByteString::fromString)
                .watchTermination(
                        (ignored, done) -> done.whenCompleteAsync((end, failure) -> openStreams.decrementAndGet()));
        return HttpResponse.create()
                .withEntity(HttpEntities.createChunked(MediaTypes.TEXT_EVENT_STREAM.toContentType(), bytes));
    }

    @Test
    void nothingStaysOpen() throws Exception {
        ServerBinding binding = Http.get(kit.system())
                .newServerAt("127.0.0.1", 0)
                .bindSync(request ->
                        answer(Integer.parseInt(request.getUri().getPathString().split("/")[1])))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        Upstream upstream = Upstream.create(
                kit.system(),
                new Settings.Upstream(Duration.ofSeconds(5), Duration.ofSeconds(10)),
                new Settings.Stream(Duration.ofSeconds(15), Duration.ofSeconds(1), null));
        AtomicInteger ends = new AtomicInteger();
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < ATTEMPTS; i++) {
            String url = "http://127.0.0.1:" + binding.localAddress().getPort() + "/" + i % 8;
            Attempt attempt = upstream.chat(new ChatCall(
                    Calls.request(
                            "{\"stream\":" + (i % 8 != 0) + ",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"),
                    Calls.platform(AdapterKind.OPENAI, url, Quirks.NONE, null),
                    Calls.model("m"),
                    null));
            int wait = i % 5 == 0 ? i % 60 : 2000;
            kit.system()
                    .scheduler()
                    .scheduleOnce(
                            Duration.ofMillis(wait),
                            attempt::cancel,
                            kit.system().executionContext());
            boolean leaves = i % 3 == 0;
            all.add(attempt.start()
                    .thenComposeAsync(start -> finish(start, leaves, ends))
                    .toCompletableFuture());
        }
        CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new)).get(30, TimeUnit.SECONDS);
        assertThat(ends.get()).isEqualTo(ATTEMPTS);
        await().atMost(Duration.ofSeconds(3))
                .untilAsserted(() -> assertThat(openStreams.get()).isZero());
    }

    private static CompletionStage<?> finish(AttemptStart start, boolean leaves, AtomicInteger ends) {
        if (!(start instanceof AttemptStart.Committed stream)) {
            ends.incrementAndGet();
            return CompletableFuture.completedFuture(start);
        }
        Source<ByteString, ?> bytes = stream.events().via(ChatFrames.flow());
        (leaves ? bytes.take(1) : bytes).runWith(Sink.ignore(), kit.system());
        return stream.end().thenAcceptAsync(end -> ends.incrementAndGet());
    }
}
