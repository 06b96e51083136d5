package dev.switchboard.node.upstream;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.sse.SseEvent;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Platform;
import java.util.List;

/** One wire format: how a chat goes out and what comes back (behaviour.md §8). Implementations hold no state. */
interface Adapter {
    /** Whether images have to be in the request itself, so that those named by URL are fetched first. */
    default boolean inlinesImages() {
        return false;
    }

    /** The request of a call, JSON or streamed; throws {@link Inexpressible} naming a field the format cannot say. */
    WireRequest chat(ChatCall call) throws Inexpressible;

    /** A whole answer that came with a success status; never throws. */
    JsonAnswer answer(ChatCall call, ByteString body);

    /** A reader of one streamed answer. */
    Translator translator(ChatCall call);

    /** Requests that spend no quota and say whether a key is good, asked in order until one can tell. */
    List<WireRequest> keyChecks(Platform platform, String secret);

    /** What the answer to a key check means. */
    KeyCheck judge(int status, ByteString body, String secret);

    /** The request for the platform's list of models. */
    WireRequest models(Platform platform, String secret);

    /** The ids in that list. */
    List<String> modelIds(JsonNode answer);

    /** Turns the events of one streamed answer into OpenAI chunks, in order; never throws. */
    interface Translator {
        /** What one upstream event becomes. */
        List<RelayEvent> translate(SseEvent event);
    }

    /** The adapter of a wire format. */
    static Adapter of(AdapterKind kind) {
        return switch (kind) {
            case OPENAI -> OpenAiAdapter.INSTANCE;
            case GOOGLE -> GoogleAdapter.INSTANCE;
            case COHERE -> CohereAdapter.INSTANCE;
            case CLOUDFLARE -> CloudflareAdapter.INSTANCE;
        };
    }
}
