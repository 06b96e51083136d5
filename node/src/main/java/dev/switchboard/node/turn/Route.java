package dev.switchboard.node.turn;

import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.SessionKey;

/** Where a request went: the response headers of contract.md §3. {@code failedAttempts} came before this one. */
public record Route(ModelRef model, int failedAttempts, SessionKey session, SessionStatus status) {}
