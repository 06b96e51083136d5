package dev.switchboard.protocol.turn;

import dev.switchboard.protocol.CborSerializable;
import dev.switchboard.protocol.domain.PlatformId;

/**
 * Asks a turn to announce the lease it holds on a platform again, because that platform's owner has restarted.
 *
 * @param ended whether nodes tell of leases that ended lately, too: the last owner's counts may lack them
 */
public record AnnounceLeases(PlatformId platform, boolean ended) implements TurnMessage, CborSerializable {}
