package dev.switchboard.node.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The input of a remembered response as items: the conversation that it answered, earlier turns among it. */
public final class InputItemList {
    private final List<ObjectNode> items = new ArrayList<>();
    private final String seed;

    private InputItemList(String seed) {
        this.seed = seed;
    }

    /**
     * A page of the list object.
     *
     * @param after the id of the item that the page follows; null begins at the start, an unknown one gives an empty page
     * @param limit how many items at most
     * @param ascending oldest first
     */
    public static ObjectNode page(Kept kept, @Nullable String after, int limit, boolean ascending) {
        InputItemList list = new InputItemList(kept.response()
                .path("id")
                .asText()
                .substring(ResponseIds.response("").length()));
        // The last message is the answer.
        for (int i = 0; i < kept.messages().size() - 1; i++) {
            list.message(kept.messages().get(i));
        }
        List<ObjectNode> items = list.items;
        if (!ascending) {
            Collections.reverse(items);
        }
        int from = 0;
        if (after != null) {
            from = items.size();
            for (int i = 0; i < items.size(); i++) {
                from = items.get(i).path("id").asText().equals(after) ? i + 1 : from;
            }
        }
        List<ObjectNode> page = items.subList(from, Math.min(items.size(), from + limit));
        ObjectNode root = Json.object().put("object", "list");
        ArrayNode data = root.putArray("data");
        page.forEach(data::add);
        root.put("first_id", page.isEmpty() ? null : page.get(0).path("id").asText());
        root.put(
                "last_id",
                page.isEmpty() ? null : page.get(page.size() - 1).path("id").asText());
        root.put("has_more", from + page.size() < items.size());
        return root;
    }

    private void message(JsonNode message) {
        String role = message.path("role").asText();
        if (role.equals("tool")) {
            add("fco", "function_call_output")
                    .put("call_id", message.path("tool_call_id").asText())
                    .put("output", message.path("content").asText(""));
            return;
        }
        JsonNode content = message.path("content");
        if (!content.isNull() && !content.isMissingNode()) {
            ArrayNode parts = add("msg", "message").put("role", role).putArray("content");
            if (content.isTextual()) {
                text(role, content.textValue(), parts);
            }
            content.forEach(part -> part(role, part, parts));
        }
        for (JsonNode call : message.path("tool_calls")) {
            add("fc", "function_call")
                    .put("call_id", call.path("id").asText())
                    .put("name", call.path("function").path("name").asText())
                    .put("arguments", call.path("function").path("arguments").asText());
        }
    }

    private ObjectNode add(String kind, String type) {
        ObjectNode item = Json.object()
                .put("id", ResponseIds.item(kind, seed, items.size()) + "_in")
                .put("type", type)
                .put("status", "completed");
        items.add(item);
        return item;
    }

    private static void text(String role, String text, ArrayNode parts) {
        boolean said = role.equals("assistant");
        ObjectNode part = parts.addObject()
                .put("type", said ? "output_text" : "input_text")
                .put("text", text);
        if (said) {
            part.putArray("annotations");
        }
    }

    private static void part(String role, JsonNode part, ArrayNode parts) {
        if (part.path("image_url").isObject()) {
            JsonNode image = part.path("image_url");
            parts.addObject()
                    .put("type", "input_image")
                    .put("image_url", image.path("url").asText())
                    .put("detail", image.path("detail").asText("auto"));
        } else if (part.path("file").isObject()) {
            ObjectNode file = parts.addObject().put("type", "input_file");
            file.setAll((ObjectNode) part.path("file"));
        } else {
            text(role, part.path("text").asText(""), parts);
        }
    }
}
