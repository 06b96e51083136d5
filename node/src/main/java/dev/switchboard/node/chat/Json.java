package dev.switchboard.node.chat;

import akka.util.ByteString;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How this program reads and writes JSON: UTF-8 only, bounded depth, nothing after the value. */
public final class Json {
    /** Deepest nesting that is read; deeper text is refused as malformed. */
    public static final int MAX_DEPTH = 200;

    /**
     * Most tokens of JSON in a request: a tree of small values takes many times its bytes, so that a body within its limit
     * could take the heap. OpenAI's own limit for embeddings, 300 000 token ids, is well within it.
     */
    public static final long MAX_TOKENS = 500_000;

    private static final int MAX_STRING = 128 << 20;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_STRING)
                    .build())
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();
    private static final JsonFactory REQUESTS = JsonFactory.builder()
            .streamReadConstraints(FACTORY.streamReadConstraints()
                    .rebuild()
                    .maxTokenCount(MAX_TOKENS)
                    .build())
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();
    private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY).build();

    private Json() {}

    /** A token reader over the bytes; the caller closes it. */
    public static JsonParser parser(ByteString bytes) throws IOException {
        return FACTORY.createParser(bytes.toArrayUnsafe());
    }

    /** The same for a stranger's request, whose tokens are limited. */
    static JsonParser requestParser(byte[] bytes) throws IOException {
        return REQUESTS.createParser(bytes);
    }

    /** Reads exactly one value from a stranger's request; throws {@link IOException} when the bytes are anything else. */
    public static JsonNode parseRequest(ByteString bytes) throws IOException {
        return parse(bytes, REQUESTS);
    }

    /** Reads one value from a token reader that stands on its first token, and leaves it on the last. */
    static JsonNode value(JsonParser parser) throws IOException {
        // A reading of the mapper's sets out with a context of its own, more than most values take.
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_STRING) {
            return TextNode.valueOf(parser.getText());
        }
        return token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE
                ? BooleanNode.valueOf(token == JsonToken.VALUE_TRUE)
                : tree(parser);
    }

    private static JsonNode tree(JsonParser parser) throws IOException {
        JsonNode node = MAPPER.readTree(parser);
        if (node == null) {
            throw new JsonParseException(parser, "no value");
        }
        return node;
    }

    /** Reads exactly one value; throws {@link IOException} when the bytes are anything else. */
    public static JsonNode parse(ByteString bytes) throws IOException {
        return parse(bytes, FACTORY);
    }

    private static JsonNode parse(ByteString bytes, JsonFactory factory) throws IOException {
        byte[] array = bytes.toArrayUnsafe();
        JsonNode plain = PlainJson.read(array);
        if (plain != null) {
            return plain;
        }
        try (JsonParser parser = factory.createParser(array)) {
            return only(parser);
        }
    }

    private static JsonNode only(JsonParser parser) throws IOException {
        if (parser.nextToken() == null) {
            throw new JsonParseException(parser, "empty");
        }
        JsonNode node = value(parser);
        if (parser.nextToken() != null) {
            throw new JsonParseException(parser, "text after the value");
        }
        return node;
    }

    /** Reads exactly one value from text, or null where it is none. */
    public static @Nullable JsonNode parseOrNull(String text) {
        return parseOrNull(ByteString.fromString(text));
    }

    /** Reads exactly one value, or null where the bytes are none. */
    public static @Nullable JsonNode parseOrNull(ByteString bytes) {
        try {
            return parse(bytes);
        } catch (IOException e) {
            return null;
        }
    }

    /** The node as UTF-8 JSON. */
    public static ByteString bytes(JsonNode node) {
        return ByteString.fromArrayUnsafe(array(node));
    }

    /** The node as UTF-8 JSON in an array of its own. */
    public static byte[] array(JsonNode node) {
        if (node.isTextual()) {
            return quoted(node.textValue());
        }
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The name as a JSON string with quotes, in UTF-8. */
    static byte[] quoted(String name) {
        byte[] inner = JsonStringEncoder.getInstance().quoteAsUTF8(name);
        byte[] all = new byte[inner.length + 2];
        all[0] = '"';
        System.arraycopy(inner, 0, all, 1, inner.length);
        all[all.length - 1] = '"';
        return all;
    }

    /** Name and value as they stand in an object. */
    static byte[] field(String name, JsonNode value) {
        byte[] quoted = quoted(name);
        byte[] written = array(value);
        byte[] all = Arrays.copyOf(quoted, quoted.length + 1 + written.length);
        all[quoted.length] = ':';
        System.arraycopy(written, 0, all, quoted.length + 1, written.length);
        return all;
    }

    /** A new empty object. */
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
