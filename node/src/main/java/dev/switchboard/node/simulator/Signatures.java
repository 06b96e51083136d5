package dev.switchboard.node.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/**
 * Signatures of thoughts in OpenAI's format: {@code reasoning_details} as OpenRouter has them, for models with {@code signed} in
 * their id, and the {@code extra_content} of Google's own compatible endpoint, for {@code gemini-3…}. Both want to see them again.
 */
final class Signatures {
    private Signatures() {}

    /** Whether a model thinks in signed blocks. */
    static boolean signsThoughts(String model) {
        return model.toLowerCase(Locale.ROOT).contains("signed");
    }

    /** Whether a model signs its first tool call. */
    static boolean signsCalls(String model) {
        return model.toLowerCase(Locale.ROOT).startsWith("gemini-3");
    }

    /** The signature of a text. */
    static String of(String text) {
        return Base64.getEncoder().encodeToString(("signed " + text).getBytes(StandardCharsets.UTF_8));
    }

    /** A message's blocks, or a piece of them, as a field of JSON; {@code signature} is empty while the thought goes on. */
    static String details(String text, String signature) {
        return ",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":" + Json.quote(text)
                + ",\"format\":\"anthropic-claude-v1\",\"index\":0"
                + (signature.isEmpty() ? "" : ",\"signature\":" + Json.quote(signature)) + "}]";
    }

    /** What stands beside a tool call. */
    static String extra(Answer.ToolCall call) {
        return ",\"extra_content\":{\"google\":{\"thought_signature\":" + Json.quote(of(call.name())) + "}}";
    }

    /** Whether the assistant's message with tool calls came back whole; throws what the provider says if not. */
    static void check(String model, JsonNode calls, JsonNode details) throws BadRequest {
        if (signsThoughts(model)) {
            JsonNode first = details.path(0);
            boolean whole = first.size() == 5
                    && first.path("signature")
                            .asText()
                            .equals(of(first.path("text").asText()));
            if (!whole || details.size() != 1) {
                throw new BadRequest("Expected the thinking block of the last turn, as it was, before its tool calls.");
            }
        }
        if (signsCalls(model)) {
            JsonNode call = calls.path(0);
            String signature = call.path("extra_content")
                    .path("google")
                    .path("thought_signature")
                    .asText();
            if (!signature.equals(of(call.path("function").path("name").asText()))) {
                throw new BadRequest("Function call is missing a thought_signature in functionCall parts.");
            }
        }
    }
}
