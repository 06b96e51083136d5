package dev.switchboard.node.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Model lists in each wire format. */
final class ModelLists {
    private static final int WINDOW = 128_000;

    private final List<String> ids;

    ModelLists(List<String> ids) {
        this.ids = ids;
    }

    String list(WireFormat format, String platform) {
        ObjectNode out = Json.MAPPER.createObjectNode();
        if (format != WireFormat.GOOGLE) {
            out.put("object", "list");
        }
        ArrayNode items = out.putArray(format == WireFormat.GOOGLE || format == WireFormat.COHERE ? "models" : "data");
        ids.forEach(id -> items.add(item(format, platform, id)));
        if (format == WireFormat.COHERE) {
            ArrayNode data = out.putArray("data");
            ids.forEach(id -> data.add(item(WireFormat.OPENAI, platform, id)));
        }
        return Json.write(out);
    }

    String one(WireFormat format, String platform, String id) {
        return Json.write(item(format, platform, id));
    }

    private static ObjectNode item(WireFormat format, String platform, String id) {
        ObjectNode item = Json.MAPPER.createObjectNode();
        return switch (format) {
            case GOOGLE -> {
                item.put("name", "models/" + id).put("displayName", id).put("inputTokenLimit", WINDOW);
                item.put("outputTokenLimit", 8192)
                        .putArray("supportedGenerationMethods")
                        .add("generateContent");
                yield item;
            }
            case COHERE -> {
                item.put("name", id)
                        .put("context_length", WINDOW)
                        .putArray("endpoints")
                        .add("chat");
                yield item;
            }
            default ->
                item.put("id", id)
                        .put("object", "model")
                        .put("created", 1_700_000_000L)
                        .put("owned_by", platform);
        };
    }
}
