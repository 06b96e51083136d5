package dev.switchboard.node.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.chat.OpaqueReasoning;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A chat answer as blocks, told one after the other: what a whole answer and a streamed one have in common. A block is
 * closed before the next is opened; what upstream says between the parts of an unfinished tool call waits for its turn.
 */
public final class Blocks {
    /** Who is told. */
    public interface Listener {
        /** A block begins; its text or arguments are still empty. */
        void opened(Block begun);

        /** Some text or arguments of the open block; never empty. */
        void piece(Block begun, String piece);

        /** The open block is complete; {@code last} when nothing follows. */
        void closed(Block whole, boolean last);
    }

    private enum Kind {
        THOUGHT,
        TEXT,
        REFUSAL,
        CALL
    }

    private static final class Draft {
        private final Kind kind;
        private final StringBuilder text = new StringBuilder();
        private String id = "";
        private String name = "";
        private @Nullable JsonNode extra;
        private @Nullable ObjectNode opaque;
        private @Nullable Block begun;
        private int told;

        private Draft(Kind kind) {
            this.kind = kind;
        }

        private Block block(String content) {
            return switch (kind) {
                case THOUGHT -> new Block.Thought(content, content.isEmpty() && text.length() > 0 ? null : opaque);
                case TEXT -> new Block.Text(content);
                case REFUSAL -> new Block.Refusal(content);
                case CALL -> new Block.Call(id, name, content, extra);
            };
        }
    }

    private final Listener listener;
    private final List<Draft> drafts = new ArrayList<>();
    private final Map<Integer, Draft> calls = new HashMap<>();
    private int current;
    private int callCount;
    private boolean finished;
    private String id = "";
    private String model = "";
    private long created;
    private String finishReason = "";
    private @Nullable String stopSequence;
    private Tokens tokens = Tokens.NONE;

    /** Tells {@code listener} in order. */
    public Blocks(Listener listener) {
        this.listener = listener;
    }

    /** The blocks of a whole chat completion. */
    public static Blocks whole(JsonNode completion, Listener listener) {
        Blocks blocks = new Blocks(listener);
        blocks.accept(completion);
        blocks.finish();
        return blocks;
    }

    /** Takes a chunk, or a whole completion; only the first choice counts. */
    public void accept(JsonNode root) {
        head(root);
        for (JsonNode choice : root.path("choices")) {
            if (choice.path("index").asInt(0) == 0) {
                choice(choice);
            }
        }
        advance();
    }

    private void head(JsonNode root) {
        id = id.isEmpty() ? root.path("id").asText("") : id;
        model = model.isEmpty() ? root.path("model").asText("") : model;
        created = created == 0 ? root.path("created").asLong(0) : created;
        if (root.path("usage").isObject()) {
            tokens = Tokens.read(root.path("usage"));
        }
    }

    private void choice(JsonNode choice) {
        boolean part = choice.has("delta");
        said(part ? choice.path("delta") : choice.path("message"), part ? 0 : -1);
        if (choice.path("finish_reason").isTextual()) {
            finishReason = choice.path("finish_reason").textValue();
        }
        if (choice.path("stop_reason").isTextual()) {
            stopSequence = choice.path("stop_reason").textValue();
        }
    }

    private void said(JsonNode delta, int indexOtherwise) {
        String thought = delta.path("reasoning_content").asText("");
        say(Kind.THOUGHT, thought.isEmpty() ? text(delta.path("reasoning")) : thought);
        if (OpaqueReasoning.isIn(delta)) {
            Draft thinking = last(Kind.THOUGHT);
            thinking.opaque = thinking.opaque == null ? Json.object() : thinking.opaque;
            OpaqueReasoning.gather(delta, thinking.opaque);
        }
        say(Kind.TEXT, text(delta.path("content")));
        say(Kind.REFUSAL, text(delta.path("refusal")));
        for (JsonNode call : delta.path("tool_calls")) {
            call(call, call.path("index").asInt(indexOtherwise));
        }
        if (delta.path("function_call").isObject()) {
            ObjectNode call = Json.object();
            call.set("function", delta.path("function_call"));
            call(call, 0);
        }
    }

