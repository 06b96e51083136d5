package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.relay.AnswerStage;
import dev.switchboard.node.relay.ChatFrames;
import dev.switchboard.node.relay.sse.SseParser;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What goes out and what comes back, byte by byte, from the formats that the providers publish: a file a conversation in
 * {@code src/test/resources/wire/ADAPTER}, with what the caller asks, what is sent, what the provider says and what the
 * caller gets. Streams are cut at every offset.
 */
class WireGoldenTest {
    private static final Path FOLDER = Path.of("src", "test", "resources", "wire");
    private static final String SECTION = "=== ";
    private static final Map<AdapterKind, String> BASE_URLS = Map.of(
            AdapterKind.OPENAI, "https://api.openai.com/v1",
            AdapterKind.GOOGLE, "https://generativelanguage.googleapis.com/v1beta",
            AdapterKind.COHERE, "https://api.cohere.ai/compatibility/v1",
            AdapterKind.CLOUDFLARE, "https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1");
    private static ActorTestKit kit;

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create(
                "wire", ConfigFactory.parseString("akka.loglevel = OFF").withFallback(ConfigFactory.load()));
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    /** The sections of a file by name; what follows a name on its line is kept under {@code name:}. */
    private record Conversation(AdapterKind kind, Map<String, String> sections) {
        static Conversation read(Path file) throws IOException {
            Map<String, String> sections = new LinkedHashMap<>();
            String name = "";
            for (String part : ("\n" + Files.readString(file)).split("\n" + SECTION)) {
                String[] head = part.split("\n", 2);
                String[] words = head[0].split(" ", 2);
                name = words[0];
                sections.put(name, head.length > 1 ? head[1] : "");
                sections.put(name + ":", words.length > 1 ? words[1] : "");
            }
            String adapter = file.getParent().getFileName().toString();
            return new Conversation(Objects.requireNonNull(AdapterKind.fromWire(adapter)), sections);
        }

        String section(String name) {
            return Objects.requireNonNull(sections.get(name), name).strip();
        }

        ChatCall call() {
            return new ChatCall(
                    Calls.request(section("caller")),
                    Calls.platform(kind, Objects.requireNonNull(BASE_URLS.get(kind)), Quirks.NONE, null),
                    Calls.model(section("model:")),
                    kind == AdapterKind.CLOUDFLARE ? "acc-1:tok-1" : "sk-1");
        }
    }

    static Stream<Path> conversations() throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            List<Path> found = files.filter(Files::isRegularFile).sorted().toList();
            assertThat(found).hasSizeGreaterThan(15);
            return found.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void whatIsSentIsWhatTheProviderReads(Path file) throws Exception {
        Conversation conversation = Conversation.read(file);
        WireRequest wire = Adapter.of(conversation.kind()).chat(conversation.call());
        StringBuilder sent = new StringBuilder("POST " + wire.url());
        wire.headers()
                .forEach((name, value) ->
                        sent.append('\n').append(name).append(": ").append(value));
        sent.append("\n\n").append(Objects.requireNonNull(wire.body()).utf8String());
        assertThat(sent.toString()).isEqualTo(conversation.section("sent"));
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void whatTheProviderSaysIsWhatTheCallerGets(Path file) throws Exception {
        Conversation conversation = Conversation.read(file);
        ChatCall call = conversation.call();
        ByteString said = ByteString.fromString(conversation.section("provider"));
        int status = Integer.parseInt(conversation.section("provider:"));
        String expected = conversation.section("answer");
        if (status != 200) {
            Failure failure = FailureClassifier.response(status, null, said, call);
            assertThat(failure.kind() + " " + failure.retryAfter() + " " + failure.message())
                    .isEqualTo(expected);
        } else if (call.request().stream()) {
            assertThat(relay(call, List.of(said))).isEqualTo(expected);
            for (int cut = 1; cut < said.length(); cut++) {
                assertThat(relay(call, List.of(said.take(cut), said.drop(cut))))
                        .as("cut at %d", cut)
                        .isEqualTo(expected);
            }
            List<ByteString> single = new ArrayList<>();
            for (int at = 0; at < said.length(); at++) {
                single.add(said.slice(at, at + 1));
            }
            assertThat(relay(call, single)).as("byte by byte").isEqualTo(expected);
        } else {
            JsonAnswer answer = Adapter.of(conversation.kind()).answer(call, said);
            assertThat(answer).isInstanceOf(JsonAnswer.Complete.class);
            assertThat(settled(((JsonAnswer.Complete) answer).body().utf8String()))
                    .isEqualTo(expected);
        }
    }

    private static String relay(ChatCall call, List<ByteString> parts) throws Exception {
        Adapter.Translator translator = Adapter.of(call.platform().adapter()).translator(call);
        AnswerStage.Spec spec = new AnswerStage.Spec(call.request().includeUsage(), 1, 0, () -> 0, Exceptions::inBody);
        ByteString text = Source.from(parts)
                .via(new SseParser(1 << 20))
                .mapConcat(translator::translate)
                .via(new AnswerStage(spec, new CompletableFuture<>()))
                .via(ChatFrames.flow())
                .runWith(Sink.fold(ByteString.emptyByteString(), ByteString::concat), kit.system())
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        return settled(text.utf8String()).strip();
    }

    /** What is made up anew each time: the second, and ids where the provider sends none. */
    private static String settled(String text) {
        return text.replaceAll("\"created\":1[789]\\d{8}\\b(?=,\"model\":\"gemini)", "\"created\":0")
                .replaceAll("call_[0-9a-f-]{32,36}", "call_*");
    }
}
