package dev.switchboard.node.dialect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Random conversations, and what they are as chat messages. */
public final class Conversation {
    private Conversation() {}

    /** A question, its answer, and what every tool it calls gives back. */
    public record Turn(String question, UpstreamAnswer answer, String result) {}

    /** One to four turns. */
    public static Arbitrary<List<Turn>> any() {
        Arbitrary<String> words = UpstreamAnswer.words(1);
        return Combinators.combine(words, UpstreamAnswer.any(), words)
                .as(Turn::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    /** The same as chat messages. */
    public static ArrayNode chat(List<Turn> turns) {
        ArrayNode messages = JsonNodeFactory.instance.arrayNode();
        for (Turn turn : turns) {
            messages.addObject().put("role", "user").put("content", turn.question());
            ObjectNode answer = messages.addObject().put("role", "assistant");
            answer.put(
                    "content",
                    turn.answer().text().isEmpty() ? null : turn.answer().text());
            if (!turn.answer().calls().isEmpty()) {
                ArrayNode calls = answer.putArray("tool_calls");
                for (UpstreamAnswer.Call call : turn.answer().calls()) {
                    calls.addObject()
                            .put("id", call.id())
                            .put("type", "function")
                            .putObject("function")
                            .put("name", call.name())
                            .put("arguments", call.arguments());
                }
                for (UpstreamAnswer.Call call : turn.answer().calls()) {
                    messages.addObject()
                            .put("role", "tool")
                            .put("tool_call_id", call.id())
                            .put("content", turn.result());
                }
            }
        }
        return messages;
    }
}
