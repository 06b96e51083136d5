package dev.switchboard.node.chat;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One OpenAI chat request as its caller wrote it, checked (contract.md §3). The tree is for reading; the original bytes
 * are kept so that fields nobody changes travel upstream as they came.
 */
public final class ChatRequest {
    private final RequestTree tree;
    private final ObjectNode root;
    private final JsonNode messages;
    private final long promptTokens;
    private final long windowTokens;
    private final boolean embedding;
    private final boolean stream;

    private ChatRequest(RequestTree tree, boolean embedding) {
        this.tree = tree;
        this.root = tree.root();
        this.messages = root.path("messages");
        this.promptTokens = embedding ? EmbeddingRules.tokens(root.path("input")) : PromptText.tokens(root);
        this.windowTokens = embedding ? EmbeddingRules.longest(root.path("input")) : promptTokens;
        this.embedding = embedding;
        this.stream = !embedding && root.path("stream").asBoolean(false);
    }

    /** Parses and checks a request body; throws {@link InvalidRequest} naming the field at fault. */
    public static ChatRequest parse(ByteString body) throws InvalidRequest {
        return parse(body, false);
    }

    /** Parses and checks the body of a request for embeddings, which takes the same way as a chat. */
    public static ChatRequest embeddings(ByteString body) throws InvalidRequest {
        return parse(body, true);
    }

    private static ChatRequest parse(ByteString body, boolean embedding) throws InvalidRequest {
        RequestTree tree = RequestTree.read(withoutByteOrderMark(body).toArrayUnsafe());
        if (embedding) {
            EmbeddingRules.check(tree.root());
        } else {
            RequestRules.check(tree.root());
        }
        return new ChatRequest(tree, embedding);
    }

    /** A request made from another dialect's; throws {@link InvalidRequest} like {@link #parse}. */
    public static ChatRequest of(ObjectNode root) throws InvalidRequest {
        return parse(Json.bytes(root));
    }

    private static ByteString withoutByteOrderMark(ByteString body) {
        boolean marked = body.length() >= 3
                && body.apply(0) == (byte) 0xEF
                && body.apply(1) == (byte) 0xBB
                && body.apply(2) == (byte) 0xBF;
        return marked ? body.drop(3) : body;
    }

    /** How many tokens of JSON the request was read from: what its tree takes grows with them, not with its bytes. */
    public long jsonTokens() {
        return tree.tokens();
    }

    /** The whole request; callers only read it. */
    public ObjectNode root() {
        return root;
    }

    /** The body as it came, without a byte order mark. */
    public ByteString bytes() {
        return ByteString.fromArrayUnsafe(tree.source());
    }

    /**
     * The body with some root fields replaced, added or (null) left out; fields that are null are left out too, every other
     * byte of a field is the caller's.
     */
    public ByteString with(Map<String, ? extends @Nullable JsonNode> changes) {
        List<ByteBuffer> fields = new ArrayList<>(root.size() + changes.size());
        tree.fields((name, bytes) -> {
            if (!changes.containsKey(name) && !root.path(name).isNull()) {
                fields.add(bytes);
            }
        });
        changes.forEach((name, value) -> {
            if (value != null) {
                fields.add(ByteBuffer.wrap(Json.field(name, value)));
            }
        });
        return object(fields);
    }

    /** Written once, into an array of the right size. */
    private static ByteString object(List<ByteBuffer> fields) {
        int size = Math.max(2, fields.size() + 1);
        for (ByteBuffer field : fields) {
            size += field.remaining();
        }
        ByteBuffer out = ByteBuffer.allocate(size).put((byte) '{');
        for (int i = 0; i < fields.size(); i++) {
            if (i > 0) {
                out.put((byte) ',');
            }
            out.put(fields.get(i));
        }
        return ByteString.fromArrayUnsafe(out.put((byte) '}').array());
    }

    /** The model asked for; empty means the caller leaves the choice to us. */
    public Optional<String> model() {
        return text(root.path("model"));
    }

    /** The ordered fallback list; empty where the caller gave none. */
    public List<String> models() {
        return RequestRules.strings(root.path("models"));
    }

    /** The messages, at least one. */
    public JsonNode messages() {
        return messages;
    }

    /** Whether embeddings are asked for; then there are no messages but {@code input}. */
    public boolean isEmbedding() {
        return embedding;
    }

    /** How many vectors a request for embeddings asks for. */
    public int inputs() {
        return EmbeddingRules.count(root.path("input"));
    }

    /** Whether the answer is to be streamed. */
    public boolean stream() {
        return stream;
    }

    /** Whether a streamed answer is to carry usage. */
    public boolean includeUsage() {
        return root.path("stream_options").path("include_usage").asBoolean(false);
    }

    /** Whether the model has to be able to call tools. */
    public boolean needsTools() {
        return !root.path("tools").isEmpty() || !root.path("functions").isEmpty();
    }

    /** Whether the model has to be able to see images. */
    public boolean needsVision() {
        return firstImage() != null;
    }

    /** Where the first image is, such as {@code messages[0].content[1]}; null where there is none. */
    public @Nullable String firstImage() {
        for (int i = 0; i < messages.size(); i++) {
            JsonNode content = messages.get(i).path("content");
            for (int k = 0; content.isArray() && k < content.size(); k++) {
                if (PromptText.isImage(content.get(k))) {
                    return "messages[" + i + "].content[" + k + "]";
                }
            }
        }
        return null;
    }

    /** The prompt's estimated tokens: ⌈characters / 4⌉ of message text and tools, and 765 an image, 85 of low detail. */
    public long promptTokens() {
        return promptTokens;
    }

    /** What has to fit a model's context window, in tokens: the prompt, or the longest text of a request for embeddings. */
    public long windowTokens() {
        return windowTokens;
    }

    /** The most tokens the caller wants, by either of its names. */
    public Optional<Integer> maxTokens() {
        for (String name : List.of("max_completion_tokens", "max_tokens")) {
            if (root.path(name).isNumber()) {
                return Optional.of(root.path(name).asInt());
            }
        }
        return Optional.empty();
    }

    /** Tokens to reserve: the prompt and the caller's limit, 512 where there is none. */
    public long estimatedTokens() {
        return embedding ? promptTokens : promptTokens + maxTokens().orElse(512);
    }

    /** The session named in the body, first that is present in the order of contract.md §3. */
    public Optional<String> sessionHint() {
        return sessionHint(root);
    }

    /** The session named in a body of any dialect. */
    public static Optional<String> sessionHint(JsonNode root) {
        JsonNode conversation = root.path("conversation");
        return text(root.path("session_id"))
                .or(() -> text(conversation.isObject() ? conversation.path("id") : conversation))
                .or(() -> text(root.path("conversation_id")))
                .or(() -> text(root.path("metadata").path("session_id")))
                .or(() -> text(root.path("metadata").path("user_id")))
                .or(() -> text(root.path("prompt_cache_key")));
    }

    /** System prompt and first user message: what tells a conversation that carries no id. */
    public String fingerprintText() {
        return PromptText.fingerprint(root);
    }

    private static Optional<String> text(JsonNode node) {
        boolean given =
                (node.isTextual() || node.isIntegralNumber()) && !node.asText().isBlank();
        return given ? Optional.of(node.asText()) : Optional.empty();
    }

    /** Its size only: a request is never logged by accident. */
    @Override
    public String toString() {
        return "ChatRequest[" + tree.source().length + " bytes, "
                + new String(Json.quoted(model().orElse("auto")), StandardCharsets.UTF_8) + "]";
    }
}
