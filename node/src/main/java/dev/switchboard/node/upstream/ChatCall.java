package dev.switchboard.node.upstream;

import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Platform;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request to one model of one platform; the secret is null for a keyless platform.
 *
 * @param requestId for lines of the log
 * @param trace headers that connect the provider's traces with the caller's
 */
public record ChatCall(
        ChatRequest request,
        Platform platform,
        Model model,
        @Nullable String secret,
        String requestId,
        Map<String, String> trace) {
    /** A call that nobody traces. */
    ChatCall(ChatRequest request, Platform platform, Model model, @Nullable String secret) {
        this(request, platform, model, secret, "", Map.of());
    }

    /** Without the secret and the prompt. */
    @Override
    public String toString() {
        return "ChatCall[" + model.ref() + "]";
    }
}
