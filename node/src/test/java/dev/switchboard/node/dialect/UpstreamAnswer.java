package dev.switchboard.node.dialect;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.relay.ChunkFacts;
import dev.switchboard.node.relay.RelayEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** One upstream answer, as a whole completion and as chunks that say the same. */
public record UpstreamAnswer(String thoughts, String text, List<Call> calls, String finish, long input, long output) {
    /** A tool call with JSON arguments. */
    public record Call(String id, String name, String arguments) {}

    /** The calls as the assistant's message holds them. */
    public ArrayNode toolCalls() {
        ArrayNode list = Json.object().putArray("tool_calls");
        for (Call call : calls) {
            list.addObject()
                    .put("id", call.id())
                    .put("type", "function")
                    .putObject("function")
                    .put("name", call.name())
                    .put("arguments", call.arguments());
        }
        return list;
    }

    /** Any answer that says something. */
    public static Arbitrary<UpstreamAnswer> any() {
        Arbitrary<String> words = words(0);
        Arbitrary<Call> call = Combinators.combine(
                        Arbitraries.strings().withCharRange('a', 'z').ofLength(8),
                        Arbitraries.strings()
                                .withCharRange('a', 'z')
                                .ofMinLength(1)
                                .ofMaxLength(9),
                        words)
                .as((id, name, value) -> new Call(
                        "call_" + id, name, Json.object().put("value", value).toString()));
        return Combinators.combine(
                        words,
                        words,
                        call.list().ofMaxSize(3).uniqueElements(Call::id),
                        Arbitraries.of("stop", "length", "content_filter"),
                        Arbitraries.longs().between(1, 9999),
                        Arbitraries.longs().between(1, 9999))
                .as((thoughts, text, calls, finish, input, output) -> new UpstreamAnswer(
                        thoughts,
                        text.isEmpty() && calls.isEmpty() ? "yes" : text,
                        calls,
                        calls.isEmpty() ? finish : "tool_calls",
                        input,
                        output));
    }

    /** Text with whatever JSON and UTF-8 make special. */
    static Arbitrary<String> words(int atLeast) {
        return Arbitraries.of("a", "b", "Cd", " ", "\n", "\"", "\\", "\u00e9", "\u6f22", "\ud83d\ude00", "{", "}")
                .list()
                .ofMinSize(atLeast)
                .ofMaxSize(20)
                .map(letters -> String.join("", letters));
    }

    private static ObjectNode envelope(String object) {
        return Json.object()
                .put("id", "chatcmpl-abc-1")
                .put("object", object)
                .put("created", 1700000000)
                .put("model", "a-large");
    }

    private ObjectNode usage() {
        ObjectNode usage = Json.object()
                .put("prompt_tokens", input)
                .put("completion_tokens", output)
                .put("total_tokens", input + output);
        usage.putObject("prompt_tokens_details").put("cached_tokens", input / 2);
        usage.putObject("completion_tokens_details").put("reasoning_tokens", output / 2);
        return usage;
    }

    /** The whole completion. */
    public ByteString completion() {
        ObjectNode root = envelope("chat.completion");
        ObjectNode choice = root.putArray("choices").addObject().put("index", 0);
        ObjectNode message = choice.putObject("message").put("role", "assistant");
        message.put("content", text.isEmpty() ? null : text);
        if (!thoughts.isEmpty()) {
            message.put("reasoning_content", thoughts);
        }
        if (!calls.isEmpty()) {
            message.set("tool_calls", toolCalls());
        }
        choice.put("finish_reason", finish);
        root.set("usage", usage());
        return Json.bytes(root);
    }

    /** The chunks, cut where {@code random} says. */
    public List<RelayEvent> events(Random random) {
        List<RelayEvent> events = new ArrayList<>();
        events.add(delta(Json.object().put("role", "assistant").put("content", ""), null));
        for (String piece : cut(thoughts, random)) {
            events.add(delta(Json.object().put("reasoning_content", piece), null));
        }
        for (String piece : cut(text, random)) {
            events.add(delta(Json.object().put("content", piece), null));
        }
        for (int i = 0; i < calls.size(); i++) {
            Call call = calls.get(i);
            ObjectNode first = Json.object();
            first.putArray("tool_calls")
                    .addObject()
                    .put("index", i)
                    .put("id", call.id())
                    .put("type", "function")
                    .putObject("function")
                    .put("name", call.name())
                    .put("arguments", "");
            events.add(delta(first, null));
            for (String piece : cut(call.arguments(), random)) {
                ObjectNode part = Json.object();
                part.putArray("tool_calls")
                        .addObject()
                        .put("index", i)
                        .putObject("function")
                        .put("arguments", piece);
                events.add(delta(part, null));
            }
        }
        events.add(delta(Json.object(), finish));
        ObjectNode last = envelope("chat.completion.chunk");
        last.putArray("choices");
        last.set("usage", usage());
        events.add(chunk(last));
        events.add(RelayEvent.Done.DONE);
        return events;
    }

    private static List<String> cut(String text, Random random) {
        List<String> pieces = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int next = Math.min(text.length(), text.offsetByCodePoints(at, 1) + random.nextInt(6));
            if (next < text.length() && Character.isLowSurrogate(text.charAt(next))) {
                next++;
            }
            pieces.add(text.substring(at, next));
            at = next;
        }
        return pieces;
    }

    private static RelayEvent delta(ObjectNode delta, String finish) {
        ObjectNode root = envelope("chat.completion.chunk");
        ObjectNode choice = root.putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        choice.put("finish_reason", finish);
        return chunk(root);
    }

    /** A chunk of that JSON. */
    public static RelayEvent chunk(ObjectNode root) {
        ByteString json = Json.bytes(root);
        ChunkFacts facts = ChunkFacts.read(json);
        if (facts == null) {
            throw new AssertionError("not a chunk: " + root);
        }
        return new RelayEvent.Chunk(json, facts);
    }
}