    private static String text(JsonNode node) {
        return node.isTextual() ? node.textValue() : "";
    }

    private void say(Kind kind, String text) {
        if (!text.isEmpty()) {
            last(kind).text.append(text);
        }
    }

    /** The last part if it is of that kind, else a new one. */
    private Draft last(Kind kind) {
        Draft last = drafts.isEmpty() ? null : drafts.get(drafts.size() - 1);
        if (last == null || last.kind != kind) {
            last = new Draft(kind);
            drafts.add(last);
        }
        return last;
    }

    /** Calls of whole answers carry no index, and some providers number every call 0 and tell them apart by id. */
    private void call(JsonNode call, int index) {
        String given = text(call.path("id"));
        Draft draft = index < 0 ? null : calls.get(index);
        if (draft == null || (!given.isEmpty() && !draft.id.equals(given))) {
            draft = new Draft(Kind.CALL);
            draft.id = given.isEmpty() ? "call_" + plain(id) + "_" + callCount : given;
            callCount++;
            calls.put(index, draft);
            drafts.add(draft);
        }
        JsonNode function = call.path("function");
        draft.name = draft.name.isEmpty() ? text(function.path("name")) : draft.name;
        draft.text.append(text(function.path("arguments")));
        if (call.path("extra_content").isObject()) {
            draft.extra = call.path("extra_content");
        }
    }

    private void advance() {
        while (current < drafts.size()) {
            Draft draft = drafts.get(current);
            boolean more = current + 1 < drafts.size();
            if (draft.begun == null) {
                boolean unnamed = draft.kind == Kind.CALL && draft.name.isEmpty();
                boolean silent = draft.kind == Kind.THOUGHT && draft.text.isEmpty() && !more;
                if ((unnamed || silent) && !finished) {
                    return;
                }
                draft.begun = draft.block("");
                listener.opened(draft.begun);
            }
            if (draft.told < draft.text.length()) {
                String piece = draft.text.substring(draft.told);
                draft.told = draft.text.length();
                listener.piece(draft.begun, piece);
            }
            if (!finished && !(more && isComplete(draft))) {
                return;
            }
            listener.closed(draft.block(draft.text.toString()), !more);
            current++;
        }
    }

    private static boolean isComplete(Draft draft) {
        return draft.kind != Kind.CALL || Json.parseOrNull(draft.text.toString()) != null;
    }

    /** Nothing follows: closes what is open and tells what waited. */
    public void finish() {
        finished = true;
        advance();
    }

    /** Whether upstream has said anything yet, an id at least. */
    public boolean begun() {
        return !id.isEmpty() || !drafts.isEmpty();
    }

    /** The completion's id without the prefix of its own dialect, fit for an id of another one; may be empty. */
    public String plainId() {
        return plain(id);
    }

    private static String plain(String id) {
        String bare = id.startsWith("chatcmpl-") ? id.substring("chatcmpl-".length()) : id;
        StringBuilder plain = new StringBuilder(bare.length());
        for (int i = 0; i < bare.length(); i++) {
            char c = bare.charAt(i);
            boolean kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
            plain.append(kept ? c : c == '-' ? "" : "_");
        }
        return plain.toString();
    }

    /** The model as upstream names it; may be empty. */
    public String model() {
        return model;
    }

    /** When upstream began, in seconds since 1970; 0 where it does not tell. */
    public long created() {
        return created;
    }

    /** Upstream's finish reason; empty until it tells. */
    public String finishReason() {
        return finishReason;
    }

    /** The stop sequence that ended the answer, from the few providers that tell it. */
    public @Nullable String stopSequence() {
        return stopSequence;
    }

    /** Usage so far. */
    public Tokens tokens() {
        return tokens;
    }
}
