package dev.switchboard.protocol.quota;

import dev.switchboard.protocol.CborSerializable;
import dev.switchboard.protocol.domain.ApiKeyId;

/** Asks every node for what an API key's owners let in through it lately, because a new owner has started. */
public record TellAgain(ApiKeyId key) implements CborSerializable {}
