package dev.switchboard.node.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The tool calls of one streamed answer, put right where clients would mix them up: pieces without an index, calls that share one
 * and are told apart by id, calls without an id, arguments that are no text, pieces that say id and name once more, which many
 * clients would append. Counts the calls of one choice.
 */
final class ToolPieces {
    private static final int MOST_CALLS = 1024;
    private static final int LONGEST_NAME = 256;

    private final List<Call> calls = new ArrayList<>();
    private final Map<Integer, Call> byIndex = new HashMap<>();
    private boolean renumbers;

    /** One call; {@code id} is the one that clients see. */
    private static final class Call {
        private final int number;
        private final String given;
        private String id;
        private String name = "";
        private boolean told;

        private Call(int number, String given, String id) {
            this.number = number;
            this.given = given;
            this.id = id;
        }
    }

    /** Whether chunks that look in order have to be read too, because their numbers mean something else here. */
    boolean renumbers() {
        return renumbers;
    }

    /** Puts the pieces of one delta right; true where something changed. */
    boolean settle(JsonNode pieces) {
        boolean changed = false;
        for (JsonNode piece : pieces) {
            if (piece instanceof ObjectNode object) {
                changed |= settle(object);
            }
        }
        return changed;
    }

    private boolean settle(ObjectNode piece) {
        boolean changed = textArguments(piece);
        JsonNode index = piece.path("index");
        int given = index.isIntegralNumber() ? index.intValue() : -1;
        Call call = call(piece, given);
        if (call == null) {
            return changed;
        }
        if (given != call.number) {
            piece.put("index", call.number);
            renumbers = true;
            changed = true;
        }
        String id = piece.path("id").asText("");
        boolean begins = !piece.path("function").path("name").asText("").isEmpty();
        if (id.equals(call.given) && !id.isEmpty() && CallSignature.carry(piece)) {
            call.id = piece.path("id").asText();
            changed = true;
        } else if (call.told) {
            changed |= dropId(piece);
        } else if ((!id.isEmpty() || begins) && !id.equals(call.id)) {
            piece.put("id", call.id);
            changed = true;
        }
        call.told |= !id.isEmpty() || begins;
        return changed | dropName(piece, call);
    }

    private static boolean dropId(ObjectNode piece) {
        boolean repeated = !piece.path("id").asText("").isEmpty();
        if (repeated) {
            piece.remove(List.of("id", "type"));
        }
        return repeated;
    }

    /** A name that is told once more is taken out; another one is the rest of it. */
    private static boolean dropName(ObjectNode piece, Call call) {
        String name = piece.path("function").path("name").asText("");
        boolean repeated = !name.isEmpty() && name.equals(call.name);
        if (repeated && piece.path("function") instanceof ObjectNode function) {
            function.remove("name");
        } else if (call.name.length() + name.length() <= LONGEST_NAME) {
            call.name += name;
        }
        return repeated;
    }

    /** The call that a piece belongs to; null beyond the bound. */
    private @Nullable Call call(ObjectNode piece, int given) {
        String id = piece.path("id").asText("");
        Call at = given < 0 ? last() : byIndex.get(given);
        boolean other = at != null && !id.isEmpty() && !at.given.isEmpty() && !at.given.equals(id);
        if (other) {
            at = calls.stream()
                    .filter(call -> call.given.equals(id))
                    .findFirst()
                    .orElse(null);
        } else if (given < 0
                && at != null
                && id.isEmpty()
                && !piece.path("function").path("name").asText("").isEmpty()) {
            at = null;
        }
        if (at == null && calls.size() < MOST_CALLS) {
            String shown = id.isEmpty() ? "call_" + UUID.randomUUID().toString().replace("-", "") : id;
            at = new Call(calls.size(), id, shown);
            calls.add(at);
        }
        if (at != null) {
            byIndex.put(given, at);
        }
        return at;
    }

    private @Nullable Call last() {
        return calls.isEmpty() ? null : calls.get(calls.size() - 1);
    }

    private static boolean textArguments(ObjectNode piece) {
        JsonNode arguments = piece.path("function").path("arguments");
        if (arguments.isContainerNode() && piece.path("function") instanceof ObjectNode function) {
            function.put("arguments", arguments.toString());
            return true;
        }
        return false;
    }
}
