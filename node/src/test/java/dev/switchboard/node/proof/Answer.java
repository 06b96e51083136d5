package dev.switchboard.node.proof;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a client got, and whether the contract allows it (contract.md §3). */
record Answer(int status, Map<String, List<String>> headers, String text) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<Integer, String> TYPES = Map.of(
            400, "invalid_request_error",
            404, "invalid_request_error",
            429, "rate_limit_error",
            502, "provider_error",
            503, "overloaded_error",
            504, "timeout_error");

    @Nullable
    String header(String name) {
        for (Map.Entry<String, List<String>> entry : headers.entrySet()) {
            if (entry.getKey().equalsIgnoreCase(name)) {
                return entry.getValue().get(0);
            }
        }
        return null;
    }

    String routedVia() {
        return String.valueOf(header("x-routed-via"));
    }

    String sessionKey() {
        return String.valueOf(header("x-session-key"));
    }

    String sessionStatus() {
        return String.valueOf(header("x-session-status"));
    }

    int fallbacks() {
        String value = header("x-fallback-attempts");
        return value == null ? 0 : Integer.parseInt(value);
    }

    boolean isStream() {
        return String.valueOf(header("content-type")).startsWith("text/event-stream");
    }

    JsonNode json() {
        return parse(text);
    }

    static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    /** The payload of every event, comments left out. */
    List<String> frames() {
        List<String> frames = new ArrayList<>();
        for (String line : text.split("\n")) {
            if (line.startsWith("data: ")) {
                frames.add(line.substring("data: ".length()));
            }
        }
        return frames;
    }

    List<String> comments() {
        return text.lines().filter(line -> line.startsWith(":")).toList();
    }

    /** The text of the answer, streamed or not. */
    String content() {
        if (!isStream()) {
            return json().at("/choices/0/message/content").asText();
        }
        StringBuilder content = new StringBuilder();
        for (String frame : frames()) {
            if (!frame.equals("[DONE]")) {
                content.append(parse(frame).at("/choices/0/delta/content").asText(""));
            }
        }
        return content.toString();
    }

    /** The error object, of a body or of the last frame before [DONE]; missing where there is none. */
    JsonNode error() {
        if (!isStream()) {
            return json().path("error");
        }
        List<String> frames = frames();
        return frames.size() < 2
                ? JSON.missingNode()
                : parse(frames.get(frames.size() - 2)).path("error");
    }

    boolean isComplete() {
        return status == 200 && (!isStream() || error().isMissingNode()) && problem() == null;
    }

    /** What the contract does not allow about it; null where it is a complete answer or an error of the contract. */
    @Nullable
    String problem() {
        try {
            return status != 200 ? refusalProblem() : isStream() ? streamProblem() : bodyProblem();
        } catch (AssertionError e) {
            return e.getMessage();
        }
    }

    private @Nullable String bodyProblem() {
        JsonNode message = json().at("/choices/0/message");
        if (json().at("/choices/0/finish_reason").asText("").isEmpty()) {
            return "no finish reason: " + text;
        }
        return message.path("content").asText("").isEmpty()
                        && message.path("tool_calls").isEmpty()
                ? "no content: " + text
                : null;
    }

    private @Nullable String refusalProblem() {
        String problem = errorProblem(json().path("error"));
        if (problem != null) {
            return problem;
        }
        String type = json().at("/error/type").asText();
        if (!type.equals(TYPES.get(status))) {
            return "status " + status + " with type " + type;
        }
        boolean waits = status == 429 || status == 503;
        if (waits && (header("retry-after") == null || Integer.parseInt(header("retry-after")) < 1)) {
            return status + " without Retry-After";
        }
        boolean fin = status == 502 || status == 504;
        return fin && !"false".equals(header("x-should-retry")) ? status + " without x-should-retry" : null;
    }

    private @Nullable String streamProblem() {
        List<String> frames = frames();
        if (!text.endsWith("\n\n")) {
            return "the last event is cut: " + tail();
        }
        if (frames.isEmpty() || !frames.get(frames.size() - 1).equals("[DONE]")) {
            return "no [DONE] at the end: " + tail();
        }
        boolean finished = false;
        boolean failed = false;
        for (String frame : frames.subList(0, frames.size() - 1)) {
            if (frame.equals("[DONE]") || failed) {
                return "something after the end: " + tail();
            }
            JsonNode json = parse(frame);
            finished |= !json.at("/choices/0/finish_reason").asText("").isEmpty()
                    && !json.at("/choices/0/finish_reason").isNull();
            if (json.has("error")) {
                failed = true;
                String type = json.at("/error/type").asText();
                if (!Set.of("stream_error", "stream_timeout").contains(type)) {
                    return "an error frame of type " + type;
                }
                String problem = errorProblem(json.path("error"));
                if (problem != null) {
                    return problem;
                }
            }
        }
        if (failed) {
            return null;
        }
        return finished && !content().isEmpty() ? null : "a bare [DONE]: " + tail();
    }

    private static @Nullable String errorProblem(JsonNode error) {
        for (String field : List.of("message", "type", "code", "param")) {
            if (!error.has(field)) {
                return "an error without " + field + ": " + error;
            }
        }
        String message = error.path("message").asText();
        return message.isEmpty() || message.contains("sk-") || message.contains("Exception")
                ? "a bad message: " + message
                : null;
    }

    private String tail() {
        return text.substring(Math.max(0, text.length() - 300));
    }
}
