package dev.switchboard.node.upstream;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.chat.OpaqueReasoning;
import dev.switchboard.node.relay.ChunkEdit;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A whole OpenAI-shaped answer: judged, put right where it differs from the shape clients expect. */
final class OpenAiAnswer {
    private static final int CHARS_PER_TOKEN = 4;

    private final ChatCall call;
    private boolean changed;
    private boolean said;
    private boolean shaped;
    private boolean brokenArguments;
    private long chars;

    private OpenAiAnswer(ChatCall call) {
        this.call = call;
    }

    /** Judges a body; upstream's own bytes are kept where nothing had to change. */
    static JsonAnswer read(ChatCall call, ByteString body) {
        if (GatheredStream.isOne(body)) {
            return GatheredStream.read(call, body);
        }
        JsonNode parsed = Json.parseOrNull(body);
        Failure wrapped = FailureClassifier.wrapped(parsed, call.secret());
        if (wrapped != null) {
            return new JsonAnswer.Unusable(wrapped);
        }
        if (!(parsed instanceof ObjectNode root) || !root.path("choices").isArray()) {
            return unusable(FailureKind.MALFORMED, "The provider's answer is not a chat completion.");
        }
        return new OpenAiAnswer(call).judge(root, body);
    }

    /** Judges an answer that an adapter translated. */
    static JsonAnswer of(ChatCall call, ObjectNode root) {
        OpenAiAnswer answer = new OpenAiAnswer(call);
        answer.changed = true;
        return answer.judge(root, ByteString.emptyByteString());
    }

    static JsonAnswer unusable(FailureKind kind, String message) {
        return new JsonAnswer.Unusable(Failure.of(kind, message));
    }

    private JsonAnswer judge(ObjectNode root, ByteString body) {
        JsonNode choices = root.path("choices");
        for (JsonNode choice : choices) {
            if (choice.path("message") instanceof ObjectNode message) {
                shaped = true;
                message(message);
                if (choice instanceof ObjectNode named) {
                    toolCalls(named, message);
                }
            }
        }
        if (brokenArguments) {
            return unusable(FailureKind.MALFORMED, "The provider's tool arguments are not JSON.");
        }
        if (!shaped && !choices.isEmpty()) {
            return unusable(FailureKind.MALFORMED, "The provider's answer holds no message.");
        }
        if (!said) {
            return unusable(FailureKind.EMPTY, "The provider finished without an answer.");
        }
        Usage usage = usage(root);
        envelope(root);
        return new JsonAnswer.Complete(changed ? Json.bytes(root) : body, usage);
    }

    private void message(ObjectNode message) {
        if (message.path("content").isArray()) {
            ChunkEdit.joinContent(message);
            changed = true;
        }
        changed |= OpenAiMessages.textArguments(message);
        changed |= OpaqueReasoning.mark(message, call.model().ref().toString());
        for (JsonNode toolCall : message.path("tool_calls")) {
            changed |= named(toolCall) | CallSignature.carry(toolCall);
        }
        String text = message.path("content").asText("");
        String reasoning = reasoning(message);
        boolean tools = !message.path("tool_calls").isEmpty()
                || message.path("function_call").isObject();
        boolean media = !message.path("images").isEmpty();
        boolean refusal = !message.path("refusal").asText("").isEmpty();
        if (text.isEmpty() && !tools && !media && !refusal && !reasoning.isEmpty()) {
            message.put("content", reasoning);
            changed = true;
        }
        chars += text.length() + reasoning.length();
        for (JsonNode toolCall : message.path("tool_calls")) {
            JsonNode function = toolCall.path("function");
            chars += function.path("name").asText("").length()
                    + function.path("arguments").asText("").length();
        }
        said |= !text.isEmpty() || tools || media || refusal || !reasoning.isEmpty();
    }

    /** Clients tell calls apart by id and by type. */
    private static boolean named(JsonNode toolCall) {
        boolean whole = toolCall.hasNonNull("id") && toolCall.hasNonNull("type");
        if (whole || !(toolCall instanceof ObjectNode call)) {
            return false;
        }
        String id = call.path("id").asText("");
        call.put("id", id.isEmpty() ? "call_" + UUID.randomUUID().toString().replace("-", "") : id);
        call.put("type", call.path("type").asText("function"));
        return true;
    }

