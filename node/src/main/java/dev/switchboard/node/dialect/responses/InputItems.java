package dev.switchboard.node.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.InvalidRequest;
import dev.switchboard.node.chat.OpaqueReasoning;
import dev.switchboard.node.dialect.Fields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Input items as chat messages. What one answer said stands together: its text and its calls become one message. Of
 * earlier reasoning only what its model wants to see again goes on, with that message.
 */
final class InputItems {
    private final ArrayNode out;
    private final Map<String, Kept> kept;
    private final Set<String> calls = new HashSet<>();
    private final List<String> origins = new ArrayList<>();
    private final ObjectNode thought = JsonNodeFactory.instance.objectNode();
    private final ArrayNode seenByTools = JsonNodeFactory.instance.arrayNode();

    /** Appends to {@code out}, which holds the conversation so far. */
    InputItems(ArrayNode out, Map<String, Kept> kept) {
        this.out = out;
        this.kept = kept;
        for (JsonNode message : out) {
            for (JsonNode call : message.path("tool_calls")) {
                calls.add(call.path("id").asText());
            }
        }
    }

    void translate(JsonNode input) throws InvalidRequest {
        if (Fields.absent(input)) {
            throw Fields.missing("input");
        }
        if (input.isTextual()) {
            out.addObject().put("role", "user").set("content", input);
            origins.add("input");
            return;
        }
        if (!input.isArray()) {
            throw Fields.invalid("input", "must be a string or a list of items");
        }
        if (input.isEmpty() && out.isEmpty()) {
            throw Fields.invalid("input", "must hold at least one item");
        }
        int earlier = out.size();
        for (int i = 0; i < input.size(); i++) {
            item(input.get(i), "input[" + i + "]");
            for (int k = earlier + origins.size(); k < out.size(); k++) {
                origins.add("input[" + i + "]");
            }
        }
        flush();
    }

    /** The field that each message added came from. */
    List<String> origins() {
        return origins;
    }

    private void item(JsonNode item, String at) throws InvalidRequest {
        if (!item.isObject()) {
            throw Fields.invalid(at, "must be an object");
        }
        String type = Fields.optionalText(item, "type", at + ".");
        String kind = type != null ? type : item.has("role") ? "message" : "";
        if (!kind.equals("function_call_output") && !kind.equals("custom_tool_call_output")) {
            flush();
        }
        switch (kind) {
            case "message" -> message(item, at);
            case "function_call" -> call(item, at);
            case "custom_tool_call" -> customCall(item, at);
            case "function_call_output", "custom_tool_call_output" -> output(item, at);
            case "item_reference" -> item(referenced(item, at), at);
            case "reasoning" -> reasoning(item);
            case "" -> throw Fields.missing(at + ".type");
            default -> throw Fields.unsupported(at + ".type", "'" + kind + "' is not supported here");
        }
    }

    private JsonNode referenced(JsonNode reference, String at) throws InvalidRequest {
        String id = Fields.text(reference, "id", at + ".");
        String owner = ResponseIds.responseOf(id);
        Kept response = owner == null ? null : kept.get(owner);
        if (response != null) {
            for (JsonNode item : response.response().path("output")) {
                if (item.path("id").asText().equals(id)) {
                    return item;
                }
            }
        }
        throw Fields.invalid(at + ".id", "refers to an item that is not known: '" + id + "'");
    }

    private void message(JsonNode item, String at) throws InvalidRequest {
        String role = Fields.text(item, "role", at + ".");
        JsonNode content = item.path("content");
        if (Fields.absent(content)) {
            throw Fields.missing(at + ".content");
        }
        if (!content.isTextual() && !content.isArray()) {
            throw Fields.invalid(at + ".content", "must be a string or a list of content parts");
        }
        switch (role) {
            case "user" -> {
                thought.removeAll();
                out.addObject().put("role", role).set("content", parts(content, at + ".content"));
            }
            case "system", "developer" ->
                out.addObject().put("role", role).put("content", onlyText(content, at + ".content"));
            case "assistant" -> answer().put("content", onlyText(content, at + ".content"));
            default -> throw Fields.invalid(at + ".role", "must be one of assistant, developer, system, user");
        }
    }

