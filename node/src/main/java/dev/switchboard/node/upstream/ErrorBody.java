package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an error says, whatever its shape: OpenAI's, Google's, Cloudflare's {@code errors[]}, RFC 7807, a bare string.
 *
 * @param status the first number between 400 and 599 found as its code or status, else 0
 * @param codes its text codes
 */
record ErrorBody(int status, List<String> codes, String message, @Nullable Duration retryAfter) {
    private static final List<String> CODE_FIELDS = List.of("code", "status", "status_code", "type", "reason");
    private static final List<String> MESSAGE_FIELDS = List.of("message", "msg", "detail", "title", "error");

    /** The body of an error status; null where it is no JSON object or list. */
    static @Nullable ErrorBody of(@Nullable JsonNode body) {
        JsonNode root = body != null && body.isArray() ? body.path(0) : body;
        if (root == null || !root.isObject()) {
            return null;
        }
        ErrorBody wrapped = wrapped(root);
        return wrapped != null ? wrapped : read(root, root);
    }

    /** The error inside a body with a success status; null where there is none (behaviour.md §4). */
    static @Nullable ErrorBody wrapped(@Nullable JsonNode body) {
        JsonNode root = body != null && body.isArray() ? body.path(0) : body;
        if (root == null) {
            return null;
        }
        JsonNode error = root.path("error");
        if (error.isTextual() || error.isObject()) {
            return read(error, root);
        }
        JsonNode choices = root.path("choices");
        for (int i = 0; i < choices.size(); i++) {
            JsonNode choice = choices.path(i);
            JsonNode inChoice = choice.path("error");
            if (inChoice.isTextual() || inChoice.isObject()) {
                return read(inChoice, choice);
            }
        }
        JsonNode errors = root.path("errors");
        boolean failed =
                root.path("success").isBoolean() && !root.path("success").booleanValue();
        return failed && errors.isArray() && !errors.isEmpty() ? read(errors.get(0), root) : null;
    }

    private static ErrorBody read(JsonNode error, JsonNode root) {
        int status = 0;
        List<String> codes = new ArrayList<>();
        List<JsonNode> places = new ArrayList<>(List.of(error));
        error.path("details").forEach(places::add);
        places.add(root);
        Duration wait = null;
        for (JsonNode place : places) {
            for (String name : CODE_FIELDS) {
                JsonNode value = place.path(name);
                int number = number(value);
                if (number >= 400 && number <= 599) {
                    status = status == 0 ? number : status;
                } else if (value.isTextual() && !codes.contains(value.textValue())) {
                    codes.add(value.textValue());
                }
            }
            JsonNode delay = place.path("retryDelay");
            wait = wait == null && delay.isTextual() ? RetryAfter.ofText(delay.textValue()) : wait;
        }
        return new ErrorBody(status, codes, message(error, root), wait);
    }

    private static int number(JsonNode value) {
        if (value.isIntegralNumber()) {
            return value.canConvertToInt() ? value.intValue() : 0;
        }
        if (value.isTextual() && value.textValue().matches("\\d{3}")) {
            return Integer.parseInt(value.textValue());
        }
        return 0;
    }

    private static String message(JsonNode error, JsonNode root) {
        if (error.isTextual()) {
            return error.textValue();
        }
        for (JsonNode place : List.of(error, root)) {
            for (String name : MESSAGE_FIELDS) {
                JsonNode value = place.path(name);
                if (value.isTextual() && !value.textValue().isBlank()) {
                    return value.textValue();
                }
                if (value.path("message").isTextual()) {
                    return value.path("message").textValue();
                }
            }
        }
        return "";
    }

    /** The most telling text code. */
    @Nullable
    String code() {
        return codes.isEmpty() ? null : codes.get(0);
    }
}
