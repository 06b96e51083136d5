package dev.switchboard.node.dialect.completions;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.dialect.ChatRendering;
import dev.switchboard.node.dialect.Rendering;
import dev.switchboard.node.relay.ChatFrames;
import dev.switchboard.node.relay.RelayEvent;
import java.util.HashSet;
import java.util.Set;

/** An answer as text completions, one choice for each of upstream's. */
public final class CompletionsRendering implements Rendering {
    private final String echo;
    private final Set<Integer> begun = new HashSet<>();

    /** Every choice begins with {@code echo}. */
    public CompletionsRendering(String echo) {
        this.echo = echo;
    }

    @Override
    public ByteString answer(ByteString completion) {
        return Json.bytes(translate(completion, "message"));
    }

    private ObjectNode translate(ByteString json, String where) {
        JsonNode root = Json.parseOrNull(json);
        JsonNode chat = root == null ? Json.object() : root;
        ObjectNode out = Json.object();
        String id = chat.path("id").asText("");
        out.put("id", id.startsWith("chatcmpl-") ? "cmpl-" + id.substring("chatcmpl-".length()) : "cmpl-" + id);
        out.put("object", "text_completion");
        out.put("created", chat.path("created").asLong(0));
        out.put("model", chat.path("model").asText(""));
        ArrayNode choices = out.putArray("choices");
        for (JsonNode choice : chat.path("choices")) {
            int index = choice.path("index").asInt(0);
            JsonNode said = choice.path(where);
            String text = said.path("content").asText("") + said.path("refusal").asText("");
            ObjectNode node = choices.addObject();
            node.put("text", begun.add(index) ? echo + text : text);
            node.put("index", index);
            node.putNull("logprobs");
            node.put("finish_reason", choice.path("finish_reason").textValue());
        }
        if (chat.path("usage").isObject()) {
            out.set("usage", chat.path("usage"));
        }
        return out;
    }

    @Override
    public ByteString frame(RelayEvent event) {
        return event instanceof RelayEvent.Chunk chunk
                ? ChatFrames.data(Json.bytes(translate(chunk.json(), "delta")))
                : ChatFrames.frame(event);
    }

    @Override
    public ByteString refused(Refused refusal) {
        return ChatRendering.error(refusal);
    }

    @Override
    public ByteString keepAlive() {
        return ChatFrames.KEEP_ALIVE;
    }
}
