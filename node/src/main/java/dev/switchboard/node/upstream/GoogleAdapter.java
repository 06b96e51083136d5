package dev.switchboard.node.upstream;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Google's format, beside its OpenAI-shaped embeddings: {@code models/{id}:generateContent}, streamed {@code :streamGenerateContent?alt=sse}, the key in
 * {@code x-goog-api-key}. Messages are {@link GoogleMessages}, tool schemas {@link GoogleSchema}, answers {@link GoogleAnswer}.
 */
final class GoogleAdapter implements Adapter {
    static final Adapter INSTANCE = new GoogleAdapter();

    /** Request fields that become something else, or are for this gateway. */
    private static final Set<String> UNDERSTOOD = Set.of(
            "model",
            "messages",
            "models",
            "session_id",
            "conversation",
            "conversation_id",
            "stream",
            "stream_options",
            "temperature",
            "top_p",
            "top_k",
            "max_tokens",
            "max_completion_tokens",
            "stop",
            "seed",
            "n",
            "presence_penalty",
            "frequency_penalty",
            "response_format",
            "reasoning_effort",
            "tools",
            "tool_choice",
            // Not known there; the answer is held to it here (OneToolCall).
            "parallel_tool_calls");

    /** In the order in which they are written: the same request is the same bytes. */
    private static final List<Map.Entry<String, String>> PLAIN_NUMBERS = List.of(
            Map.entry("temperature", "temperature"),
            Map.entry("top_p", "topP"),
            Map.entry("top_k", "topK"),
            Map.entry("seed", "seed"),
            Map.entry("n", "candidateCount"),
            Map.entry("presence_penalty", "presencePenalty"),
            Map.entry("frequency_penalty", "frequencyPenalty"));

    private static final Map<String, Integer> THINKING_TOKENS =
            Map.of("none", 0, "minimal", 1024, "low", 1024, "medium", 8192, "high", 24576, "xhigh", 24576);

    private GoogleAdapter() {}

    @Override
    public boolean inlinesImages() {
        return true;
    }

    @Override
    public WireRequest chat(ChatCall call) throws Inexpressible {
        ChatRequest request = call.request();
        if (request.isEmbedding()) {
            return OpenAiEmbeddings.request(call, call.platform().baseUrl() + "/openai/embeddings", call.secret());
        }
        refuseUnknown(call);
        ObjectNode body = Json.object();
        new GoogleMessages(call).write(body);
        tools(call, body);
        ObjectNode config = generationConfig(call);
        if (!config.isEmpty()) {
            body.set("generationConfig", config);
        }
        String method = request.stream() ? ":streamGenerateContent?alt=sse" : ":generateContent";
        String model = WireRequest.path(call.model().ref().id());
        return new WireRequest(
                call.platform().baseUrl() + "/models/" + model + method, key(call.secret()), Json.bytes(body));
    }

    private static Map<String, String> key(@Nullable String secret) {
        return secret == null ? Map.of() : Map.of("x-goog-api-key", secret);
    }

    private static void refuseUnknown(ChatCall call) throws Inexpressible {
        EntryRules.refuse(call);
        for (Map.Entry<String, JsonNode> field : call.request().root().properties()) {
            String name = field.getKey();
            if (!UNDERSTOOD.contains(name) && !AsksNothing.field(name, call.request())) {
                throw new Inexpressible(name, call);
            }
        }
    }

    private static ObjectNode generationConfig(ChatCall call) throws Inexpressible {
        ChatRequest request = call.request();
        JsonNode root = request.root();
        ObjectNode config = Json.object();
        for (Map.Entry<String, String> number : PLAIN_NUMBERS) {
            if (root.path(number.getKey()).isNumber() && !AsksNothing.field(number.getKey(), request)) {
                config.set(number.getValue(), root.path(number.getKey()));
            }
        }
        Integer otherwise = call.platform().quirks().maxTokensDefault();
        Integer most = request.maxTokens().orElse(otherwise);
        if (most != null) {
            config.put("maxOutputTokens", OpenAiBody.fit(most, call.platform().quirks()));
        }
        JsonNode stop = root.path("stop");
        if (stop.isTextual()) {
            config.putArray("stopSequences").add(stop.textValue());
        } else if (!stop.isEmpty()) {
            config.set("stopSequences", stop);
        }
        responseFormat(call, config);
        JsonNode effort = root.path("reasoning_effort");
        if (effort.isTextual()) {
            Integer tokens = THINKING_TOKENS.get(effort.textValue());
            if (tokens == null) {
                throw new Inexpressible("reasoning_effort", call);
            }
            config.putObject("thinkingConfig").put("thinkingBudget", tokens).put("includeThoughts", tokens > 0);
        }
        return config;
    }

