package dev.switchboard.node.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.routing.Target;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.session.Ban;
import dev.switchboard.protocol.session.Pin;
import dev.switchboard.protocol.session.RouteDecision;
import dev.switchboard.protocol.session.SessionView;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The order in which a turn asks platforms, and what of it a session keeps. */
class TurnRoutingTest extends TurnRig {
    @Test
    void aDecisionHasNoMoreCandidatesThanASessionKeeps() {
        TurnWorld many = new TurnWorld()
                .platform("alpha", "http://127.0.0.1:1/v1", 1)
                .platform("beta", "http://127.0.0.1:1/v1", 0);
        for (int i = 0; i < 100; i++) {
            many.model((i < 30 ? "alpha/m" : "beta/m") + i, 8000);
        }
        directory = many.directory();
        TurnRequest automatic =
                new TurnRequest("r-1", chat, SESSION, new Target.Auto(Mode.BALANCED), "auto", clientGone::add);
        Ladder ladder = TurnRouting.ladder(services(), automatic, SessionView.EMPTY, directory, model -> false);
        List<RouteDecision.Candidate> candidates =
                ladder.decision(clock.instant(), "r-1").candidates();
        assertThat(candidates).hasSize(RouteDecision.MOST_CANDIDATES);
        assertThat(candidates.subList(0, 30))
                .allSatisfy(candidate -> assertThat(candidate.skipped()).isNull());
        assertThat(candidates.get(30).skipped()).isNotNull();
    }

    @Test
    void nothingIsDrawnWhileThePinnedModelServes() {
        AtomicInteger draws = new AtomicInteger();
        TurnServices services = services(() -> {
            draws.incrementAndGet();
            return new SplittableRandom(1);
        });
        TurnRequest automatic =
                new TurnRequest("r-1", chat, SESSION, new Target.Auto(Mode.BALANCED), "auto", clientGone::add);
        SessionView pinned = new SessionView(new Pin(SECOND, new KeyId("beta-1")), List.of(), 1);

        Ladder ladder = TurnRouting.ladder(services, automatic, pinned, directory, model -> false);
        assertThat(ladder.next()).contains(SECOND);
        assertThat(ladder.decision(clock.instant(), "r-1").candidates())
                .extracting(RouteDecision.Candidate::model)
                .containsExactly(SECOND, FIRST);
        assertThat(draws).hasValue(0);
        ladder.denied(SECOND, new LeaseReply.Denied(new LeaseId("l"), LeaseReply.Reason.RPM, null));
        assertThat(draws).hasValue(1);
        assertThat(ladder.next()).contains(FIRST);

        SessionView banned = new SessionView(
                new Pin(SECOND, new KeyId("beta-1")),
                List.of(new Ban(SECOND.platform(), clock.instant().plusSeconds(60), FailureKind.SERVER_ERROR)),
                1);
        Ladder other = TurnRouting.ladder(services, automatic, banned, directory, model -> false);
        assertThat(other.next()).contains(FIRST);
        assertThat(draws).hasValue(2);
    }
}
