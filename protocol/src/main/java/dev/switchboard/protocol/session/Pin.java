package dev.switchboard.protocol.session;

import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.ModelRef;
import org.jspecify.annotations.Nullable;

/** The sticky model of a session and, unless it was refused, the sticky key. */
public record Pin(ModelRef model, @Nullable KeyId key) {}
