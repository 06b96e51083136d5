package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.chat.OpaqueReasoning;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** OpenAI messages as Google's {@code systemInstruction} and {@code contents}. */
final class GoogleMessages {
    /** Google's own word for a call that was made elsewhere and so has no thought signature. */
    static final String NO_SIGNATURE = "skip_thought_signature_validator";

    private static final Pattern DATA_URL = Pattern.compile("data:([^;,]+)(?:;[^;,]+)*;base64,(.*)", Pattern.DOTALL);

    private final ChatCall call;
    private final boolean takesSystem;
    private final boolean wantsSignatures;
    private final StringBuilder system = new StringBuilder();
    private final ArrayNode contents = Json.object().putArray("contents");
    private final Map<String, String> functionOfCall = new HashMap<>();
    private @Nullable ArrayNode openToolResults;

    GoogleMessages(ChatCall call) {
        String model = call.model().ref().id();
        this.call = call;
        this.takesSystem = !model.startsWith("gemma");
        this.wantsSignatures = model.startsWith("gemini");
    }

    void write(ObjectNode body) throws Inexpressible {
        JsonNode messages = call.request().messages();
        for (int i = 0; i < messages.size(); i++) {
            message(messages.get(i), "messages[" + i + "]");
        }
        if (system.length() > 0) {
            if (takesSystem) {
                body.putObject("systemInstruction")
                        .putArray("parts")
                        .addObject()
                        .put("text", system.toString());
            } else {
                prefixFirstUserTurn();
            }
        }
        if (contents.isEmpty()) {
            // There has to be a turn to answer.
            content("user").addObject().put("text", " ");
        }
        body.set("contents", contents);
    }

    private void prefixFirstUserTurn() {
        ObjectNode text = Json.object().put("text", system.toString());
        for (JsonNode content : contents) {
            if (content.path("role").asText().equals("user") && content.path("parts") instanceof ArrayNode parts) {
                parts.insert(0, text);
                return;
            }
        }
        ObjectNode turn = contents.insertObject(0).put("role", "user");
        turn.putArray("parts").add(text);
    }

    private void message(JsonNode message, String at) throws Inexpressible {
        String role = message.path("role").asText();
        if (!role.equals("tool")) {
            openToolResults = null;
        }
        switch (role) {
            case "system", "developer" -> system(message.path("content"), at);
            case "assistant" -> assistant(message, at);
            case "tool" -> toolResult(message, at);
            case "function" -> throw new Inexpressible(at + ".role", call);
            default -> parts(message.path("content"), content("user"), at);
        }
    }

    private void system(JsonNode content, String at) throws Inexpressible {
        if (system.length() > 0) {
            system.append("\n\n");
        }
        system.append(text(content, at));
    }

    private String text(JsonNode content, String at) throws Inexpressible {
        if (!content.isArray()) {
            return content.asText("");
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < content.size(); i++) {
            JsonNode part = content.get(i);
            if (!part.isTextual() && !part.path("text").isTextual()) {
                throw new Inexpressible(at + ".content[" + i + "]", call);
            }
            text.append(part.isTextual() ? part.textValue() : part.path("text").textValue());
        }
        return text.toString();
    }

    private ArrayNode content(String role) {
        return contents.addObject().put("role", role).putArray("parts");
    }

    private void parts(JsonNode content, ArrayNode parts, String at) throws Inexpressible {
        if (!content.isArray()) {
            parts.addObject().put("text", content.asText(""));
            return;
        }
        for (int i = 0; i < content.size(); i++) {
            part(content.get(i), parts, at + ".content[" + i + "]");
        }
        if (parts.isEmpty()) {
            parts.addObject().put("text", "");
        }
    }