    private static void responseFormat(ChatCall call, ObjectNode config) throws Inexpressible {
        JsonNode format = call.request().root().path("response_format");
        String type = format.path("type").asText("text");
        if (type.equals("text")) {
            return;
        }
        boolean json = type.equals("json_object") || type.equals("json_schema");
        if (!json || call.request().needsTools()) {
            throw new Inexpressible("response_format", call);
        }
        config.put("responseMimeType", "application/json");
        JsonNode schema = format.path("json_schema").path("schema");
        if (schema.isObject()) {
            config.set("responseSchema", GoogleSchema.of(schema, "response_format.json_schema.schema"));
        }
    }

    private static void tools(ChatCall call, ObjectNode body) throws Inexpressible {
        JsonNode tools = call.request().root().path("tools");
        if (tools.isEmpty()) {
            return;
        }
        ArrayNode declarations = body.putArray("tools").addObject().putArray("functionDeclarations");
        for (int i = 0; i < tools.size(); i++) {
            JsonNode function = tools.get(i).path("function");
            String at = "tools[" + i + "]";
            if (!tools.get(i).path("type").asText().equals("function")) {
                throw new Inexpressible(at + ".type", call);
            }
            ObjectNode declaration = declarations.addObject();
            declaration.set("name", function.path("name"));
            if (function.path("description").isTextual()) {
                declaration.set("description", function.path("description"));
            }
            // An object schema without properties is refused; a function without parameters has no schema.
            if (!function.path("parameters").path("properties").isEmpty()) {
                declaration.set(
                        "parameters", GoogleSchema.of(function.path("parameters"), at + ".function.parameters"));
            }
        }
        toolChoice(call, body);
    }

    private static void toolChoice(ChatCall call, ObjectNode body) throws Inexpressible {
        JsonNode choice = call.request().root().path("tool_choice");
        if (choice.isMissingNode() || choice.isNull()) {
            return;
        }
        String named = choice.path("function").path("name").asText("");
        String mode =
                switch (choice.asText("")) {
                    case "auto" -> "AUTO";
                    case "none" -> "NONE";
                    case "required" -> "ANY";
                    default -> named.isEmpty() ? "" : "ANY";
                };
        if (mode.isEmpty()) {
            throw new Inexpressible("tool_choice", call);
        }
        ObjectNode config =
                body.putObject("toolConfig").putObject("functionCallingConfig").put("mode", mode);
        if (!named.isEmpty()) {
            config.putArray("allowedFunctionNames").add(named);
        }
    }

    @Override
    public JsonAnswer answer(ChatCall call, ByteString body) {
        if (call.request().isEmbedding()) {
            return OpenAiEmbeddings.read(call, body);
        }
        JsonNode parsed = Json.parseOrNull(body);
        Failure wrapped = FailureClassifier.wrapped(parsed, call.secret());
        if (wrapped != null) {
            return new JsonAnswer.Unusable(wrapped);
        }
        if (parsed == null || !GoogleAnswer.isOne(parsed)) {
            return OpenAiAnswer.unusable(FailureKind.MALFORMED, "The provider's answer holds no candidates.");
        }
        return OpenAiAnswer.of(call, new GoogleAnswer(call).whole(parsed));
    }

    @Override
    public Translator translator(ChatCall call) {
        return new GoogleAnswer(call)::chunks;
    }

    @Override
    public List<WireRequest> keyChecks(Platform platform, String secret) {
        return List.of(WireRequest.get(platform.baseUrl() + "/models?pageSize=1", key(secret)));
    }

    /** A bad key is a 400 that says so; a 403 is about the project, its region or address, not the key. */
    @Override
    public KeyCheck judge(int status, ByteString body, String secret) {
        KeyCheck verdict = OpenAiAdapter.judged(status, body, secret);
        return status == 403 && verdict instanceof KeyCheck.Bad bad ? new KeyCheck.CannotTell(bad.reason()) : verdict;
    }

    @Override
    public WireRequest models(Platform platform, String secret) {
        return WireRequest.get(platform.baseUrl() + "/models?pageSize=1000", key(secret));
    }

    @Override
    public List<String> modelIds(JsonNode answer) {
        List<String> ids = new ArrayList<>();
        for (JsonNode model : answer.path("models")) {
            boolean chats = model.path("supportedGenerationMethods").isMissingNode();
            for (JsonNode method : model.path("supportedGenerationMethods")) {
                chats |= method.asText().equals("generateContent");
            }
            String name = model.path("name").asText("");
            if (chats && !name.isBlank()) {
                ids.add(name.startsWith("models/") ? name.substring("models/".length()) : name);
            }
        }
        return ids;
    }
}
