package dev.switchboard.node.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer that is an error object of contract.md §3; thrown by handlers, turned into JSON in one place. */
public final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String type;
    private final @Nullable String code;
    private final @Nullable String param;
    private final transient Map<String, String> headers;
    private final transient @Nullable KeyRefusal refusal;

    /** {@code headers} are added to the answer, such as {@code Retry-After} or {@code Allow}. */
    public ApiError(
            int status,
            String type,
            @Nullable String code,
            @Nullable String param,
            String message,
            Map<String, String> headers) {
        this(status, type, code, param, message, headers, null);
    }

    private ApiError(
            int status,
            String type,
            @Nullable String code,
            @Nullable String param,
            String message,
            Map<String, String> headers,
            @Nullable KeyRefusal refusal) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
        this.code = code;
        this.param = param;
        this.headers = Map.copyOf(headers);
        this.refusal = refusal;
    }

    /** The same answer, given because of an API key's rules. */
    ApiError because(KeyRefusal reason) {
        return new ApiError(status, type, code, param, text(), headers, reason);
    }

    /** The rule of an API key that is behind this answer; null where there is none. */
    @Nullable
    KeyRefusal refusal() {
        return refusal;
    }

    /** 400 naming a field. */
    public static ApiError invalid(String message, @Nullable String param) {
        return new ApiError(400, "invalid_request_error", null, param, message, Map.of());
    }

    /** 400 with a code. */
    public static ApiError invalid(String message, @Nullable String param, @Nullable String code) {
        return new ApiError(400, "invalid_request_error", code, param, message, Map.of());
    }

    /** 401. */
    public static ApiError unauthorized(String message) {
        return new ApiError(
                401,
                "authentication_error",
                "invalid_api_key",
                null,
                message,
                Map.of("WWW-Authenticate", "Bearer realm=\"switchboard\""));
    }

    /** 404. */
    public static ApiError notFound(String message, @Nullable String code) {
        return new ApiError(404, "invalid_request_error", code, null, message, Map.of());
    }

    /** 409. */
    public static ApiError conflict(String message, @Nullable String param) {
        return new ApiError(409, "invalid_request_error", "conflict", param, message, Map.of());
    }

    /** 503 with Retry-After in seconds. */
    public static ApiError overloaded(String message, long retryAfterSeconds) {
        return new ApiError(
                503,
                "overloaded_error",
                null,
                null,
                message,
                Map.of("Retry-After", Long.toString(Math.max(1, retryAfterSeconds))));
    }

    /** 500: what went wrong is in the log under the request id, never in the answer. */
    public static ApiError internal(String requestId) {
        return new ApiError(500, "internal_error", null, null, "Internal error; request id " + requestId, Map.of());
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The error type of contract.md §3. */
    public String type() {
        return type;
    }

    /** A machine-readable code, if there is one. */
    public @Nullable String code() {
        return code;
    }

    /** The field at fault, if there is one. */
    public @Nullable String param() {
        return param;
    }

    /** Headers of the answer. */
    public Map<String, String> headers() {
        return headers;
    }

    /** The message; never null. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
