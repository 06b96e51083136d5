package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.stream.javadsl.Sink;
import akka.util.ByteString;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.relay.ChatFrames;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.Failure;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/** An upstream client against a {@link RawServer}, with a stall timeout of one second. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class UpstreamHarness {
    final ActorTestKit kit = ActorTestKit.create(
            "upstream", ConfigFactory.parseString("akka.loglevel = OFF").withFallback(ConfigFactory.load()));
    private final Settings.Stream stream = new Settings.Stream(Duration.ofSeconds(15), Duration.ofSeconds(1), null);
    final Upstream upstream =
            Upstream.create(kit.system(), new Settings.Upstream(Duration.ofSeconds(2), Duration.ofSeconds(20)), stream);

    static final String ASK = "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
    static final String ASK_STREAM =
            "{\"model\":\"auto\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
    static final String ANSWER =
            "{\"id\":\"c1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":"
                    + "[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"finish_reason\":\"stop\"}],"
                    + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1,\"total_tokens\":4}}";
    static final String ROLE = chunk("{\"role\":\"assistant\",\"content\":\"\"}", "null");
    static final String HI = chunk("{\"content\":\"Hi\"}", "null");
    static final String STOP = chunk("{}", "\"stop\"");

    @AfterAll
    void stop() {
        kit.shutdownTestKit();
    }

    /** A client that may reach every address. */
    static HttpClient client(ActorSystem<?> system) throws Exception {
        Outbound outbound = new Outbound(
                InetAddress::getAllByName,
                () -> true,
                Set.of(),
                null,
                system.dispatchers().lookup(DispatcherSelector.blocking()));
        Settings.Upstream settings = new Settings.Upstream(Duration.ofSeconds(2), Duration.ofSeconds(20));
        return new HttpClient(system, settings, outbound, SSLContext.getDefault());
    }

    static String chunk(String delta, String finish) {
        return "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":"
                + delta + ",\"finish_reason\":" + finish + "}]}\n\n";
    }

    final Attempt attempt(RawServer server, String ask, @Nullable Duration timeout) {
        return upstream.chat(new ChatCall(
                Calls.request(ask),
                Calls.platform(AdapterKind.OPENAI, server.url() + "/v1", Quirks.NONE, timeout),
                Calls.model("a-large"),
                Calls.SECRET));
    }

    static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    final AttemptStart start(RawServer server, String ask) throws Exception {
        return get(attempt(server, ask, null).start());
    }

    static Failure failed(AttemptStart start) {
        assertThat(start).isInstanceOf(AttemptStart.Failed.class);
        return ((AttemptStart.Failed) start).failure();
    }

    static AttemptStart.Committed committed(AttemptStart start) {
        assertThat(start).isInstanceOf(AttemptStart.Committed.class);
        return (AttemptStart.Committed) start;
    }

    final CompletionStage<String> text(AttemptStart.Committed committed) {
        return committed
                .events()
                .via(ChatFrames.flow())
                .runWith(Sink.fold(ByteString.emptyByteString(), ByteString::concat), kit.system())
                .thenApplyAsync(ByteString::utf8String);
    }

    static void say(OutputStream out, String text) throws Exception {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    static void gzip(OutputStream out, String type, String text) throws Exception {
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
