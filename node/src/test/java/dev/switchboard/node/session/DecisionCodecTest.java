package dev.switchboard.node.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.session.RouteDecision;
import dev.switchboard.protocol.session.RouteDecision.Attempt;
import dev.switchboard.protocol.session.RouteDecision.Candidate;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is packed comes back, in few bytes, also when the node has seen more models and words than get a number. */
class DecisionCodecTest {
    private static final Instant AT = Instant.parse("2026-03-05T12:34:56.123456Z");
    private static final ModelRef FIRST = ModelRef.of("alpha", "a/large:free");
    private static final ModelRef SECOND = ModelRef.of("beta", "ü-model");

    private final DecisionCodec codec = new DecisionCodec();

    private RouteDecision again(RouteDecision decision) {
        return codec.unpack(codec.pack(decision));
    }

    @Test
    void everyPartComesBack() {
        RouteDecision decision = new RouteDecision(
                AT,
                "req-1",
                List.of(
                        new Candidate(FIRST, 0.1, null),
                        new Candidate(SECOND, -12.34567, "unsupported-tools"),
                        new Candidate(SECOND, null, "cooling")),
                List.of(new Attempt(FIRST, null, "timeout", 120_000), new Attempt(SECOND, "beta-1", "success", 7)));
        assertThat(again(decision)).isEqualTo(decision);
        assertThat(again(new RouteDecision(AT, "", List.of(), List.of())))
                .isEqualTo(new RouteDecision(AT, "", List.of(), List.of()));
    }

    @Test
    void aScoreKeepsSevenDigits() {
        RouteDecision decision =
                new RouteDecision(AT, "req-1", List.of(new Candidate(FIRST, 0.83123451837, null)), List.of());
        assertThat(again(decision).candidates().get(0).score()).isEqualTo(0.8312345);
    }

    @Test
    void aCallersLongFieldNameIsCut() {
        RouteDecision decision = new RouteDecision(
                AT,
                "req-1",
                List.of(new Candidate(FIRST, null, "unsupported-" + "ü".repeat(70_000))),
                List.of(new Attempt(FIRST, "l".repeat(70_000), "success", 1)));
        RouteDecision again = again(decision);
        assertThat(again.candidates().get(0).skipped()).hasSize(300).startsWith("unsupported-ü");
        assertThat(again.attempts().get(0).key()).hasSize(300);
    }

    @Test
    void moreThanGetANumberComeBackToo() {
        for (int i = 0; i < 21_000; i++) {
            ModelRef model = ModelRef.of("p", "m" + i);
            RouteDecision decision = new RouteDecision(
                    AT,
                    "req-1",
                    List.of(new Candidate(model, null, "unsupported-" + i)),
                    List.of(new Attempt(model, "k" + i, "success", i)));
            if (again(decision).equals(decision)) {
                continue;
            }
            assertThat(again(decision)).isEqualTo(decision);
        }
    }

    @Test
    void theFirstCandidatesAreKept() {
        List<Candidate> many = IntStream.range(0, 400)
                .mapToObj(i -> new Candidate(ModelRef.of("p", "m" + i), (double) i, null))
                .toList();
        assertThat(again(new RouteDecision(AT, "req-1", many, List.of())).candidates())
                .isEqualTo(many.subList(0, RouteDecision.MOST_CANDIDATES));
    }

    @Test
    void aUsualDecisionTakesFewBytes() {
        List<Candidate> ten = IntStream.range(0, 10)
                .mapToObj(i -> new Candidate(ModelRef.of("platform-" + i, "some/model-" + i), 0.5 + i, null))
                .toList();
        RouteDecision decision = new RouteDecision(
                AT,
                "req-9f86d081884c7d659a2feaa0",
                ten,
                List.of(new Attempt(ten.get(0).model(), "key-1", "success", 1234)));
        DecisionCodec.Packed packed = codec.pack(decision);
        assertThat(packed.request().length + packed.candidates().length).isLessThan(140);
    }

    @Test
    void decisionsToldTheSameCandidatesShareThem() {
        List<Candidate> told = List.of(new Candidate(FIRST, 0.5, null), new Candidate(SECOND, null, "cooling"));
        DecisionCodec.Packed one = codec.pack(new RouteDecision(AT, "req-1", told, List.of()));
        DecisionCodec.Packed two = codec.pack(new RouteDecision(AT, "req-2", told, List.of()));
        assertThat(two.candidates()).isSameAs(one.candidates());
        assertThat(codec.unpack(two)).isEqualTo(new RouteDecision(AT, "req-2", told, List.of()));

        for (int i = 0; i < 1_000; i++) {
            List<Candidate> others = List.of(new Candidate(SECOND, (double) i, null));
            assertThat(again(new RouteDecision(AT, "req-3", others, List.of())).candidates())
                    .isEqualTo(others);
        }
    }
}
