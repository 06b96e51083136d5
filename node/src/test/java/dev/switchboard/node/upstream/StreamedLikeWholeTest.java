package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.dialect.Block;
import dev.switchboard.node.dialect.Blocks;
import dev.switchboard.node.dialect.Tokens;
import dev.switchboard.node.dialect.UpstreamAnswer;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.sse.SseEvent;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Quirks;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** For every wire format, what a provider says streamed is what it says whole: the blocks that every dialect tells. */
class StreamedLikeWholeTest {
    @Provide
    Arbitrary<AdapterKind> formats() {
        return Arbitraries.of(AdapterKind.class);
    }

    @Provide
    Arbitrary<UpstreamAnswer> answers() {
        return UpstreamAnswer.any();
    }

    /** What an answer says, and what it cost. */
    private record Said(String thought, String text, List<String> calls, String finish, Tokens tokens) {}

    @Property(tries = 300)
    void theSameBlocksCallsAndUsage(
            @ForAll("formats") AdapterKind format, @ForAll("answers") UpstreamAnswer answer, @ForAll long seed) {
        Adapter adapter = Adapter.of(format);
        ChatCall call = new ChatCall(
                Calls.request("{\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"),
                Calls.platform(format, "http://x", Quirks.NONE, null),
                Calls.model("m"),
                "a:b");

        JsonAnswer body = adapter.answer(call, format == AdapterKind.GOOGLE ? google(answer) : answer.completion());
        Adapter.Translator translator = adapter.translator(call);
        List<JsonNode> chunks = new ArrayList<>();
        for (ByteString data : events(format, answer, new Random(seed))) {
            for (RelayEvent event : translator.translate(new SseEvent(SseEvent.MESSAGE, data))) {
                if (event instanceof RelayEvent.Chunk chunk) {
                    chunks.add(Json.parseOrNull(chunk.json()));
                }
            }
        }

        Said whole = said(List.of(Json.parseOrNull(complete(body))));
        assertThat(said(chunks)).isEqualTo(whole);
        assertThat(whole.thought()).isEqualTo(answer.thoughts());
        assertThat(whole.text()).isEqualTo(answer.text());
        assertThat(whole.calls()).hasSameSizeAs(answer.calls());
        assertThat(whole.tokens().input()).isEqualTo(answer.input());
    }

    private static ByteString complete(JsonAnswer answer) {
        assertThat(answer).isInstanceOf(JsonAnswer.Complete.class);
        return ((JsonAnswer.Complete) answer).body();
    }

    private static Said said(List<JsonNode> roots) {
        StringBuilder thought = new StringBuilder();
        StringBuilder text = new StringBuilder();
        List<String> calls = new ArrayList<>();
        Blocks blocks = new Blocks(new Blocks.Listener() {
            @Override
            public void opened(Block begun) {
                // The whole block follows.
            }

            @Override
            public void piece(Block begun, String piece) {
                // The whole block follows.
            }

            @Override
            public void closed(Block whole, boolean last) {
                if (whole instanceof Block.Thought thinking) {
                    thought.append(thinking.text());
                } else if (whole instanceof Block.Text spoken) {
                    text.append(spoken.text());
                } else {
                    calls.add(whole.toString());
                }
            }
        });
        roots.forEach(blocks::accept);
        blocks.finish();
        return new Said(thought.toString(), text.toString(), calls, blocks.finishReason(), blocks.tokens());
    }

    private static List<ByteString> events(AdapterKind format, UpstreamAnswer answer, Random random) {
        List<ByteString> events = new ArrayList<>();
        if (format != AdapterKind.GOOGLE) {
            for (RelayEvent event : answer.events(random)) {
                events.add(event instanceof RelayEvent.Chunk chunk ? chunk.json() : ByteString.fromString("[DONE]"));
            }
            return events;
        }
        ArrayNode parts = googleParts(answer);
        int at = 0;
        while (at < parts.size()) {
            int next = Math.min(parts.size(), at + 1 + random.nextInt(2));
            ArrayNode some = Json.object().putArray("parts");
            for (int i = at; i < next; i++) {
                some.add(parts.get(i));
            }
            events.add(Json.bytes(googleBody(some, next == parts.size() ? answer : null)));
            at = next;
        }
        return events;
    }

    private static ByteString google(UpstreamAnswer answer) {
        return Json.bytes(googleBody(googleParts(answer), answer));
    }

    private static ArrayNode googleParts(UpstreamAnswer answer) {
        ArrayNode parts = Json.object().putArray("parts");
        for (String piece : answer.thoughts().split("(?<= )")) {
            parts.addObject().put("text", piece).put("thought", true);
        }
        for (String piece : answer.text().split("(?<= )")) {
            parts.addObject().put("text", piece);
        }
        for (UpstreamAnswer.Call call : answer.calls()) {
            ObjectNode part = parts.addObject();
            part.putObject("functionCall")
                    .put("id", call.id())
                    .put("name", call.name())
                    .set("args", Json.parseOrNull(call.arguments()));
            part.put("thoughtSignature", "c2lnbmVk+/==");
        }
        return parts;
    }

    /** {@code last} is the answer that ends with this body; null while it goes on. */
    private static ObjectNode googleBody(ArrayNode parts, @Nullable UpstreamAnswer last) {
        ObjectNode body = Json.object().put("responseId", "r1");
        ObjectNode candidate = body.putArray("candidates").addObject().put("index", 0);
        candidate.putObject("content").put("role", "model").set("parts", parts);
        if (last != null) {
            candidate.put(
                    "finishReason",
                    switch (last.finish()) {
                        case "length" -> "MAX_TOKENS";
                        case "content_filter" -> "SAFETY";
                        default -> "STOP";
                    });
            body.putObject("usageMetadata")
                    .put("promptTokenCount", last.input())
                    .put("candidatesTokenCount", last.output())
                    .put("thoughtsTokenCount", last.output() / 2)
                    .put("cachedContentTokenCount", last.input() / 2);
        }
        return body;
    }
}
