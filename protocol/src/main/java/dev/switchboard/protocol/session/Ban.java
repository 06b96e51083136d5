package dev.switchboard.protocol.session;

import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Instant;

/** A platform that this session does not use before {@code until}. */
public record Ban(PlatformId platform, Instant until, FailureKind reason) {}
