package dev.switchboard.node.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.routing.RoutePlan;
import dev.switchboard.node.routing.RouteQuery;
import dev.switchboard.node.routing.Router;
import dev.switchboard.node.routing.Target;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.cooldown.CooldownSnapshot.ModelState;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.session.RouteDecision;
import dev.switchboard.protocol.statistics.StatisticsSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Requests with a pin share one ranking as long as it tells the truth about each of them. */
class StandingsTest {
    private static final Instant NOW = Instant.parse("2026-03-05T12:00:00Z");
    private static final ModelRef SMALL = ModelRef.of("alpha", "small");
    private static final ModelRef LARGE = ModelRef.of("alpha", "large");
    private static final ModelRef OTHER = ModelRef.of("beta", "other");

    private final Standings standings = new Standings();
    private final AtomicInteger rankings = new AtomicInteger();
    private DirectorySnapshot directory = world();
    private CooldownSnapshot cooling = CooldownSnapshot.EMPTY;

    private static DirectorySnapshot world() {
        return new TurnWorld()
                .platform("alpha", "http://127.0.0.1:1/v1", 1)
                .platform("beta", "http://127.0.0.1:1/v1", 1)
                .model("alpha/small", 8_000)
                .model("alpha/large", 64_000)
                .model("beta/other", 64_000)
                .directory();
    }

    private static RouteQuery query(ModelRef pinned, Mode mode, long tokens, Map<PlatformId, Instant> bans) {
        return new RouteQuery(new Target.Auto(mode), pinned, bans, tokens, false, false, Set.of());
    }

    private static RouteQuery query(ModelRef pinned, long tokens) {
        return query(pinned, Mode.BALANCED, tokens, Map.of());
    }

    private Standings.Pinned ask(RouteQuery query, Instant now) {
        Standings.Pinned pinned = standings.pinned(
                query,
                directory,
                cooling,
                () -> {
                    rankings.incrementAndGet();
                    return StatisticsSnapshot.EMPTY;
                },
                now);
        RoutePlan alone = Router.expected(query, directory, cooling, StatisticsSnapshot.EMPTY, now);
        assertThat(pinned.plan()).isEqualTo(alone);
        assertThat(pinned.told())
                .extracting(RouteDecision.Candidate::model)
                .startsWith(query.pinned())
                .hasSameSizeAs(directory.models());
        return pinned;
    }

    private static @Nullable String skipped(Standings.Pinned pinned, ModelRef model) {
        return pinned.told().stream()
                .filter(candidate -> candidate.model().equals(model))
                .findFirst()
                .orElseThrow()
                .skipped();
    }

    @Test
    void oneRankingServesAllForASecond() {
        Standings.Pinned first = ask(query(LARGE, 100), NOW);
        assertThat(ask(query(LARGE, 7_999), NOW.plusMillis(500)).told()).isSameAs(first.told());
        ask(query(OTHER, 200), NOW.plusMillis(999));
        ask(query(SMALL, 200), NOW.plusMillis(999));
        assertThat(rankings).hasValue(1);
        ask(query(LARGE, 100), NOW.plus(Standings.KEPT));
        assertThat(rankings).hasValue(2);
    }

    @Test
    void otherNeedsHaveAnOrderOfTheirOwn() {
        assertThat(skipped(ask(query(LARGE, 8_000), NOW), SMALL)).isNull();
        assertThat(skipped(ask(query(LARGE, 8_001), NOW), SMALL)).isEqualTo("context-window");
        ask(query(LARGE, Mode.SMART, 100, Map.of()), NOW);
        assertThat(rankings).hasValue(3);
    }

    @Test
    void whatChangesAtOnceIsSeenAtOnce() {
        assertThat(skipped(ask(query(LARGE, 100), NOW), OTHER)).isNull();
        Instant until = NOW.plus(Duration.ofSeconds(15));
        cooling = new CooldownSnapshot(
                Map.of(OTHER, new ModelState(until, 1, FailureKind.TIMEOUT, 0, NOW, 1, NOW)), Map.of());
        assertThat(skipped(ask(query(LARGE, 100), NOW), OTHER)).isEqualTo("cooling");
        directory = world();
        ask(query(LARGE, 100), NOW);
        assertThat(rankings).hasValue(3);
    }

    @Test
    void aSessionsBansAreItsOwn() {
        ask(query(LARGE, 100), NOW);
        RouteQuery banned = query(LARGE, Mode.BALANCED, 100, Map.of(OTHER.platform(), NOW.plusSeconds(60)));
        assertThat(skipped(ask(banned, NOW), OTHER)).isEqualTo("banned");
        assertThat(skipped(ask(query(LARGE, 100), NOW), OTHER)).isNull();
        assertThat(rankings).hasValue(2);
    }

    @Test
    void aModelThatCameBackMeanwhileIsRankedAnew() {
        cooling = new CooldownSnapshot(
                Map.of(OTHER, new ModelState(NOW.plusMillis(300), 1, FailureKind.TIMEOUT, 0, NOW, 1, NOW)), Map.of());
        ask(query(LARGE, 100), NOW);
        RouteQuery pinned = query(OTHER, 100);
        assertThat(Router.pinIsUsable(pinned, directory, cooling, NOW)).isFalse();
        Instant later = NOW.plusMillis(400);
        assertThat(Router.pinIsUsable(pinned, directory, cooling, later)).isTrue();
        assertThat(ask(pinned, later).plan().usable().get(0).ref()).isEqualTo(OTHER);
        assertThat(rankings).hasValue(2);
    }

    @Test
    void callersWithNeedsOfTheirOwnDoNotFillTheMemory() {
        for (int i = 0; i < 2_000; i++) {
            Set<ModelRef> allowed = Set.of(LARGE, ModelRef.of("gone", "m" + i));
            RouteQuery query = new RouteQuery(
                    new Target.Auto(Mode.BALANCED), LARGE, Map.of(), 100, false, false, Set.of(), false, allowed);
            ask(query, NOW);
        }
        assertThat(standings.size()).isLessThanOrEqualTo(512);
    }
}
