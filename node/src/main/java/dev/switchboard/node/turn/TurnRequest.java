package dev.switchboard.node.turn;

import dev.switchboard.node.chat.ChatRequest;
import dev.switchboard.node.routing.Target;
import dev.switchboard.protocol.domain.SessionKey;
import java.util.function.Consumer;

/**
 * One request as the HTTP border hands it over.
 *
 * @param requested the model as the caller wrote it, for the request log
 * @param whenClientGone takes what is to run once when the client's connection is gone
 */
public record TurnRequest(
        String requestId,
        ChatRequest chat,
        SessionKey session,
        Target target,
        String requested,
        Consumer<Runnable> whenClientGone) {}
