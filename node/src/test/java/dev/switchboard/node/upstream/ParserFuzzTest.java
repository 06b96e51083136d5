package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.sse.SseEvent;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.Quirks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * What providers say, damaged: every parser of every adapter answers with an answer or a classified failure, never with an
 * exception. The documents are noise and the golden conversations with bytes turned, cut out, repeated and swapped.
 */
class ParserFuzzTest {
    private static final Path WIRE = Path.of("src", "test", "resources", "wire");
    private static final String TOOLS =
            "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"get_current_weather\",\"parameters\":{\"type\":\"object\"}}}],";
    private static final List<byte[]> SEEDS = seeds();

    private static List<byte[]> seeds() {
        try (Stream<Path> files = Files.walk(WIRE)) {
            List<byte[]> seeds = new ArrayList<>();
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String text = Files.readString(file);
                int from = text.indexOf('\n', text.indexOf("=== provider")) + 1;
                for (String event :
                        text.substring(from, text.indexOf("=== answer")).split("\n\n")) {
                    seeds.add(event.replaceFirst("^data: ", "").strip().getBytes(StandardCharsets.UTF_8));
                }
            }
            return seeds;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Provide
    Arbitrary<byte[]> damaged() {
        return Arbitraries.longs().map(seed -> damaged(new Random(seed)));
    }

    private static byte[] damaged(Random random) {
        byte[] bytes = SEEDS.get(random.nextInt(SEEDS.size())).clone();
        for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
            int at = random.nextInt(bytes.length);
            int to = at + random.nextInt(Math.min(40, bytes.length - at) + 1);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes = join(bytes, 0, at, bytes, to, bytes.length);
                case 2 -> bytes = join(bytes, 0, to, bytes, at, bytes.length);
                default -> {
                    byte[] other = SEEDS.get(random.nextInt(SEEDS.size()));
                    int cut = random.nextInt(other.length + 1);
                    bytes = join(bytes, 0, at, other, cut, other.length);
                }
            }
        }
        return bytes;
    }

    private static byte[] join(byte[] a, int fromA, int toA, byte[] b, int fromB, int toB) {
        byte[] joined = new byte[toA - fromA + toB - fromB];
        System.arraycopy(a, fromA, joined, 0, toA - fromA);
        System.arraycopy(b, fromB, joined, toA - fromA, toB - fromB);
        return joined;
    }

    private static ChatCall call(AdapterKind kind, boolean tools) {
        return new ChatCall(
                Calls.request("{\"stream\":true," + (tools ? TOOLS : "")
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"),
                Calls.platform(kind, "https://x.test/v1", Quirks.NONE, null),
                Calls.model("m"),
                "acc:tok");
    }

    @Property(tries = 4000)
    void anyWholeAnswerIsCompleteOrClassified(
            @ForAll AdapterKind kind, @ForAll boolean tools, @ForAll("damaged") byte[] said) {
        ChatCall call = call(kind, tools);
        JsonAnswer answer = Adapter.of(kind).answer(call, ByteString.fromArray(said));
        if (answer instanceof JsonAnswer.Complete complete) {
            assertThat(Json.parseOrNull(complete.body()).path("choices")).isNotEmpty();
            assertThat(OpenAiAnswer.asStream(complete)).last().isEqualTo(RelayEvent.Done.DONE);
            argumentsAreObjects(Json.parseOrNull(complete.body()), tools);
        } else {
            assertThat(((JsonAnswer.Unusable) answer).failure().kind()).isNotNull();
        }
    }

    /** Broken arguments are never passed on. */
    private static void argumentsAreObjects(JsonNode answer, boolean tools) {
        for (JsonNode toolCall : answer.at("/choices/0/message/tool_calls")) {
            JsonNode arguments = toolCall.at("/function/arguments");
            if (tools && arguments.isTextual()) {
                assertThat(Json.parseOrNull(arguments.textValue()))
                        .as(arguments.textValue())
                        .isNotNull();
            }
        }
    }

    @Property(tries = 3000)
    void anyEventsAreChunksOrClassified(
            @ForAll AdapterKind kind, @ForAll boolean tools, @ForAll("damagedEvents") List<byte[]> events) {
        Adapter.Translator translator = Adapter.of(kind).translator(call(kind, tools));
        for (byte[] event : events) {
            for (RelayEvent out : translator.translate(new SseEvent("message", ByteString.fromArray(event)))) {
                if (out instanceof RelayEvent.Chunk chunk) {
                    assertThat(Json.parseOrNull(chunk.json()))
                            .as(chunk.json().utf8String())
                            .isNotNull();
                }
            }
        }
        assertThat(translator.translate(new SseEvent("message", ByteString.fromString("[DONE]"))))
                .last()
                .isEqualTo(RelayEvent.Done.DONE);
    }

    @Provide
    Arbitrary<List<byte[]>> damagedEvents() {
        return damaged().list().ofMaxSize(8);
    }

    @Property(tries = 2000)
    void anyErrorBodyKeyCheckAndListOfModelsIsRead(
            @ForAll AdapterKind kind, @ForAll("damaged") byte[] said, @ForAll("statuses") int status) {
        ByteString body = ByteString.fromArray(said);
        Adapter adapter = Adapter.of(kind);
        assertThat(FailureClassifier.response(status, null, body, call(kind, true))
                        .kind())
                .isNotNull();
        assertThat(adapter.judge(status, body, "acc:tok")).isNotNull();
        OpenAiAnswer.salvage(call(kind, true), body);
        JsonNode json = Json.parseOrNull(body);
        if (json != null) {
            assertThat(adapter.modelIds(json)).doesNotContain("");
        }
        Platform platform = call(kind, false).platform();
        assertThat(adapter.keyChecks(platform, "acc:tok")).isNotEmpty();
    }

    @Provide
    Arbitrary<Integer> statuses() {
        return Arbitraries.of(200, 204, 400, 401, 402, 403, 404, 408, 409, 413, 418, 422, 429, 500, 503, 529, 599);
    }

    @Property(tries = 2000)
    void anyTextIsToolCallsOrNone(@ForAll("toolTexts") String text) {
        JsonNode tools = Json.parseOrNull("{" + TOOLS + "\"n\":1}").path("tools");
        JsonNode calls = ToolText.parse(text, tools);
        if (calls != null) {
            assertThat(calls).allSatisfy(toolCall -> assertThat(
                            Json.parseOrNull(toolCall.at("/function/arguments").asText()))
                    .isNotNull());
        }
        assertThat(ToolText.start(text)).isBetween(-1, text.length());
        JsonRepair.object(text);
    }

    @Provide
    Arbitrary<String> toolTexts() {
        return Arbitraries.of(
                        "<tool_call>",
                        "</tool_call>",
                        "<function=get_current_weather>",
                        "<function",
                        "</function>",
                        "<parameter=a>",
                        "</parameter>",
                        "<|tool_calls_section_begin|>",
                        "<|tool_call_begin|>",
                        "functions.get_current_weather:0",
                        "<|tool_call_argument_begin|>",
                        "<|tool_call_end|>",
                        "<｜tool▁calls▁begin｜>",
                        "<｜tool▁call▁begin｜>",
                        "<｜tool▁sep｜>",
                        "get_current_weather",
                        "{\"name\":\"get_current_weather\",\"arguments\":{\"a\":1}}",
                        "{\"a\":1}",
                        "```json\n",
                        "```",
                        "{",
                        "}",
                        "[",
                        "]",
                        "\"",
                        "\\",
                        ",",
                        ":",
                        "=",
                        ">",
                        "\n",
                        "x")
                .list()
                .ofMaxSize(14)
                .map(parts -> String.join("", parts));
    }
}
