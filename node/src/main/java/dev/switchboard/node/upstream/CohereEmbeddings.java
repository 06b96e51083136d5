package dev.switchboard.node.upstream;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.domain.Failure;
import java.util.Map;
import java.util.Set;

/** Cohere's native embeddings, {@code POST /v2/embed}, from and to OpenAI's shape. */
final class CohereEmbeddings {
    private static final Set<String> UNDERSTOOD =
            Set.of("model", "input", "encoding_format", "dimensions", "user", "input_type", "truncate");

    private CohereEmbeddings() {}

    static WireRequest request(ChatCall call, String url) throws Inexpressible {
        EntryRules.refuse(call);
        JsonNode root = call.request().root();
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (!UNDERSTOOD.contains(field.getKey())
                    && !OpenAiBody.OURS.contains(field.getKey())
                    && !field.getValue().isNull()) {
                throw new Inexpressible(field.getKey(), call);
            }
        }
        ObjectNode body = Json.object().put("model", call.model().ref().id());
        texts(call, root.path("input"), body.putArray("texts"));
        body.put("input_type", root.path("input_type").asText("search_document"));
        body.putArray("embedding_types").add("float");
        if (root.hasNonNull("dimensions")) {
            body.set("output_dimension", root.path("dimensions"));
        }
        if (root.hasNonNull("truncate")) {
            body.set("truncate", root.path("truncate"));
        }
        return new WireRequest(url, WireRequest.bearer(call.secret()), Json.bytes(body));
    }

    private static void texts(ChatCall call, JsonNode input, ArrayNode texts) throws Inexpressible {
        if (input.isTextual()) {
            texts.add(input);
            return;
        }
        for (int i = 0; i < input.size(); i++) {
            if (!input.get(i).isTextual()) {
                String at = "input[" + i + "]";
                throw new Inexpressible(
                        at, "'" + at + "' has to be text for " + call.platform().name());
            }
            texts.add(input.get(i));
        }
    }

    /** Judges a body; never throws. */
    static JsonAnswer read(ChatCall call, ByteString body) {
        JsonNode parsed = Json.parseOrNull(body);
        Failure wrapped = FailureClassifier.wrapped(parsed, call.secret());
        if (wrapped != null) {
            return new JsonAnswer.Unusable(wrapped);
        }
        ObjectNode root = Json.object().put("object", "list");
        ArrayNode data = root.putArray("data");
        JsonNode vectors =
                parsed == null ? root.path("") : parsed.path("embeddings").path("float");
        for (JsonNode vector : vectors) {
            ObjectNode item = data.addObject().put("object", "embedding").put("index", data.size() - 1);
            item.set("embedding", vector);
        }
        root.put("model", call.model().ref().id());
        long tokens = parsed == null
                ? 0
                : parsed.path("meta").path("billed_units").path("input_tokens").asLong(0);
        root.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        return OpenAiEmbeddings.read(call, Json.bytes(root));
    }
}
