package dev.switchboard.node.http;

import akka.event.LoggingAdapter;
import akka.http.ParsingErrorHandler;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.scaladsl.model.ErrorInfo;
import akka.http.scaladsl.model.StatusCode;
import akka.http.scaladsl.settings.ServerSettings;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers what is no HTTP request that the server can read. Named in Akka's configuration, which makes it. */
public final class ProtocolErrors extends ParsingErrorHandler {
    private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
    private static final SecurityHeaders HEADERS = new SecurityHeaders(false);

    @Override
    public HttpResponse handle(StatusCode status, ErrorInfo info, LoggingAdapter log, ServerSettings settings) {
        log.debug("Refused what cannot be read as a request: {}", info.summary());
        int code = code(status);
        boolean method = code == 405;
        String query = BadQuery.name(info.detail());
        ApiError error = new ApiError(
                code,
                "invalid_request_error",
                method ? "method_not_allowed" : "malformed_request",
                query,
                method ? "No path takes this method; allowed: " + METHODS : message(query, status),
                method ? Map.of("Allow", METHODS) : Map.of());
        HttpResponse refusal = Json.error(error).addHeader(RawHeader.create("X-Request-Id", Gateway.newRequestId()));
        return HEADERS.decorate(refusal, false);
    }

    private static String message(@Nullable String query, StatusCode status) {
        return query == null ? status.reason() : "The query parameter " + query + " is not encoded as a URL's must be";
    }

    /** A method or version that no server knows is the client's fault, and not worth another try. */
    private static int code(StatusCode status) {
        return switch (status.intValue()) {
            case 501 -> 405;
            case 505 -> 400;
            default -> status.intValue();
        };
    }
}
