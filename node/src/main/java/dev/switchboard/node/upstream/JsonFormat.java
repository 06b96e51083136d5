package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code response_format} asks of an answer's text: JSON, which may have to fit a schema. Models wrap it in fences, or
 * talk instead; fences are removed, talk is a failure of kind NOT_JSON.
 *
 * @param objectOnly whether the text has to be an object
 * @param schema the schema the value has to fit, null for any
 */
record JsonFormat(boolean objectOnly, @Nullable JsonNode schema) {
    private static final Pattern FENCED = Pattern.compile("```[\\w+-]*\\s(.*?)```", Pattern.DOTALL);

    /** What the request asks for; null where the answer is free text. */
    static @Nullable JsonFormat of(ChatRequest request) {
        JsonNode format = request.root().path("response_format");
        JsonNode schema = format.path("json_schema").path("schema");
        return switch (format.path("type").asText("")) {
            case "json_object" -> new JsonFormat(true, null);
            case "json_schema" ->
                new JsonFormat(
                        schema.path("type").asText("").equals("object"), schema.isContainerNode() ? schema : null);
            default -> null;
        };
    }

    /** The failure that talk instead of JSON is. */
    static Failure failure() {
        return Failure.of(FailureKind.NOT_JSON, "The answer is not the JSON that response_format asks for.");
    }

    /** The text as the JSON that was asked for, without fences around it; null where it holds none. */
    @Nullable
    String fit(String text) {
        if (fits(Json.parseOrNull(text))) {
            return text;
        }
        Matcher fenced = FENCED.matcher(text);
        while (fenced.find()) {
            String inner = fenced.group(1).strip();
            if (fits(Json.parseOrNull(inner))) {
                return inner;
            }
        }
        return null;
    }

    private boolean fits(@Nullable JsonNode value) {
        return value != null
                && !value.isMissingNode()
                && (!objectOnly || value.isObject())
                && (schema == null || AnswerSchema.fits(schema, value));
    }

    /** Whether a value that fits may begin with this character. */
    boolean mayBeginWith(char first) {
        return first == '{' || (!objectOnly && (first == '[' || first == '"' || first == '-' || isWordOrNumber(first)));
    }

    private static boolean isWordOrNumber(char first) {
        return (first >= '0' && first <= '9') || first == 't' || first == 'f' || first == 'n';
    }

    /** Judges a whole answer by what the request asks for; choices that were cut, refused or call tools are left alone. */
    static JsonAnswer judge(ChatRequest request, JsonAnswer.Complete answer) {
        JsonFormat format = request.isEmbedding() ? null : of(request);
        if (format == null || !(Json.parseOrNull(answer.body()) instanceof ObjectNode root)) {
            return answer;
        }
        boolean changed = false;
        for (JsonNode choice : root.path("choices")) {
            if (!(choice.path("message") instanceof ObjectNode message) || !isWhole(choice, message)) {
                continue;
            }
            String text = message.path("content").asText("");
            String fitting = format.fit(text);
            if (fitting == null) {
                return new JsonAnswer.Unusable(failure());
            }
            if (!fitting.equals(text)) {
                message.put("content", fitting);
                changed = true;
            }
        }
        return changed ? new JsonAnswer.Complete(Json.bytes(root), answer.usage()) : answer;
    }

    private static boolean isWhole(JsonNode choice, JsonNode message) {
        String finish = choice.path("finish_reason").asText("");
        return !finish.equals("length")
                && !finish.equals("content_filter")
                && message.path("tool_calls").isEmpty()
                && !message.path("function_call").isObject()
                && message.path("refusal").asText("").isEmpty();
    }
}
