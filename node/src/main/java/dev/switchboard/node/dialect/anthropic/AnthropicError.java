package dev.switchboard.node.dialect.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.domain.Failure;

/** Anthropic's error object: {@code {"type":"error","error":{"type","message"}}}. */
public final class AnthropicError {
    private AnthropicError() {}

    /** The object for an HTTP status; {@code message} is for the caller. */
    public static ObjectNode body(int status, String message) {
        return of(typeOf(status), message);
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
