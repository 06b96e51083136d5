package dev.switchboard.node.dialect.anthropic;

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
import java.util.Set;

/**
 * The messages of a conversation. Tool results become messages of their own, straight after the calls they answer; images
 * among them follow as the user's. Of earlier thinking only what its model wants to see again goes on.
 */
final class MessagesContent {
    private final ArrayNode out;
    private final List<String> origins = new ArrayList<>();
    private final Set<String> calls = new HashSet<>();

    MessagesContent(ArrayNode out) {
        this.out = out;
    }

    void translate(JsonNode messages) throws InvalidRequest {
        if (Fields.absent(messages)) {
            throw Fields.missing("messages");
        }
        if (!messages.isArray() || messages.isEmpty()) {
            throw Fields.invalid("messages", "must be a list with at least one message");
        }
        for (int i = 0; i < messages.size(); i++) {
            int before = out.size();
            message(messages.get(i), "messages[" + i + "]");
            for (int k = before; k < out.size(); k++) {
                origins.add("messages[" + i + "]");
            }
        }
    }

    /** The message that each message added came from. */
    List<String> origins() {
        return origins;
    }

    private void message(JsonNode message, String at) throws InvalidRequest {
        if (!message.isObject()) {
            throw Fields.invalid(at, "must be an object");
        }
        String role = Fields.text(message, "role", at + ".");
        JsonNode content = message.path("content");
        if (Fields.absent(content)) {
            throw Fields.missing(at + ".content");
        }
        if (!content.isTextual() && !content.isArray()) {
            throw Fields.invalid(at + ".content", "must be a string or a list of content blocks");
        }
        switch (role) {
            case "user" -> user(content, at + ".content");
            case "assistant" -> assistant(content, at + ".content");
            case "system" ->
                out.addObject()
                        .put("role", "system")
                        .put(
                                "content",
                                content.isTextual() ? content.textValue() : joined(content, at + ".content", "\n"));
            default -> throw Fields.invalid(at + ".role", "must be user or assistant");
        }
    }