    /** Makes calls of calls that came as text, and mends arguments. */
    private void toolCalls(ObjectNode choice, ObjectNode message) {
        String text = message.path("content").asText("");
        int mark = ToolText.start(text);
        if (mark >= 0 && message.path("tool_calls").isEmpty() && call.request().needsTools()) {
            ArrayNode calls =
                    ToolText.parse(text.substring(mark), call.request().root().path("tools"));
            if (calls != null) {
                String before = text.substring(0, mark).strip();
                message.put("content", before.isEmpty() ? null : before);
                message.set("tool_calls", calls);
                choice.put("finish_reason", "tool_calls");
                changed = true;
            }
        }
        for (JsonNode toolCall : message.path("tool_calls")) {
            if (toolCall.path("function") instanceof ObjectNode function) {
                String arguments = function.path("arguments").asText("");
                String mended = JsonRepair.object(arguments);
                if (mended == null) {
                    brokenArguments |= Json.parseOrNull(arguments) == null;
                } else if (!mended.equals(arguments.strip())) {
                    function.put("arguments", mended);
                    changed = true;
                }
            }
        }
    }

    /** The answer inside an error: the text of a tool call that upstream itself could not read. Null where there is none. */
    static @Nullable JsonAnswer salvage(ChatCall call, ByteString errorBody) {
        JsonNode body = Json.parseOrNull(errorBody);
        JsonNode text = body == null ? null : body.path("error").path("failed_generation");
        if (text == null || !text.isTextual() || !call.request().needsTools()) {
            return null;
        }
        ArrayNode calls = ToolText.parse(text.textValue(), call.request().root().path("tools"));
        if (calls == null) {
            return null;
        }
        ObjectNode root = Json.object();
        ObjectNode choice = root.putArray("choices").addObject().put("index", 0);
        ObjectNode message = choice.putObject("message").put("role", "assistant");
        message.putNull("content");
        message.set("tool_calls", calls);
        choice.put("finish_reason", "tool_calls");
        return of(call, root);
    }

    private static String reasoning(JsonNode message) {
        String first = message.path("reasoning_content").asText("");
        return first.isEmpty() ? message.path("reasoning").asText("") : first;
    }

    private Usage usage(ObjectNode root) {
        JsonNode given = root.path("usage");
        long input = Math.max(0, given.path("prompt_tokens").asLong(0));
        long output = Math.max(0, given.path("completion_tokens").asLong(0));
        Usage estimate =
                new Usage(call.request().promptTokens(), (chars + CHARS_PER_TOKEN - 1) / CHARS_PER_TOKEN, true);
        if (input + output > 0) {
            if (given instanceof ObjectNode usage && ChunkEdit.hasGaps(usage)) {
                changed = true;
                return ChunkEdit.fillGaps(usage, estimate);
            }
            return new Usage(input, output, false);
        }
        root.set("usage", ChunkEdit.usage(estimate));
        changed = true;
        return estimate;
    }

    private void envelope(ObjectNode root) {
        if (!root.path("id").isTextual()) {
            root.put("id", "chatcmpl-" + UUID.randomUUID());
            changed = true;
        }
        if (!root.path("object").isTextual()) {
            root.put("object", "chat.completion");
            changed = true;
        }
        if (!root.path("created").isNumber()) {
            root.put("created", System.currentTimeMillis() / 1000);
            changed = true;
        }
        if (!root.path("model").isTextual()) {
            root.put("model", call.model().ref().id());
            changed = true;
        }
    }

    /** The events of a stream that says the same as a judged whole answer: upstream sent JSON where a stream was asked. */
    static List<RelayEvent> asStream(JsonAnswer.Complete answer) {
        JsonNode root = Json.parseOrNull(answer.body());
        List<RelayEvent> events = new ArrayList<>();
        if (root == null) {
            return events;
        }
        for (JsonNode choice : root.path("choices")) {
            ObjectNode delta =
                    choice.path("message") instanceof ObjectNode message ? message.deepCopy() : Json.object();
            if (delta.path("tool_calls") instanceof ArrayNode calls) {
                for (int i = 0; i < calls.size(); i++) {
                    if (calls.get(i) instanceof ObjectNode toolCall) {
                        toolCall.put("index", i);
                    }
                }
            }
            int index = choice.path("index").asInt(0);
            events.add(chunk(root, index, delta, null));
            events.add(chunk(
                    root, index, Json.object(), choice.path("finish_reason").asText("stop")));
        }
        if (!answer.usage().estimated()) {
            ObjectNode usage = envelopeOf(root);
            usage.putArray("choices");
            usage.set("usage", root.path("usage"));
            events.add(ChunkEdit.chunk(usage));
        }
        events.add(RelayEvent.Done.DONE);
        return events;
    }

    private static RelayEvent chunk(JsonNode like, int index, ObjectNode delta, @Nullable String finish) {
        ObjectNode root = envelopeOf(like);
        ObjectNode choice = root.putArray("choices").addObject();
        choice.put("index", index);
        choice.set("delta", delta);
        choice.put("finish_reason", finish);
        return ChunkEdit.chunk(root);
    }

    private static ObjectNode envelopeOf(JsonNode like) {
        ObjectNode root = Json.object();
        root.set("id", like.path("id"));
        root.put("object", "chat.completion.chunk");
        root.set("created", like.path("created"));
        root.set("model", like.path("model"));
        return root;
    }
}
