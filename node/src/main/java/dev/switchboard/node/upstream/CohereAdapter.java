package dev.switchboard.node.upstream;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.protocol.directory.Platform;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Cohere's compatibility endpoint: OpenAI's format with text-only messages, schemas without {@code additionalProperties} and
 * fewer fields. Models, embeddings and key checks are on the native API beside it.
 */
final class CohereAdapter implements Adapter {
    static final Adapter INSTANCE = new CohereAdapter();

    private static final String COMPATIBILITY = "/compatibility/v1";
    private static final List<String> REFUSED = Stream.concat(
                    Stream.of("top_k", "repetition_penalty", "functions", "function_call"),
                    OpenAiBody.BEYOND_THE_COMMON.stream())
            .toList();
    private static final Set<String> NOT_IN_SCHEMAS = Set.of("additionalProperties", "$schema");

    private CohereAdapter() {}

    @Override
    public WireRequest chat(ChatCall call) throws Inexpressible {
        if (call.request().isEmbedding()) {
            return CohereEmbeddings.request(call, host(call.platform()) + "/v2/embed");
        }
        Map<String, @Nullable JsonNode> changes = OpenAiBody.changes(call, REFUSED);
        // Not known there; the answer is held to it here (OneToolCall).
        changes.put("parallel_tool_calls", null);
        OpenAiBody.flattenContent(call, changes, false);
        JsonNode root = call.request().root();
        for (String name : List.of("tools", "response_format")) {
            if (root.hasNonNull(name) && !changes.containsKey(name)) {
                changes.put(name, SchemaTrim.without(NOT_IN_SCHEMAS, root.path(name)));
            }
        }
        return new WireRequest(
                call.platform().baseUrl() + "/chat/completions",
                WireRequest.bearer(call.secret()),
                call.request().with(changes));
    }

    @Override
    public JsonAnswer answer(ChatCall call, ByteString body) {
        return call.request().isEmbedding() ? CohereEmbeddings.read(call, body) : OpenAiAnswer.read(call, body);
    }

    @Override
    public Translator translator(ChatCall call) {
        return ToolStream.around(new OpenAiStream(call), call);
    }

    @Override
    public List<WireRequest> keyChecks(Platform platform, String secret) {
        return List.of(models(platform, secret));
    }

    @Override
    public KeyCheck judge(int status, ByteString body, String secret) {
        return OpenAiAdapter.judged(status, body, secret);
    }

    @Override
    public WireRequest models(Platform platform, String secret) {
        return WireRequest.get(host(platform) + "/v1/models?page_size=1000&endpoint=chat", WireRequest.bearer(secret));
    }

    /** Where the native API is. */
    private static String host(Platform platform) {
        String base = platform.baseUrl();
        return base.endsWith(COMPATIBILITY) ? base.substring(0, base.length() - COMPATIBILITY.length()) : base;
    }

    @Override
    public List<String> modelIds(JsonNode answer) {
        return OpenAiAdapter.texts(answer.path("models"), "name");
    }
}
