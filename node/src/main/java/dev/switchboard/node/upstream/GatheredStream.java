package dev.switchboard.node.upstream;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.chat.OpaqueReasoning;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.sse.SseEvent;
import dev.switchboard.node.relay.sse.SseParser;
import dev.switchboard.node.relay.sse.SseTooLarge;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The whole answer of an upstream that streams although it was asked not to: its chunks, put together. */
final class GatheredStream {
    private static final List<String> BEGINNINGS = List.of("data:", "event:", "id:", ":");
    private static final List<String> TEXTS = List.of("content", "refusal", "reasoning_content", "reasoning");
    private static final int LONGEST_BEGINNING = 16;

    private final ObjectNode root = Json.object();
    private final Map<Integer, ObjectNode> choices = new TreeMap<>();
    private boolean done;

    private GatheredStream() {}

    /** Whether a body is a stream of events. */
    static boolean isOne(ByteString body) {
        if (!body.isEmpty() && body.head() == '{') {
            return false;
        }
        String start =
                body.take(LONGEST_BEGINNING).utf8String().replace("\uFEFF", "").stripLeading();
        return BEGINNINGS.stream().anyMatch(start::startsWith);
    }

    /** Judges the answer; one that breaks off is unusable, as a stream that does. */
    static JsonAnswer read(ChatCall call, ByteString body) {
        GatheredStream all = new GatheredStream();
        OpenAiStream chunks = new OpenAiStream(call);
        List<SseEvent> events;
        try {
            events = SseParser.all(body, body.length());
        } catch (SseTooLarge e) {
            return OpenAiAnswer.unusable(FailureKind.MALFORMED, "The provider's answer is not a chat completion.");
        }
        for (SseEvent event : events) {
            for (RelayEvent told : chunks.translate(event)) {
                if (told instanceof RelayEvent.Failed failed) {
                    return new JsonAnswer.Unusable(failed.failure());
                }
                all.done |= told == RelayEvent.Done.DONE;
                if (told instanceof RelayEvent.Chunk chunk
                        && Json.parseOrNull(chunk.json()) instanceof ObjectNode piece) {
                    all.add(piece);
                }
            }
        }
        return all.answer(call);
    }

    private JsonAnswer answer(ChatCall call) {
        if (choices.isEmpty()) {
            return OpenAiAnswer.unusable(FailureKind.MALFORMED, "The provider's answer is not a chat completion.");
        }
        if (!done && !choices.values().stream().allMatch(GatheredStream::isFinished)) {
            return new JsonAnswer.Unusable(
                    Failure.of(FailureKind.BROKEN, "The provider's stream ended before the answer was complete."));
        }
        root.put("object", "chat.completion");
        ArrayNode list = root.putArray("choices");
        choices.values().forEach(choice -> {
            if (!isFinished(choice)) {
                boolean called = !choice.path("message").path("tool_calls").isEmpty();
                choice.put("finish_reason", called ? "tool_calls" : "stop");
            }
            list.add(choice);
        });
        return OpenAiAnswer.of(call, root);
    }

    private static boolean isFinished(JsonNode choice) {
        return !choice.path("finish_reason").asText("").isEmpty();
    }

    private void add(ObjectNode piece) {
        for (String field : List.of("id", "created", "model", "system_fingerprint")) {
            if (!root.hasNonNull(field) && piece.hasNonNull(field)) {
                root.set(field, piece.path(field));
            }
        }
        if (piece.path("usage").isObject()) {
            root.set("usage", piece.path("usage"));
        }
        for (JsonNode said : piece.path("choices")) {
            int index = said.path("index").asInt(0);
            ObjectNode choice = choices.computeIfAbsent(index, GatheredStream::begun);
            say(said.path("delta"), (ObjectNode) choice.path("message"));
            if (isFinished(said)) {
                choice.set("finish_reason", said.path("finish_reason"));
            }
        }
    }

    private static ObjectNode begun(int index) {
        ObjectNode choice = Json.object().put("index", index);
        choice.putObject("message").put("role", "assistant").putNull("content");
        return choice;
    }

    private static void say(JsonNode delta, ObjectNode message) {
        for (String field : TEXTS) {
            if (!delta.path(field).asText("").isEmpty()) {
                message.put(
                        field,
                        message.path(field).asText("") + delta.path(field).textValue());
            }
        }
        if (OpaqueReasoning.isIn(delta)) {
            OpaqueReasoning.gather(delta, message);
        }
        for (JsonNode image : delta.path("images")) {
            message.withArray("images").add(image);
        }
        for (JsonNode piece : delta.path("tool_calls")) {
            call(piece, message.withArray("tool_calls"));
        }
    }

    /** Pieces are numbered from 0, without gaps. */
    private static void call(JsonNode piece, ArrayNode calls) {
        int index = piece.path("index").asInt(0);
        if (index == calls.size()) {
            ObjectNode begun = piece.deepCopy();
            begun.remove("index");
            calls.add(begun);
            return;
        }
        if (calls.path(index).path("function") instanceof ObjectNode function) {
            String more = piece.path("function").path("arguments").asText("");
            function.put("arguments", function.path("arguments").asText("") + more);
        }
    }
}
