package dev.switchboard.node.simulator;

import java.util.Locale;

/** Error bodies as providers write them. */
final class ErrorBody {
    private ErrorBody() {}

    /** Shapes of an error body, and of bodies that are no answer. */
    enum Kind {
        OPENAI,
        STRING,
        NUMERIC,
        TEXT,
        HTML,
        EMPTY,
        CLOUDFLARE,
        GOOGLE,
        COHERE,
        PROBLEM,
        FAILED_GENERATION,
        NOT_JSON,
        NO_CHOICES;

        static Kind of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
        }

        String contentType() {
            return switch (this) {
                case HTML -> Reply.HTML;
                case PROBLEM -> "application/problem+json";
                default -> Reply.JSON;
            };
        }
    }

    /**
     * What an error says.
     *
     * @param status the status it stands for, whatever the HTTP status is
     */
    record Problem(int status, String type, String code, String message) {
        static Problem of(int status, String message) {
            return new Problem(status, ErrorBody.type(status), ErrorBody.code(status), message);
        }
    }

    static Reply reply(Kind kind, Problem problem) {
        return Reply.of(problem.status(), kind.contentType(), render(kind, problem));
    }

    static String render(Kind kind, Problem problem) {
        String message = Json.quote(problem.message());
        String code = Json.quote(problem.code());
        int status = problem.status();
        return switch (kind) {
            case OPENAI ->
                "{\"error\":{\"message\":" + message + ",\"type\":" + Json.quote(problem.type())
                        + ",\"param\":null,\"code\":" + code + "}}";
            case STRING -> "{\"error\":" + message + "}";
            case NUMERIC -> "{\"error\":{\"message\":" + message + ",\"code\":" + status + "}}";
            case TEXT -> "{\"error\":{\"message\":" + message + ",\"code\":" + code + "}}";
            case HTML ->
                "<!DOCTYPE html>\n<html><head><title>" + status + "</title></head><body><h1>"
                        + escape(problem.message()) + "</h1></body></html>\n";
            case EMPTY -> "";
            case CLOUDFLARE ->
                "{\"result\":null,\"success\":false,\"errors\":[{\"code\":" + cloudflareCode(status) + ",\"message\":"
                        + message + "}],\"messages\":[]}";
            case GOOGLE ->
                "{\"error\":{\"code\":" + status + ",\"message\":" + message + ",\"status\":\"" + googleStatus(status)
                        + "\"" + googleDetails(problem) + "}}";
            case COHERE -> "{\"id\":\"sim-error\",\"message\":" + message + "}";
            case PROBLEM ->
                "{\"type\":\"about:blank\",\"title\":" + code + ",\"status\":" + status + ",\"detail\":" + message
                        + "}";
            case FAILED_GENERATION ->
                "{\"error\":{\"message\":" + message
                        + ",\"type\":\"invalid_request_error\",\"code\":\"tool_use_failed\",\"failed_generation\":"
                        + "\"<function=sample_tool>{\\\"city\\\": \\\"Paris\\\"}</function>\"}}";
            case NOT_JSON -> "this is { not json, " + problem.message();
            case NO_CHOICES ->
                "{\"id\":\"chatcmpl-sim\",\"object\":\"chat.completion\",\"created\":0,\"model\":\"none\"}";
        };
    }

    private static String type(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 429 -> "rate_limit_error";
            default -> status >= 500 ? "server_error" : "invalid_request_error";
        };
    }

    private static String code(int status) {
        return switch (status) {
            case 401 -> "invalid_api_key";
            case 402 -> "insufficient_quota";
            case 403 -> "permission_denied";
            case 404 -> "model_not_found";
            case 413 -> "context_length_exceeded";
            case 429 -> "rate_limit_exceeded";
            case 503, 529 -> "overloaded";
            default -> status >= 500 ? "internal_error" : "invalid_request";
        };
    }

    private static String googleStatus(int status) {
        return switch (status) {
            case 400 -> "INVALID_ARGUMENT";
            case 401 -> "UNAUTHENTICATED";
            case 403 -> "PERMISSION_DENIED";
            case 404 -> "NOT_FOUND";
            case 429 -> "RESOURCE_EXHAUSTED";
            case 503 -> "UNAVAILABLE";
            case 504 -> "DEADLINE_EXCEEDED";
            default -> status >= 500 ? "INTERNAL" : "UNKNOWN";
        };
    }

    private static String googleDetails(Problem problem) {
        if (problem.code().equals("API_KEY_INVALID")) {
            return ",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\","
                    + "\"reason\":\"API_KEY_INVALID\",\"domain\":\"googleapis.com\"}]";
        }
        return "";
    }

    private static int cloudflareCode(int status) {
        return switch (status) {
            case 401, 403 -> 10000;
            case 404 -> 7003;
            case 400 -> 5006;
            case 429 -> 3036;
            default -> 3040;
        };
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
