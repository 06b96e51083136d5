package dev.switchboard.node.upstream;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.chat.Json;
import dev.switchboard.protocol.directory.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Cloudflare Workers AI: OpenAI's format under {@code …/accounts/{account}/ai/v1}; a key is {@code account:token}, content is
 * always text and never null, and a leading {@code <think>} block is reasoning.
 */
final class CloudflareAdapter implements Adapter {
    static final Adapter INSTANCE = new CloudflareAdapter();

    private static final String ACCOUNT = "{account}";
    private static final String ACCOUNTS = "/accounts/";

    private CloudflareAdapter() {}

    private record Key(String account, String token) {
        static Key of(@Nullable String secret) {
            int colon = secret == null ? -1 : secret.indexOf(':');
            if (secret == null || colon <= 0 || colon == secret.length() - 1) {
                throw new UnusableKey("The key has to be an account id and a token: account:token.");
            }
            return new Key(secret.substring(0, colon), secret.substring(colon + 1));
        }

        String url(Platform platform) {
            return platform.baseUrl().replace(ACCOUNT, WireRequest.path(account));
        }
    }

    @Override
    public WireRequest chat(ChatCall call) throws Inexpressible {
        Key key = Key.of(call.secret());
        if (call.request().isEmbedding()) {
            return OpenAiEmbeddings.request(call, key.url(call.platform()) + "/embeddings", key.token());
        }
        Map<String, @Nullable JsonNode> changes = OpenAiBody.changes(call, OpenAiBody.BEYOND_THE_COMMON);
        OpenAiBody.flattenContent(call, changes, true);
        return new WireRequest(
                key.url(call.platform()) + "/chat/completions",
                WireRequest.bearer(key.token()),
                call.request().with(changes));
    }

    @Override
    public JsonAnswer answer(ChatCall call, ByteString body) {
        if (call.request().isEmbedding()) {
            return OpenAiEmbeddings.read(call, body);
        }
        if (LeadingThought.mayBeIn(body) && Json.parseOrNull(body) instanceof ObjectNode root) {
            for (JsonNode choice : root.path("choices")) {
                if (choice.path("message") instanceof ObjectNode message) {
                    LeadingThought.move(message);
                }
            }
            return OpenAiAnswer.read(call, Json.bytes(root));
        }
        return OpenAiAnswer.read(call, body);
    }

    @Override
    public Translator translator(ChatCall call) {
        return ToolStream.around(new LeadingThought(new OpenAiStream(call)), call);
    }

    /** A user's token is verified in one place, an account's in another. */
    @Override
    public List<WireRequest> keyChecks(Platform platform, String secret) {
        Key key = Key.of(secret);
        String url = key.url(platform);
        int accounts = url.indexOf(ACCOUNTS);
        String root = accounts < 0 ? url : url.substring(0, accounts);
        Map<String, String> bearer = WireRequest.bearer(key.token());
        return List.of(
                WireRequest.get(root + "/user/tokens/verify", bearer),
                WireRequest.get(root + ACCOUNTS + WireRequest.path(key.account()) + "/tokens/verify", bearer));
    }

    @Override
    public KeyCheck judge(int status, ByteString body, String secret) {
        KeyCheck verdict = OpenAiAdapter.judged(status, body, secret);
        JsonNode answer = Json.parseOrNull(body);
        String state =
                answer == null ? "" : answer.path("result").path("status").asText("");
        if (verdict instanceof KeyCheck.Good && !state.isEmpty() && !state.equals("active")) {
            return new KeyCheck.Bad("The token is " + Scrubber.scrub(state, secret) + ".");
        }
        return verdict;
    }

    @Override
    public WireRequest models(Platform platform, String secret) {
        Key key = Key.of(secret);
        String url = key.url(platform);
        String ai = url.endsWith("/v1") ? url.substring(0, url.length() - "/v1".length()) : url;
        return WireRequest.get(ai + "/models/search?per_page=1000", WireRequest.bearer(key.token()));
    }

    @Override
    public List<String> modelIds(JsonNode answer) {
        List<String> ids = new ArrayList<>();
        for (JsonNode model : answer.path("result")) {
            String task = model.path("task").path("name").asText("Text Generation");
            String name = model.path("name").asText("");
            if (task.equals("Text Generation") && !name.isBlank()) {
                ids.add(name);
            }
        }
        return ids;
    }
}
