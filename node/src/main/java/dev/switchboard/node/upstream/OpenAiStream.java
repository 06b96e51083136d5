package dev.switchboard.node.upstream;

import akka.util.ByteString;
import dev.switchboard.node.chat.Json;
import dev.switchboard.node.relay.ChunkEdit;
import dev.switchboard.node.relay.ChunkFacts;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.node.relay.sse.SseEvent;
import dev.switchboard.protocol.domain.Failure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A streamed answer that is OpenAI-shaped already: every event is checked, and passed on as it came. */
final class OpenAiStream implements Adapter.Translator {
    private static final ByteString DONE = ByteString.fromString("[DONE]");

    private final @Nullable String secret;

    OpenAiStream(@Nullable String secret) {
        this.secret = secret;
    }

    @Override
    public List<RelayEvent> translate(SseEvent event) {
        ByteString data = event.data();
        if (data.length() <= DONE.length() + 2 && data.utf8String().strip().equals("[DONE]")) {
            return List.of(RelayEvent.Done.DONE);
        }
        ChunkFacts facts = ChunkFacts.read(data);
        if (facts == null) {
            return List.of(RelayEvent.Skipped.SKIPPED);
        }
        boolean named = event.type().equals("error") && !facts.shaped();
        if (facts.error() || named) {
            Failure failure = FailureClassifier.event(Json.parseOrNull(data), secret);
            return List.of(failure == null ? RelayEvent.Skipped.SKIPPED : new RelayEvent.Failed(failure));
        }
        if (!facts.shaped() && facts.usage() == null) {
            return List.of(RelayEvent.Skipped.SKIPPED);
        }
        return List.of(facts.listContent() ? ChunkEdit.joined(data) : new RelayEvent.Chunk(data, facts));
    }
}