    /** Text as it is; a single text part as its text. */
    private static JsonNode parts(JsonNode content, String at) throws InvalidRequest {
        if (content.isTextual()) {
            return content;
        }
        ArrayNode parts = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < content.size(); i++) {
            part(content.get(i), at + "[" + i + "]", parts);
        }
        return parts.size() == 1 && parts.get(0).path("type").asText().equals("text")
                ? parts.get(0).path("text")
                : parts;
    }

    private static void part(JsonNode part, String at, ArrayNode parts) throws InvalidRequest {
        if (!part.isObject()) {
            throw Fields.invalid(at, "must be an object with a type");
        }
        String type = Fields.text(part, "type", at + ".");
        switch (type) {
            case "input_text", "output_text", "text", "summary_text" ->
                parts.addObject().put("type", "text").put("text", Fields.text(part, "text", at + "."));
            case "refusal" -> parts.addObject().put("type", "text").put("text", Fields.text(part, "refusal", at + "."));
            case "input_image" -> {
                noFileId(part, at);
                ObjectNode image = parts.addObject().put("type", "image_url").putObject("image_url");
                image.put("url", Fields.text(part, "image_url", at + "."));
                Fields.copy(part, image, "detail");
            }
            case "input_audio" -> {
                JsonNode audio = Fields.optionalObject(part, "input_audio", at + ".");
                ObjectNode heard = parts.addObject().put("type", "input_audio").putObject("input_audio");
                heard.put("data", Fields.text(audio, "data", at + ".input_audio."));
                heard.put("format", Fields.text(audio, "format", at + ".input_audio."));
            }
            case "input_file" -> {
                noFileId(part, at);
                if (!Fields.absent(part.path("file_url"))) {
                    throw Fields.unsupported(at + ".file_url", "is not supported here; send file_data");
                }
                ObjectNode file = parts.addObject().put("type", "file").putObject("file");
                Fields.copy(part, file, "filename");
                file.put("file_data", Fields.text(part, "file_data", at + "."));
            }
            default -> throw Fields.unsupported(at + ".type", "'" + type + "' is not supported here");
        }
    }

    private static void noFileId(JsonNode part, String at) throws InvalidRequest {
        if (!Fields.absent(part.path("file_id"))) {
            throw Fields.unsupported(at + ".file_id", "is not supported here: no files are kept");
        }
    }

    private static String onlyText(JsonNode content, String at) throws InvalidRequest {
        if (content.isTextual()) {
            return content.textValue();
        }
        ArrayNode parts = JsonNodeFactory.instance.arrayNode();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < content.size(); i++) {
            part(content.get(i), at + "[" + i + "]", parts);
            if (!parts.get(i).path("type").asText().equals("text")) {
                throw Fields.invalid(at + "[" + i + "].type", "must be text for this role");
            }
            text.append(parts.get(i).path("text").asText());
        }
        return text.toString();
    }

    private void call(JsonNode item, String at) throws InvalidRequest {
        String id = Fields.text(item, "call_id", at + ".");
        String name = Fields.text(item, "name", at + ".");
        JsonNode given = item.path("arguments");
        String arguments = given.isObject() ? given.toString() : Fields.text(item, "arguments", at + ".");
        called(id, name, arguments.isBlank() ? "{}" : arguments);
    }

    private void customCall(JsonNode item, String at) throws InvalidRequest {
        String id = Fields.text(item, "call_id", at + ".");
        String name = Fields.text(item, "name", at + ".");
        called(id, name, CustomTools.arguments(Fields.text(item, "input", at + ".")));
    }

    private void called(String id, String name, String arguments) {
        calls.add(id);
        ObjectNode call = speaker().withArray("tool_calls").addObject();
        call.put("id", id)
                .put("type", "function")
                .putObject("function")
                .put("name", name)
                .put("arguments", arguments);
    }

    /** The assistant's message that a call belongs to: the last message if it is one, else a new one. */
    private ObjectNode speaker() {
        JsonNode last = out.isEmpty() ? null : out.get(out.size() - 1);
        if (last instanceof ObjectNode message && message.path("role").asText().equals("assistant")) {
            return message;
        }
        return answer().putNull("content");
    }

    /** A new message of the assistant, with what was reasoned before it. */
    private ObjectNode answer() {
        ObjectNode message = out.addObject().put("role", "assistant");
        message.setAll(thought);
        thought.removeAll();
        return message;
    }

    /** What an answer thought stands before what it said; more may follow. */
    private void reasoning(JsonNode item) {
        StringBuilder told = new StringBuilder();
        for (JsonNode part : item.path("summary")) {
            told.append(part.path("text").asText(""));
        }
        JsonNode last = out.isEmpty() ? null : out.get(out.size() - 1);
        boolean answering = last != null && last.path("role").asText().equals("assistant");
        OpaqueReasoning.open(
                item.path("encrypted_content").asText(""),
                told.toString(),
                answering && last instanceof ObjectNode message ? message : thought);
    }

    private void output(JsonNode item, String at) throws InvalidRequest {
        String id = Fields.text(item, "call_id", at + ".");
        if (!calls.contains(id)) {
            throw Fields.invalid(at + ".call_id", "answers no function_call of this conversation: '" + id + "'");
        }
        JsonNode output = item.path("output");
        if (Fields.absent(output)) {
            throw Fields.missing(at + ".output");
        }
        if (!output.isTextual() && !output.isArray()) {
            throw Fields.invalid(at + ".output", "must be a string or a list of content parts");
        }
        out.addObject().put("role", "tool").put("tool_call_id", id).put("content", told(output, at + ".output"));
    }

    private String told(JsonNode output, String at) throws InvalidRequest {
        @Nullable String plain = output.isTextual() ? output.textValue() : null;
        if (plain != null) {
            return plain;
        }
        StringBuilder text = new StringBuilder();
        ArrayNode parts = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < output.size(); i++) {
            part(output.get(i), at + "[" + i + "]", parts);
        }
        for (JsonNode part : parts) {
            if (part.path("type").asText().equals("text")) {
                text.append(text.length() > 0 ? "\n" : "")
                        .append(part.path("text").asText());
            } else {
                seenByTools.add(part);
            }
        }
        return text.toString();
    }

    /** Images that tools gave back follow all of the results: a tool message holds only text. */
    private void flush() {
        if (!seenByTools.isEmpty()) {
            out.addObject().put("role", "user").set("content", seenByTools.deepCopy());
            seenByTools.removeAll();
        }
    }
}
