package dev.switchboard.protocol.turn;

import dev.switchboard.protocol.CborSerializable;
import dev.switchboard.protocol.domain.PlatformId;

/** Asks a turn to announce the lease it holds on a platform again, because that platform's owner has restarted. */
public record AnnounceLeases(PlatformId platform) implements TurnMessage, CborSerializable {}