    private void part(JsonNode part, ArrayNode parts, String at) throws Inexpressible {
        if (part.isTextual()) {
            parts.addObject().put("text", part.textValue());
            return;
        }
        switch (part.path("type").asText()) {
            case "text" -> parts.addObject().put("text", part.path("text").asText());
            case "image_url" -> {
                JsonNode image = part.path("image_url");
                inline(image.isTextual() ? image.textValue() : image.path("url").asText(), parts, at + ".image_url");
            }
            case "file" -> inline(part.path("file").path("file_data").asText(), parts, at + ".file");
            case "input_audio" -> {
                JsonNode audio = part.path("input_audio");
                parts.addObject()
                        .putObject("inlineData")
                        .put("mimeType", "audio/" + audio.path("format").asText("wav"))
                        .put("data", audio.path("data").asText());
            }
            case "refusal" -> parts.addObject().put("text", part.path("refusal").asText());
            default -> throw new Inexpressible(at + ".type", call);
        }
    }

    private void inline(String url, ArrayNode parts, String at) throws Inexpressible {
        Matcher data = DATA_URL.matcher(call.images().getOrDefault(url, url));
        if (!data.matches()) {
            throw new Inexpressible(
                    at,
                    "'" + at + "' has to hold a base64 data: URL for "
                            + call.platform().name());
        }
        parts.addObject().putObject("inlineData").put("mimeType", data.group(1)).put("data", data.group(2));
    }

    private void assistant(JsonNode message, String at) throws Inexpressible {
        ArrayNode parts = Json.object().putArray("parts");
        JsonNode content = message.path("content");
        if (content.isArray() ? !content.isEmpty() : !content.asText("").isEmpty()) {
            parts(content, parts, at);
        }
        signText(message, parts);
        JsonNode calls = message.path("tool_calls");
        for (int i = 0; i < calls.size(); i++) {
            toolCall(calls.get(i), parts, i == 0, at + ".tool_calls[" + i + "]");
        }
        if (!parts.isEmpty()) {
            contents.addObject().put("role", "model").set("parts", parts);
        }
    }

    /** The signature of what was said stands on its last part. */
    private void signText(JsonNode message, ArrayNode parts) {
        JsonNode signature = signature(message);
        if (wantsSignatures && signature.isTextual() && parts.path(parts.size() - 1) instanceof ObjectNode last) {
            last.set("thoughtSignature", signature);
        }
    }

    private static JsonNode signature(JsonNode signed) {
        return signed.path(OpaqueReasoning.EXTRA).path("google").path("thought_signature");
    }

    private void toolCall(JsonNode toolCall, ArrayNode parts, boolean first, String at) throws Inexpressible {
        JsonNode function = toolCall.path("function");
        String name = function.path("name").asText("");
        if (name.isEmpty()) {
            throw new Inexpressible(at + ".type", call);
        }
        String id = toolCall.path("id").asText("");
        functionOfCall.put(id, name);
        ObjectNode part = parts.addObject();
        part.putObject("functionCall").put("name", name).set("args", arguments(function.path("arguments"), at));
        JsonNode kept = signature(toolCall);
        String signature = kept.isTextual() ? kept.textValue() : CallSignature.of(id);
        if (signature != null) {
            part.put("thoughtSignature", signature);
        } else if (first && wantsSignatures) {
            part.put("thoughtSignature", NO_SIGNATURE);
        }
    }

    private static ObjectNode arguments(JsonNode arguments, String at) throws Inexpressible {
        if (arguments instanceof ObjectNode given) {
            return given;
        }
        String text = arguments.asText("");
        if (text.isBlank()) {
            return Json.object();
        }
        if (Json.parseOrNull(text) instanceof ObjectNode parsed) {
            return parsed;
        }
        String field = at + ".function.arguments";
        throw new Inexpressible(field, "'" + field + "' is not a JSON object");
    }

    private void toolResult(JsonNode message, String at) throws Inexpressible {
        String name = functionOfCall.get(message.path("tool_call_id").asText(""));
        if (name == null) {
            name = message.path("name").asText("");
        }
        if (name.isEmpty()) {
            String field = at + ".tool_call_id";
            throw new Inexpressible(field, "'" + field + "' names no tool call of an earlier message");
        }
        ArrayNode parts = openToolResults;
        if (parts == null) {
            parts = content("user");
            openToolResults = parts;
        }
        String text = text(message.path("content"), at);
        ObjectNode response = parts.addObject().putObject("functionResponse").put("name", name);
        if (Json.parseOrNull(text) instanceof ObjectNode object) {
            response.set("response", object);
        } else {
            response.putObject("response").put("result", text);
        }
    }
}
