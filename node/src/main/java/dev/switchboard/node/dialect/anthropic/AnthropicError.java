package dev.switchboard.node.dialect.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.domain.Failure;
import org.jspecify.annotations.Nullable;

/** Anthropic's error object: {@code {"type":"error","error":{"type","message"}}}. */
public final class AnthropicError {
    /** The code by which Anthropic's own client learns to send whole conversations. */
    static final String NO_THREADS = "thread_unsupported_request";

    private AnthropicError() {}

    /** The object for an HTTP status; {@code message} is for the caller. */
    public static ObjectNode body(int status, String message) {
        return of(typeOf(status), message);
    }

    /**
     * The object for a refused request.
     *
     * @param code a machine-readable code, null for none
     * @param param the field at fault, null for none
     */
    public static ObjectNode body(int status, String message, @Nullable String code, @Nullable String param) {
        ObjectNode body = body(status, message);
        if (code != null || param != null) {
            ObjectNode details = body.withObject("error").putObject("details");
            details.put("error_code", code).put("param", param);
            if (NO_THREADS.equals(code)) {
                details.putArray("unsupported").add("thread");
            }
        }
        return body;
    }

    /** The object for a stream that broke. */
    static ObjectNode broken(Failure failure) {
        String type =
                switch (failure.kind()) {
                    case STALLED, TIMEOUT -> "timeout_error";
                    case RATE_LIMITED -> "rate_limit_error";
                    default -> "api_error";
                };
        return of(type, failure.message());
    }

    /** Anthropic's type for an HTTP status. */
    public static String typeOf(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 503, 529 -> "overloaded_error";
            case 504 -> "timeout_error";
            default -> status >= 500 ? "api_error" : "invalid_request_error";
        };
    }

    private static ObjectNode of(String type, String message) {
        ObjectNode root = Json.object().put("type", "error");
        root.putObject("error").put("type", type).put("message", message);
        return root;
    }
}
