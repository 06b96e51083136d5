package dev.switchboard.node.http;

import akka.event.LoggingAdapter;
import akka.http.ParsingErrorHandler;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.scaladsl.model.ErrorInfo;
import akka.http.scaladsl.model.StatusCode;
import akka.http.scaladsl.settings.ServerSettings;
import java.util.Map;

/** Answers what is no HTTP request that the server can read. Named in Akka's configuration, which makes it. */
public final class ProtocolErrors extends ParsingErrorHandler {
    private static final SecurityHeaders HEADERS = new SecurityHeaders(false);

    @Override
    public HttpResponse handle(StatusCode status, ErrorInfo info, LoggingAdapter log, ServerSettings settings) {
        log.debug("Refused what cannot be read as a request: {}", info.summary());
        ApiError error = new ApiError(
                status.intValue(),
                status.intValue() >= 500 ? "internal_error" : "invalid_request_error",
                "malformed_request",
                null,
                status.reason(),
                Map.of());
        HttpResponse refusal = Json.error(error).addHeader(RawHeader.create("X-Request-Id", Gateway.newRequestId()));
        return HEADERS.decorate(refusal, false);
    }
}
