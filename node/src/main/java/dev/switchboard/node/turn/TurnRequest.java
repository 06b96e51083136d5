package dev.switchboard.node.turn;

import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.routing.Target;
import dev.switchboard.node.telemetry.RequestTrace;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.domain.Usage;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request as the HTTP border hands it over.
 *
 * @param requested the model as the caller wrote it, for the request log
 * @param whenClientGone takes what is to run once when the client's connection is gone
 * @param allowed the only models that the caller may use; null for all
 * @param whenEnded takes the tokens that the request used, once, when it has ended
 * @param trace takes the attempts
 * @param whenOver runs once when nothing holds the request any more
 */
public record TurnRequest(
        String requestId,
        ChatRequest chat,
        SessionKey session,
        Target target,
        String requested,
        Consumer<Runnable> whenClientGone,
        @Nullable Set<ModelRef> allowed,
        Consumer<Usage> whenEnded,
        RequestTrace trace,
        Runnable whenOver) {
    /** Of a caller without restrictions. */
    public TurnRequest(
            String requestId,
            ChatRequest chat,
            SessionKey session,
            Target target,
            String requested,
            Consumer<Runnable> whenClientGone) {
        this(
                requestId,
                chat,
                session,
                target,
                requested,
                whenClientGone,
                null,
                usage -> {},
                RequestTrace.NONE,
                () -> {});
    }
}
