package dev.switchboard.node.chat;

import com.fasterxml.jackson.databind.JsonNode;

/** The text inside a request: how much there is, and what identifies the conversation. */
final class PromptText {
    private static final int CHARS_PER_TOKEN = 4;

    /** What OpenAI counts for an image of about a megapixel, and for one that is to be looked at coarsely. */
    private static final int IMAGE_TOKENS = 765;

    private static final int COARSE_IMAGE_TOKENS = 85;

    private PromptText() {}

    static long tokens(JsonNode root) {
        long chars = 0;
        long images = 0;
        for (JsonNode message : root.path("messages")) {
            images += imageTokens(message.path("content"));
            chars += contentChars(message.path("content"));
            chars += message.path("reasoning_content").asText("").length();
            for (JsonNode call : message.path("tool_calls")) {
                chars += written(call.path("function").path("name"));
                chars += written(call.path("function").path("arguments"));
            }
            chars += written(message.path("function_call").path("arguments"));
        }
        chars += written(root.path("tools")) + written(root.path("functions"));
        return (chars + CHARS_PER_TOKEN - 1) / CHARS_PER_TOKEN + images;
    }

    private static long imageTokens(JsonNode content) {
        long tokens = 0;
        for (JsonNode part : content) {
            if (isImage(part)) {
                JsonNode given = part.path("image_url").path("detail");
                String detail = (given.isTextual() ? given : part.path("detail")).asText("");
                tokens += detail.equals("low") ? COARSE_IMAGE_TOKENS : IMAGE_TOKENS;
            }
        }
        return tokens;
    }

    static boolean isImage(JsonNode part) {
        String type = part.path("type").asText("");
        return type.equals("image_url") || type.equals("input_image");
    }

    private static long contentChars(JsonNode content) {
        if (content.isTextual()) {
            return content.textValue().length();
        }
        long chars = 0;
        for (JsonNode part : content) {
            chars += part.isTextual()
                    ? part.textValue().length()
                    : part.path("text").asText("").length();
        }
        return chars;
    }

    private static long written(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return 0;
        }
        return node.isTextual() ? node.textValue().length() : node.toString().length();
    }

    static String fingerprint(JsonNode root) {
        StringBuilder text = new StringBuilder();
        for (JsonNode message : root.path("messages")) {
            String role = message.path("role").asText();
            if (role.equals("user")) {
                text.append('\u0000');
                append(text, message.path("content"));
                break;
            }
            if (role.equals("system") || role.equals("developer")) {
                append(text, message.path("content"));
            }
        }
        return text.toString();
    }

    private static void append(StringBuilder text, JsonNode content) {
        if (content.isTextual()) {
            text.append(content.textValue());
        }
        for (JsonNode part : content) {
            text.append(part.isTextual() ? part.textValue() : part.path("text").asText(""));
        }
    }
}
