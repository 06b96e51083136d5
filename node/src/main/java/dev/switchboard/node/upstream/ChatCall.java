package dev.switchboard.node.upstream;

import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.socket.EventLoops;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Platform;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request to one model of one platform.
 *
 * @param secret null for a keyless platform
 * @param requestId for lines of the log
 * @param trace headers that connect the provider's traces with the caller's
 * @param home the event loop of the client's connection, where the provider's answer goes on without a change of thread;
 *     null where there is none
 * @param images the images behind the URLs of the request as {@code data:} URLs, where they were fetched
 */
public record ChatCall(
        ChatRequest request,
        Platform platform,
        Model model,
        @Nullable String secret,
        String requestId,
        Map<String, String> trace,
        EventLoops.@Nullable Loop home,
        Map<String, String> images) {
    /** A call whose images have not been fetched. */
    public ChatCall(
            ChatRequest request,
            Platform platform,
            Model model,
            @Nullable String secret,
            String requestId,
            Map<String, String> trace,
            EventLoops.@Nullable Loop home) {
        this(request, platform, model, secret, requestId, trace, home, Map.of());
    }

    /** A call that nobody traces. */
    ChatCall(ChatRequest request, Platform platform, Model model, @Nullable String secret) {
        this(request, platform, model, secret, "", Map.of(), null);
    }

    ChatCall with(Map<String, String> fetched) {
        return new ChatCall(request, platform, model, secret, requestId, trace, home, fetched);
    }

    /** Without the secret and the prompt. */
    @Override
    public String toString() {
        return "ChatCall[" + model.ref() + "]";
    }
}
