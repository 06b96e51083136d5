package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.relay.AnswerStage;
import dev.switchboard.node.relay.ChatFrames;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.StallGuard;
import dev.switchboard.node.relay.sse.SseParser;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Quirks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Upstream bytes to client bytes, cut at every offset: the client's text is always the same, and always well-formed. */
class SplitStreamTest {
    private static ActorTestKit kit;

    private static final String OPENAI =
            ": hi\r\n\r\ndata:{\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\r\n\r\n"
                    + "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\ndata: \"delta\":{\"content\":\"grüße 😀\"}}]}\n\ndata: {broken\n\n"
                    + "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\r\rdata: [DONE]";
    private static final String GOOGLE =
            "data: {\"responseId\":\"r\",\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"hm\",\"thought\":true}]}}]}\r\n\r\n"
                    + "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"grüße 😀\"}]},\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":1,\"candidatesTokenCount\":2}}";

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create(
                "split", ConfigFactory.parseString("akka.loglevel = OFF").withFallback(ConfigFactory.load()));
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    private static String relay(AdapterKind kind, List<ByteString> parts) throws Exception {
        ChatCall call = new ChatCall(
                Calls.request(
                        "{\"stream\":true,\"stream_options\":{\"include_usage\":true},\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"),
                Calls.platform(kind, "http://x", Quirks.NONE, null),
                Calls.model("m"),
                "a:b");
        Adapter.Translator translator = Adapter.of(kind).translator(call);
        AnswerStage.Spec spec = new AnswerStage.Spec(true, 1, 0, () -> 0, Exceptions::inBody);
        return Source.from(parts)
                .via(new SseParser(1 << 20))
                .mapConcat(translator::translate)
                .via(new StallGuard<RelayEvent>(Duration.ofSeconds(60), event -> true))
                .via(new AnswerStage(spec, new CompletableFuture<>()))
                .via(ChatFrames.flow())
                .runWith(Sink.fold(ByteString.emptyByteString(), ByteString::concat), kit.system())
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .utf8String()
                .replaceAll("\"created\":\\d+", "\"created\":0");
    }

    @ParameterizedTest
    @EnumSource(AdapterKind.class)
    void anyCutGivesTheSameText(AdapterKind kind) throws Exception {
        ByteString bytes = ByteString.fromString(kind == AdapterKind.GOOGLE ? GOOGLE : OPENAI);
        String whole = relay(kind, List.of(bytes));
        assertThat(whole).contains("grüße ").contains("\"usage\"").endsWith("data: [DONE]\n\n");
        for (int i = 1; i < bytes.length(); i++) {
            assertThat(relay(kind, List.of(bytes.take(i), bytes.drop(i))))
                    .as("cut at %d", i)
                    .isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @EnumSource(AdapterKind.class)
    void anyEarlyEndIsWholeOrAnErrorFrame(AdapterKind kind) throws Exception {
        ByteString bytes = ByteString.fromString(kind == AdapterKind.GOOGLE ? GOOGLE : OPENAI);
        for (int i = 0; i < bytes.length(); i++) {
            String text = relay(kind, List.of(bytes.take(i)));
            boolean broken = text.contains("{\"error\":{");
            boolean finished = text.contains("\"finish_reason\":\"stop\"");
            assertThat(text).as("ends at %d", i).endsWith("data: [DONE]\n\n");
            assertThat(finished).as("ends at %d", i).isNotEqualTo(broken);
        }
    }
}
