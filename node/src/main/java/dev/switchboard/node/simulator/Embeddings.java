package dev.switchboard.node.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/** Embeddings in OpenAI's and Cohere's shape: unit vectors that depend on the text alone. */
final class Embeddings {
    private static final int DIMENSIONS = 16;

    private Embeddings() {}

    static JsonNode read(byte[] body) throws BadRequest {
        try {
            JsonNode root = Json.MAPPER.readTree(body);
            if (!root.isObject() || !(root.has("input") || root.has("texts"))) {
                throw new BadRequest("Missing required parameter: 'input'.");
            }
            return root;
        } catch (IOException e) {
            throw new BadRequest("We could not parse the JSON body of your request.");
        }
    }

    static String openAi(JsonNode request) {
        ObjectNode out = Json.MAPPER.createObjectNode().put("object", "list");
        ArrayNode data = out.putArray("data");
        List<String> texts = texts(request.path("input"));
        boolean packed = request.path("encoding_format").asText().equals("base64");
        int size = Math.max(1, Math.min(4096, request.path("dimensions").asInt(DIMENSIONS)));
        for (String text : texts) {
            ObjectNode item = data.addObject().put("object", "embedding").put("index", data.size() - 1);
            float[] vector = vector(text, size);
            if (packed) {
                item.put("embedding", pack(vector));
            } else {
                fill(item.putArray("embedding"), vector);
            }
        }
        int tokens = tokens(texts);
        out.put("model", request.path("model").asText());
        out.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        return Json.write(out);
    }

    static String cohere(JsonNode request) {
        ObjectNode out = Json.MAPPER.createObjectNode().put("id", OpenAiWire.id("embed-"));
        List<String> texts = texts(request.path("texts"));
        ArrayNode vectors = out.putObject("embeddings").putArray("float");
        texts.forEach(text -> fill(vectors.addArray(), vector(text, DIMENSIONS)));
        ArrayNode echoed = out.putArray("texts");
        texts.forEach(echoed::add);
        ObjectNode meta = out.putObject("meta");
        meta.putObject("api_version").put("version", "2");
        meta.putObject("billed_units").put("input_tokens", tokens(texts));
        return Json.write(out);
    }

    private static List<String> texts(JsonNode input) {
        List<String> texts = new ArrayList<>();
        if (input.isArray()) {
            input.forEach(each -> texts.add(each.isTextual() ? each.asText() : each.toString()));
        } else {
            texts.add(input.asText());
        }
        return texts;
    }

    private static int tokens(List<String> texts) {
        return texts.stream().mapToInt(text -> Chat.tokens(text.length())).sum();
    }

    private static float[] vector(String text, int size) {
        Random random = new Random(text.hashCode());
        float[] vector = new float[size];
        double norm = 0;
        for (int i = 0; i < size; i++) {
            vector[i] = (float) random.nextGaussian();
            norm += vector[i] * vector[i];
        }
        for (int i = 0; i < size; i++) {
            vector[i] /= (float) Math.sqrt(norm);
        }
        return vector;
    }

    private static void fill(ArrayNode array, float[] vector) {
        for (float value : vector) {
            array.add(value);
        }
    }

    private static String pack(float[] vector) {
        ByteBuffer buffer = ByteBuffer.allocate(vector.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : vector) {
            buffer.putFloat(value);
        }
        return Base64.getEncoder().encodeToString(buffer.array());
    }
}
