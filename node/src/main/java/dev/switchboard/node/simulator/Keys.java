package dev.switchboard.node.simulator;

import akka.http.javadsl.model.HttpRequest;
import java.util.Map;

/** The caller's key: where each wire format carries it, and how each refuses a bad one. */
final class Keys {
    private Keys() {}

    /** The key as sent, empty for none. */
    static String read(Endpoint endpoint, Map<String, String> headers, HttpRequest request) {
        if (endpoint.format() == WireFormat.GOOGLE) {
            String header = headers.get("x-goog-api-key");
            String query = header == null ? Responder.query(request, "key") : header;
            return query == null ? "" : query;
        }
        String given = headers.getOrDefault("authorization", "");
        return given.regionMatches(true, 0, "Bearer ", 0, 7)
                ? given.substring(7).strip()
                : "";
    }

    static Reply refusal(Endpoint endpoint) {
        return switch (endpoint.format()) {
            case GOOGLE ->
                error(
                        endpoint,
                        new ErrorBody.Problem(
                                400, "", "API_KEY_INVALID", "API key not valid. Please pass a valid API key."));
            case COHERE -> error(endpoint, ErrorBody.Problem.of(401, "invalid api token"));
            case CLOUDFLARE ->
                endpoint.operation() == Endpoint.Operation.KEY_CHECK
                        ? Reply.json(
                                401,
                                "{\"success\":false,\"errors\":[{\"code\":1000,\"message\":\"Invalid API Token\"}],"
                                        + "\"messages\":[],\"result\":null}")
                        : error(endpoint, ErrorBody.Problem.of(401, "Authentication error"));
            case OPENAI -> error(endpoint, ErrorBody.Problem.of(401, "Incorrect API key provided."));
        };
    }

    /** What a key check of a good key answers. */
    static String good(WireFormat format) {
        return format == WireFormat.CLOUDFLARE
                ? "{\"result\":{\"id\":\"sim-token\",\"status\":\"active\"},\"success\":true,\"errors\":[],"
                        + "\"messages\":[{\"code\":10000,\"message\":\"This API Token is valid and active\"}]}"
                : "{\"valid\":true}";
    }

    private static Reply error(Endpoint endpoint, ErrorBody.Problem problem) {
        return ErrorBody.reply(endpoint.format().errors(), problem);
    }
}