    private void user(JsonNode content, String at) throws InvalidRequest {
        if (content.isTextual()) {
            out.addObject().put("role", "user").set("content", content);
            return;
        }
        ArrayNode parts = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < content.size(); i++) {
            JsonNode block = content.get(i);
            String here = at + "[" + i + "]";
            if (type(block, here).equals("tool_result")) {
                toolResult(block, here, parts);
            } else {
                part(block, here, parts);
            }
        }
        boolean onlyText =
                parts.size() == 1 && parts.get(0).path("type").asText().equals("text");
        if (onlyText) {
            out.addObject().put("role", "user").set("content", parts.get(0).path("text"));
        } else if (!parts.isEmpty()) {
            out.addObject().put("role", "user").set("content", parts);
        }
    }

    private void toolResult(JsonNode block, String at, ArrayNode userParts) throws InvalidRequest {
        String call = Fields.text(block, "tool_use_id", at + ".");
        if (!calls.contains(call)) {
            throw Fields.invalid(at + ".tool_use_id", "answers no tool_use of an earlier message");
        }
        JsonNode content = block.path("content");
        StringBuilder text = new StringBuilder();
        if (content.isTextual()) {
            text.append(content.textValue());
        } else if (!Fields.absent(content) && !content.isArray()) {
            throw Fields.invalid(at + ".content", "must be a string or a list of content blocks");
        }
        for (int i = 0; i < (content.isArray() ? content.size() : 0); i++) {
            ArrayNode parts = JsonNodeFactory.instance.arrayNode();
            part(content.get(i), at + ".content[" + i + "]", parts);
            for (JsonNode part : parts) {
                if (part.path("type").asText().equals("text")) {
                    text.append(text.length() > 0 ? "\n" : "")
                            .append(part.path("text").asText());
                } else {
                    userParts.add(part);
                }
            }
        }
        String said = Fields.flag(block, "is_error", at + ".") ? "Error: " + text : text.toString();
        out.addObject().put("role", "tool").put("tool_call_id", call).put("content", said);
    }

    private static void part(JsonNode block, String at, ArrayNode parts) throws InvalidRequest {
        String type = type(block, at);
        switch (type) {
            case "text" -> parts.addObject().put("type", "text").put("text", Fields.text(block, "text", at + "."));
            case "image" -> {
                String url = imageUrl(block.path("source"), at + ".source");
                parts.addObject()
                        .put("type", "image_url")
                        .putObject("image_url")
                        .put("url", url);
            }
            case "document" -> document(block, at, parts);
            case "search_result" ->
                parts.addObject()
                        .put("type", "text")
                        .put(
                                "text",
                                block.path("title").asText("") + "\n"
                                        + block.path("source").asText("") + "\n"
                                        + joined(block.path("content"), at + ".content", "\n"));
            default -> throw Fields.unsupported(at + ".type", "'" + type + "' is not supported here");
        }
    }

    private static String imageUrl(JsonNode source, String at) throws InvalidRequest {
        if (!source.isObject()) {
            throw Fields.missing(at);
        }
        String type = Fields.text(source, "type", at + ".");
        return switch (type) {
            case "url" -> Fields.text(source, "url", at + ".");
            case "base64" ->
                "data:" + Fields.text(source, "media_type", at + ".") + ";base64,"
                        + Fields.text(source, "data", at + ".");
            default -> throw Fields.unsupported(at + ".type", "'" + type + "' is not supported here");
        };
    }

    private static void document(JsonNode block, String at, ArrayNode parts) throws InvalidRequest {
        JsonNode source = block.path("source");
        String type = Fields.text(source, "type", at + ".source.");
        switch (type) {
            case "text" ->
                parts.addObject().put("type", "text").put("text", Fields.text(source, "data", at + ".source."));
            case "content" ->
                parts.addObject()
                        .put("type", "text")
                        .put(
                                "text",
                                source.path("content").isTextual()
                                        ? source.path("content").textValue()
                                        : joined(source.path("content"), at + ".source.content", "\n"));
            case "base64" ->
                parts.addObject()
                        .put("type", "file")
                        .putObject("file")
                        .put("filename", block.path("title").asText("document.pdf"))
                        .put(
                                "file_data",
                                "data:" + source.path("media_type").asText("application/pdf") + ";base64,"
                                        + Fields.text(source, "data", at + ".source."));
            default -> throw Fields.unsupported(at + ".source.type", "'" + type + "' is not supported here");
        }
    }

    private void assistant(JsonNode content, String at) throws InvalidRequest {
        ObjectNode message = out.addObject().put("role", "assistant");
        if (content.isTextual()) {
            message.set("content", content);
            return;
        }
        StringBuilder text = new StringBuilder();
        ArrayNode toolCalls = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < content.size(); i++) {
            JsonNode block = content.get(i);
            String here = at + "[" + i + "]";
            String type = type(block, here);
            switch (type) {
                case "text" -> text.append(Fields.text(block, "text", here + "."));
                case "tool_use" -> toolUse(block, here, toolCalls.addObject());
                case "thinking" ->
                    OpaqueReasoning.open(
                            block.path("signature").asText(""),
                            block.path("thinking").asText(""),
                            message);
                case "redacted_thinking" ->
                    OpaqueReasoning.open(block.path("data").asText(""), "", message);
                default -> throw Fields.unsupported(here + ".type", "'" + type + "' is not supported here");
            }
        }
        if (text.length() > 0 || toolCalls.isEmpty()) {
            message.put("content", text.toString());
        } else {
            message.putNull("content");
        }
        if (!toolCalls.isEmpty()) {
            message.set("tool_calls", toolCalls);
        }
    }

    private void toolUse(JsonNode block, String at, ObjectNode call) throws InvalidRequest {
        String id = Fields.text(block, "id", at + ".");
        String name = Fields.text(block, "name", at + ".");
        JsonNode input = Fields.optionalObject(block, "input", at + ".");
        calls.add(id);
        call.put("id", id)
                .put("type", "function")
                .putObject("function")
                .put("name", name)
                .put("arguments", input.isObject() ? input.toString() : "{}");
    }

    private static String type(JsonNode block, String at) throws InvalidRequest {
        if (!block.isObject()) {
            throw Fields.invalid(at, "must be an object with a type");
        }
        return Fields.text(block, "type", at + ".");
    }

    /** The text of text blocks. */
    static String joined(JsonNode blocks, String at, String between) throws InvalidRequest {
        if (!blocks.isArray()) {
            throw Fields.invalid(at, "must be a string or a list of text blocks");
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < blocks.size(); i++) {
            String here = at + "[" + i + "]";
            if (!type(blocks.get(i), here).equals("text")) {
                throw Fields.invalid(here + ".type", "must be text");
            }
            text.append(i == 0 ? "" : between).append(Fields.text(blocks.get(i), "text", here + "."));
        }
        return text.toString();
    }
}
