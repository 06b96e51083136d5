package dev.switchboard.node.http;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCode;
import akka.http.javadsl.model.StatusCodes;
import akka.util.ByteString;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;

/** JSON at the HTTP border: camelCase, times as ISO-8601 UTC, nulls written. */
public final class Json {
    private static final int MAX_DEPTH = 200;

    /** The shared mapper. */
    public static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .addModule(new Jdk8Module())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.ALWAYS, JsonInclude.Include.ALWAYS))
            .build();

    static {
        MAPPER.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .build());
    }

    private Json() {}

    /** The value as a JSON answer. */
    public static HttpResponse response(int status, Object value) {
        return HttpResponse.create()
                .withStatus(statusCode(status))
                .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, bytes(value)));
    }

    /** Akka knows the registered codes only; 499 and 529 are not among them. */
    private static StatusCode statusCode(int status) {
        return StatusCodes.lookup(status)
                .orElseGet(() -> StatusCodes.custom(status, "Status " + status, "", false, true));
    }

    /** The value as bytes. */
    public static ByteString bytes(Object value) {
        try {
            return ByteString.fromArrayUnsafe(MAPPER.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The body as an object; 400 where it is not one. */
    public static ObjectNode object(ByteString body) {
        if (read(body) instanceof ObjectNode object) {
            return object;
        }
        throw ApiError.invalid("The body must be a JSON object.", null);
    }

    /** The body as any JSON value; 400 where it is not JSON. */
    public static JsonNode read(ByteString body) {
        try {
            JsonNode node = MAPPER.readTree(body.toArrayUnsafe());
            if (node == null || node.isMissingNode()) {
                throw ApiError.invalid("The body is empty; expected JSON.", null);
            }
            return node;
        } catch (IOException e) {
            throw ApiError.invalid("The body is not valid JSON.", null);
        }
    }

    /** The error object of contract.md §3: all four fields present. */
    public static HttpResponse error(ApiError error) {
        HttpResponse response =
                response(error.status(), errorBody(error.text(), error.type(), error.code(), error.param()));
        for (var header : error.headers().entrySet()) {
            response = response.addHeader(
                    akka.http.javadsl.model.headers.RawHeader.create(header.getKey(), header.getValue()));
        }
        return response;
    }

    /** The error object alone. */
    public static ObjectNode errorBody(
            String message,
            String type,
            @org.jspecify.annotations.Nullable String code,
            @org.jspecify.annotations.Nullable String param) {
        ObjectNode body = MAPPER.createObjectNode();
        body.putObject("error")
                .put("message", message)
                .put("type", type)
                .put("code", code)
                .put("param", param);
        return body;
    }
}
