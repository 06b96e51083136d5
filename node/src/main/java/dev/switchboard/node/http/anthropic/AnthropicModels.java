package dev.switchboard.node.http.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.http.ModelRow;
import java.time.Instant;
import java.util.List;

/** Models as Anthropic's clients read them; the list is always whole. */
public final class AnthropicModels {
    private AnthropicModels() {}

    /** The list object. */
    public static ObjectNode list(List<ModelRow> rows) {
        ObjectNode root = Json.object();
        ArrayNode data = root.putArray("data");
        rows.forEach(row -> data.add(one(row)));
        root.put("has_more", false);
        root.put("first_id", rows.isEmpty() ? null : rows.get(0).id());
        root.put("last_id", rows.isEmpty() ? null : rows.get(rows.size() - 1).id());
        return root;
    }

    /** One model. */
    public static ObjectNode one(ModelRow row) {
        return Json.object()
                .put("type", "model")
                .put("id", row.id())
                .put("display_name", row.name())
                .put("created_at", Instant.ofEpochSecond(row.created()).toString());
    }
}
