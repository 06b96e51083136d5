package dev.switchboard.node.turn;

import akka.NotUsed;
import akka.japi.pf.PFBuilder;
import akka.stream.KillSwitches;
import akka.stream.SharedKillSwitch;
import akka.stream.javadsl.Source;
import dev.switchboard.node.relay.RelayEvent;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;

/** Lets a stopping node end a running stream with an error event that the client sees, never a bare break. */
final class StreamGuard {
    private final SharedKillSwitch killSwitch;

    private static final class Stopping extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopping() {
            super("the node is stopping", null, false, false);
        }
    }

    StreamGuard(String requestId) {
        this.killSwitch = KillSwitches.shared("turn-" + requestId);
    }

    Source<RelayEvent, NotUsed> around(Source<RelayEvent, NotUsed> events) {
        return events.via(killSwitch.flow())
                .recover(new PFBuilder<Throwable, RelayEvent>()
                        .match(
                                Stopping.class,
                                stopping -> new RelayEvent.Failed(Failure.of(
                                        FailureKind.BROKEN, "This node is stopping; the answer is incomplete.")))
                        .build());
    }

    void interrupt() {
        killSwitch.abort(new Stopping());
    }
}
