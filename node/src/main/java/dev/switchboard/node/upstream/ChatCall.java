package dev.switchboard.node.upstream;

import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Platform;
import org.jspecify.annotations.Nullable;

/** One request to one model of one platform; the secret is null for a keyless platform. */
public record ChatCall(ChatRequest request, Platform platform, Model model, @Nullable String secret) {
    /** Without the secret and the prompt. */
    @Override
    public String toString() {
        return "ChatCall[" + model.ref() + "]";
    }
}
