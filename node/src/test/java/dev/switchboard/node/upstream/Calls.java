package dev.switchboard.node.upstream;

import akka.util.ByteString;
import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.chat.InvalidRequest;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls as tests need them. */
final class Calls {
    static final String SECRET = "sk-test-0123456789abcdef";

    private Calls() {}

    static Platform platform(AdapterKind adapter, String url, Quirks quirks, @Nullable Duration timeout) {
        return new Platform(
                new PlatformId("alpha"),
                "Alpha",
                adapter,
                url,
                Origin.CUSTOM,
                true,
                false,
                timeout,
                Map.of(),
                quirks,
                Limits.NONE,
                null);
    }

    static Model model(String id) {
        return new Model(
                ModelRef.of("alpha", id),
                id,
                1,
                1,
                128_000,
                Limits.NONE,
                true,
                true,
                true,
                1,
                Origin.CUSTOM,
                null,
                null);
    }

    static ChatRequest request(String json) {
        try {
            return ChatRequest.parse(ByteString.fromString(json));
        } catch (InvalidRequest e) {
            throw new AssertionError(e);
        }
    }

    static ChatCall call(AdapterKind adapter, String json) {
        return call(adapter, Quirks.NONE, json);
    }

    static ChatCall call(AdapterKind adapter, Quirks quirks, String json) {
        return new ChatCall(
                request(json), platform(adapter, "https://alpha.test/v1", quirks, null), model("a-large"), SECRET);
    }
}
