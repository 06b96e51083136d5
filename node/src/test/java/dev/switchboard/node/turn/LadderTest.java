package dev.switchboard.node.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.routing.Decision;
import dev.switchboard.node.routing.FailurePolicy;
import dev.switchboard.node.routing.PolicyTimes;
import dev.switchboard.node.routing.RoutePlan;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.ProtectionLevel;
import dev.switchboard.protocol.provider.LeaseReply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Where a request that a platform refused may still go (behaviour.md §4). */
class LadderTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final PolicyTimes TIMES = new PolicyTimes(
            Duration.ofSeconds(15), Duration.ofMinutes(2), Duration.ofMinutes(2), Duration.ofMinutes(30));

    private final TurnWorld world = new TurnWorld()
            .platform("a", "http://127.0.0.1", 1)
            .platform("b", "http://127.0.0.1", 1)
            .platform("c", "http://127.0.0.1", 1)
            .model("a/one", 1000)
            .model("b/one", 1000)
            .model("b/two", 1000)
            .model("c/one", 1000)
            .model("c/two", 1000);
    private final Ladder ladder = new Ladder(
            new RoutePlan(
                    Stream.of("a/one", "b/one", "b/two", "c/one", "c/two")
                            .map(ref -> new RoutePlan.Candidate(ModelRef.parse(ref), 1, false, false))
                            .toList(),
                    List.of(),
                    false),
            world.directory(),
            model -> false);

    @Test
    void aPlatformWithoutRoomIsNotTheOtherOneThatMayRefuse() {
        failed("a/one", FailureKind.CLIENT_FAULT);
        denied("b/one");
        denied("b/two");
        assertNext("c/one");
        failed("c/one", FailureKind.CLIENT_FAULT);
        assertThat(ladder.next()).isEmpty();
        assertThat(ladder.terminal(NOW).status()).isEqualTo(400);
    }

    @Test
    void theOneOtherPlatformIsTheFirstThatIsTried() {
        failed("a/one", FailureKind.CLIENT_FAULT);
        denied("b/one");
        assertNext("b/two");
        failed("b/two", FailureKind.SERVER_ERROR);
        assertThat(ladder.next()).isEmpty();
        assertThat(ladder.terminal(NOW).status()).isEqualTo(502);
    }

    @Test
    void itsOtherModelsAreTriedToo() {
        failed("a/one", FailureKind.CLIENT_FAULT);
        failed("b/one", FailureKind.SERVER_ERROR);
        assertNext("b/two");
        denied("b/two");
        assertThat(ladder.next()).isEmpty();
    }

    private void assertNext(String ref) {
        assertThat(ladder.next()).contains(ModelRef.parse(ref));
    }

    private void denied(String ref) {
        assertNext(ref);
        ladder.denied(
                ModelRef.parse(ref),
                new LeaseReply.Denied(new LeaseId("l"), LeaseReply.Reason.RPM, NOW.plusSeconds(9)));
    }

    private void failed(String ref, FailureKind kind) {
        assertNext(ref);
        ModelRef model = ModelRef.parse(ref);
        Failure failure = Failure.of(kind, "no");
        FailurePolicy.Context where = new FailurePolicy.Context(true, ladder.hasFailedBy(kind), false);
        Decision decision = FailurePolicy.decide(failure, model, ProtectionLevel.MODEL_SKIP, where, TIMES, NOW);
        ladder.failed(model, new KeyId(model.platform() + "-1"), failure, decision, 1);
    }
}
