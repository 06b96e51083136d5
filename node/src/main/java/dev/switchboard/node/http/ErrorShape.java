package dev.switchboard.node.http;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.dialect.anthropic.AnthropicError;

/** How errors look to a caller: every API has its own object, on refusals before any handler too. */
enum ErrorShape {
    /** The object of contract.md §3. */
    OPENAI,
    /** Anthropic's, for its own paths and for requests that carry its version header. */
    ANTHROPIC;

    private static final String MESSAGES = "/v1/messages";

    static ErrorShape of(String path, HttpRequest request) {
        boolean messages = path.equals(MESSAGES) || path.startsWith(MESSAGES + "/");
        boolean models = path.equals("/v1/models") || path.startsWith("/v1/models/");
        return messages || (models && request.getHeader("anthropic-version").isPresent()) ? ANTHROPIC : OPENAI;
    }

    HttpResponse render(ApiError error, String requestId) {
        if (this == OPENAI) {
            return Json.error(error);
        }
        ObjectNode body = AnthropicError.body(error.status(), error.text(), error.code(), error.param());
        body.put("request_id", requestId);
        HttpResponse response =
                Json.response(error.status(), body).addHeader(RawHeader.create("request-id", requestId));
        for (var header : error.headers().entrySet()) {
            response = response.addHeader(RawHeader.create(header.getKey(), header.getValue()));
        }
        return response;
    }
}
