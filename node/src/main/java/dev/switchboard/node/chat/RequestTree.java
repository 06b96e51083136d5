package dev.switchboard.node.chat;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The JSON object of a request's body: a tree to read, and the bytes of each field as its caller wrote them. */
final class RequestTree {
    /** Where Jackson tells a place, it tells of a source that it does not show. */
    private static final Pattern SOURCE = Pattern.compile("\\[Source: [^;]*; ([^\\]]*)\\]");

    /** Where it tells a bound, it tells of its own method that knows it. */
    private static final Pattern METHOD = Pattern.compile(", from `[^`]*`");

    private final byte[] source;
    private final ObjectNode root = Json.object();
    private final Map<String, Span> spans = new LinkedHashMap<>();
    private long tokens;

    /** Where a root field, its name included, stands in the source. */
    private record Span(int from, int to) {}

    private RequestTree(byte[] source) {
        this.source = source;
    }

    /** Throws {@link InvalidRequest} for what is no JSON object, or one beyond {@link Json}'s bounds. */
    static RequestTree read(byte[] source) throws InvalidRequest {
        RequestTree plain = new RequestTree(source);
        plain.tokens = PlainJson.readObject(source, (name, value, from, to) -> {
            plain.root.set(name, value);
            plain.spans.put(name, new Span(from, to));
        });
        return plain.tokens >= 0 ? plain : readByJackson(source);
    }

    /** As {@link #read}, the long way, which tells what is wrong. */
    static RequestTree readByJackson(byte[] source) throws InvalidRequest {
        RequestTree tree = new RequestTree(source);
        tree.readAll();
        return tree;
    }

    private void readAll() throws InvalidRequest {
        String open = null;
        try (JsonParser parser = Json.requestParser(source)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new InvalidRequest("The request body must be a JSON object", null, "invalid_json");
            }
            int openFrom = 0;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                int at = (int) parser.currentTokenLocation().getByteOffset();
                endBefore(open, openFrom, at);
                open = parser.currentName();
                openFrom = at;
                parser.nextToken();
                root.set(open, Json.value(parser));
            }
            endBefore(open, openFrom, (int) parser.currentTokenLocation().getByteOffset());
            tokens = parser.currentTokenCount();
            if (parser.nextToken() != null) {
                throw new InvalidRequest("There is text after the JSON object", null, "invalid_json");
            }
        } catch (StreamConstraintsException e) {
            throw new InvalidRequest("The request body goes beyond what is read: " + brief(e), open, "invalid_json");
        } catch (IOException e) {
            throw new InvalidRequest("The request body is not valid JSON: " + brief(e), null, "invalid_json");
        }
    }

    private void endBefore(@Nullable String open, int from, int next) {
        if (open != null) {
            spans.put(open, new Span(from, endBefore(next)));
        }
    }

    private int endBefore(int next) {
        int end = next;
        boolean comma = false;
        while (end > 0) {
            byte b = source[end - 1];
            boolean blank = b == ' ' || b == '\n' || b == '\r' || b == '\t';
            if (!blank && (comma || b != ',')) {
                return end;
            }
            comma |= b == ',';
            end--;
        }
        return end;
    }

    private static String brief(IOException e) {
        String message = e instanceof JacksonException j ? j.getOriginalMessage() : String.valueOf(e.getMessage());
        String told = METHOD.matcher(SOURCE.matcher(message).replaceAll("$1")).replaceAll("");
        return told.length() > 200 ? told.substring(0, 200) : told;
    }

    /** The body as it came. */
    byte[] source() {
        return source;
    }

    /** For reading only. */
    ObjectNode root() {
        return root;
    }

    /** How many tokens of JSON the body holds. */
    long tokens() {
        return tokens;
    }

    /** Each field of the root with its bytes, its name included, in their order; the last one of those of one name. */
    void fields(BiConsumer<String, ByteBuffer> receiver) {
        spans.forEach(
                (name, span) -> receiver.accept(name, ByteBuffer.wrap(source, span.from(), span.to() - span.from())));
    }
}
