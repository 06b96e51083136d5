package dev.switchboard.node.upstream;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.util.ArrayList;
import java.util.List;

/** OpenAI's format: {@code POST /chat/completions}, Bearer key, server-sent chunks until {@code [DONE]}. */
final class OpenAiAdapter implements Adapter {
    static final Adapter INSTANCE = new OpenAiAdapter();

    private OpenAiAdapter() {}

    @Override
    public WireRequest chat(ChatCall call) throws Inexpressible {
        if (call.request().isEmbedding()) {
            return OpenAiEmbeddings.request(call, call.platform().baseUrl() + "/embeddings", call.secret());
        }
        return new WireRequest(
                call.platform().baseUrl() + "/chat/completions",
                WireRequest.bearer(call.secret()),
                call.request().with(OpenAiBody.changes(call)));
    }

    @Override
    public JsonAnswer answer(ChatCall call, ByteString body) {
        return call.request().isEmbedding() ? OpenAiEmbeddings.read(call, body) : OpenAiAnswer.read(call, body);
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
        return judged(status, body, secret);
    }

    /** A success is good, an authentication failure is bad, anything else says nothing of the key. */
    static KeyCheck judged(int status, ByteString body, String secret) {
        if (status >= 200 && status < 300) {
            return new KeyCheck.Good();
        }
        Failure failure = FailureClassifier.response(status, null, body, secret);
        return failure.kind() == FailureKind.AUTH
                ? new KeyCheck.Bad(failure.message())
                : new KeyCheck.CannotTell(failure.message());
    }

    @Override
    public WireRequest models(Platform platform, String secret) {
        String path = platform.quirks().modelsPath();
        return WireRequest.get(
                KeyChecking.under(platform.baseUrl(), path == null ? "models" : path), WireRequest.bearer(secret));
    }

    @Override
    public List<String> modelIds(JsonNode answer) {
        return texts(answer.isArray() ? answer : answer.path("data"), "id");
    }

    static List<String> texts(JsonNode list, String field) {
        List<String> found = new ArrayList<>();
        for (JsonNode item : list) {
            String text = item.path(field).asText("");
            if (!text.isBlank()) {
                found.add(text);
            }
        }
        return found;
    }
}
