package dev.switchboard.node.provider;

import static dev.switchboard.node.provider.World.K1;
import static dev.switchboard.node.provider.World.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.provider.LeaseReply.Reason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SafeguardTest {
    private final World world = new World();

    private World.Ask exclusive(String session) {
        return world.ask().alone().session(session);
    }

    @Test
    void anotherSessionIsDeniedWhileOneHasARequestInFlight() {
        LeaseReply first = world.granted(exclusive("a"));
        assertThat(world.denied(exclusive("b")))
                .extracting(LeaseReply.Denied::reason)
                .isEqualTo(Reason.SAFEGUARD);
        LeaseReply second = world.granted(exclusive("a"));
        world.complete(first, 1);
        assertThat(world.denied(exclusive("b")).reason()).isEqualTo(Reason.SAFEGUARD);
        world.complete(second, 1);
        assertThat(world.denied(exclusive("b")).reason()).isEqualTo(Reason.RESERVED);
    }

    @Test
    void theReservationRunsFromTheLastUse() {
        LeaseReply lease = world.granted(exclusive("a"));
        world.pass(Duration.ofMinutes(10));
        world.cancel(lease);
        LeaseReply.Denied denied = world.denied(exclusive("b"));
        assertThat(denied.retryAt()).isEqualTo(world.now.plus(World.RESERVATION));
        world.pass(World.RESERVATION.minusMillis(1));
        world.denied(exclusive("b"));
        world.pass(Duration.ofMillis(1));
        world.granted(exclusive("b"));
        world.denied(exclusive("a"));
    }

    @Test
    void aLongRequestGuardsBeyondTheReservation() {
        for (LeaseReply lease : List.of(world.granted(exclusive("a")), world.granted(exclusive("a")))) {
            world.complete(lease, 1);
        }
        world.pass(World.RESERVATION);
        world.granted(exclusive("b"));
        world.pass(World.RESERVATION);
        assertThat(world.denied(exclusive("a")).reason()).isEqualTo(Reason.SAFEGUARD);
    }

    @Test
    void platformsOfOtherLevelsAreFree() {
        world.granted(world.ask().session("a"));
        world.granted(world.ask().session("b"));
    }

    @Test
    void reservationAndLeasesInFlightSurviveARestart() {
        LeaseReply lease = world.granted(exclusive("a"));
        world.restart(true);
        assertThat(world.denied(exclusive("b")).reason()).isEqualTo(Reason.SAFEGUARD);
        world.granted(exclusive("a"));
        world.cancel(lease);
        world.desk.inheritance().dropUnclaimed(world.now);
        assertThat(world.denied(exclusive("b")).reason()).isEqualTo(Reason.SAFEGUARD);
    }

    @Test
    void newcomersWaitWhileTurnsAnnounceTheirLeases() {
        world.desk.holdBack(START.plusSeconds(2));
        World.Ask running = exclusive("a");
        assertThat(world.denied(exclusive("b")))
                .extracting(LeaseReply.Denied::reason, LeaseReply.Denied::retryAt)
                .containsExactly(Reason.SAFEGUARD, START.plusSeconds(2));
        world.desk.inheritance().announce(running.announce(K1, START), world.now);
        world.granted(exclusive("a"));
        world.pass(Duration.ofSeconds(2));
        assertThat(world.denied(exclusive("b")).reason()).isEqualTo(Reason.SAFEGUARD);
    }

    @Test
    void newcomersAreServedAfterTheWaitIfNobodyAnnounced() {
        world.desk.holdBack(START.plusSeconds(2));
        world.granted(world.ask().session("b"));
        world.cancel(world.granted(world.ask().session("c")));
        world.pass(Duration.ofSeconds(2));
        world.granted(exclusive("b"));
    }
}
