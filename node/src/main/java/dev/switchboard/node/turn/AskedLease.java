package dev.switchboard.node.turn;

import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.ModelRef;

/** A lease that was asked for and not answered yet. */
record AskedLease(LeaseId id, ModelRef model) {}
