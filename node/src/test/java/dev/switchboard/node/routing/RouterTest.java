package dev.switchboard.node.routing;

import static dev.switchboard.node.routing.World.NOW;
import static dev.switchboard.node.routing.World.auto;
import static dev.switchboard.node.routing.World.explicit;
import static dev.switchboard.node.routing.World.names;
import static dev.switchboard.node.routing.World.pinned;
import static dev.switchboard.node.routing.World.reasons;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RouterTest {
    private static final Instant SOON = NOW.plusSeconds(10);
    private static final Instant LATE = NOW.plusSeconds(60);

    @Test
    void eachReasonToLeaveAModelOutIsNamed() {
        World world = new World()
                .platform("a")
                .platform("banned")
                .platform("off", Origin.CUSTOM, false, false)
                .platform("bare", Origin.CUSTOM, true, false)
                .platform("refused", Origin.CUSTOM, true, false)
                .key("refused", "r1", true, KeyStatus.INVALID)
                .key("refused", "r2", true, KeyStatus.ERROR)
                .key("refused", "r3", false, KeyStatus.HEALTHY)
                .platform("limited")
                .keyState("limited-key", SOON, FailureKind.RATE_LIMITED)
                .platform("unauthorised")
                .keyState("unauthorised-key", SOON, FailureKind.AUTH)
                .platform("demo", Origin.BUILTIN, true, true)
                .model("a/ok")
                .model(ModelRef.parse("a/disabled"), 1, 100_000, true, true, false)
                .model(ModelRef.parse("a/small"), 1, 999, true, true, true)
                .model(ModelRef.parse("a/no-tools"), 1, 100_000, false, true, true)
                .model(ModelRef.parse("a/no-vision"), 1, 100_000, true, false, true)
                .model("a/cooling")
                .state("a/cooling", SOON, 0, 1)
                .model("banned/m")
                .model("off/m")
                .model("bare/m")
                .platformWithPrompts("short", 900)
                .model("short/m")
                .model("refused/m")
                .model("limited/m")
                .model("unauthorised/m")
                .model("demo/m")
                .model("nowhere/m");
        RouteQuery query = new RouteQuery(
                new Target.Auto(Mode.BALANCED),
                null,
                Map.of(new PlatformId("banned"), LATE),
                1000,
                true,
                true,
                Set.of(new PlatformId("demo")));

        RoutePlan plan = world.rank(query);

        assertThat(names(plan)).containsExactly("a/ok");
        assertThat(reasons(plan))
                .containsOnly(
                        entry("a/disabled", SkipReason.DISABLED),
                        entry("a/small", SkipReason.CONTEXT_WINDOW),
                        entry("short/m", SkipReason.CONTEXT_WINDOW),
                        entry("a/no-tools", SkipReason.NO_TOOLS),
                        entry("a/no-vision", SkipReason.NO_VISION),
                        entry("a/cooling", SkipReason.COOLING),
                        entry("banned/m", SkipReason.BANNED),
                        entry("off/m", SkipReason.PLATFORM_DISABLED),
                        entry("bare/m", SkipReason.NO_KEY),
                        entry("refused/m", SkipReason.NO_KEY),
                        entry("limited/m", SkipReason.KEYS_COOLING),
                        entry("unauthorised/m", SkipReason.KEYS_REFUSED),
                        entry("demo/m", SkipReason.LAST_RESORT),
                        entry("nowhere/m", SkipReason.PLATFORM_DISABLED));
        assertThat(plan.soonest()).contains(SOON);
        assertThat(plan.nothingRoutable()).isFalse();
    }

    @Test
    void aPromptThatFillsTheWindowExactlyFits() {
        World world = new World().platform("a").model(ModelRef.parse("a/m"), 1, 1000, true, true, true);
        assertThat(names(world.rank(prompt(1000)))).containsExactly("a/m");
        assertThat(world.rank(prompt(1001)).allTooSmall()).isTrue();
    }

    @Test
    void oneFreeKeyIsEnough() {
        World world = new World()
                .platform("a")
                .key("a", "second", true, KeyStatus.UNKNOWN)
                .keyState("a-key", SOON, FailureKind.RATE_LIMITED)
                .model("a/m");
        assertThat(names(world.rank(auto(Mode.BALANCED)))).containsExactly("a/m");
    }

    @Test
    void bansAndCooldownsThatHaveEndedLeaveNothingOut() {
        World world = new World()
                .platform("a")
                .keyState("a-key", NOW, FailureKind.RATE_LIMITED)
                .model("a/m")
                .state("a/m", NOW, 0, 1);
        RouteQuery query = new RouteQuery(
                new Target.Auto(Mode.BALANCED), null, Map.of(new PlatformId("a"), NOW), 0, false, false, Set.of());

        RoutePlan plan = world.rank(query);

        assertThat(plan.usable()).singleElement().satisfies(candidate -> {
            assertThat(candidate.halfOpen()).isTrue();
            assertThat(candidate.pinned()).isFalse();
        });
    }

    @Test
    void aModelThatWaitsForTwoThingsComesBackAfterTheLater() {
        World world = new World().platform("a").model("a/m").state("a/m", SOON, 0, 1);
        RouteQuery query = new RouteQuery(
                new Target.Auto(Mode.BALANCED), null, Map.of(new PlatformId("a"), LATE), 0, false, false, Set.of());

        assertThat(world.rank(query).soonest()).contains(LATE);
    }

    @Test
    void theChainNeverRunsEmptyForWantOfThePool() {
        World world = new World().platform("a").model("a/slow").stats("a/slow", 9, 10, 5, 3000);
        for (Mode mode : Mode.values()) {
            assertThat(names(world.rank(auto(mode)))).containsExactly("a/slow");
        }
    }

    @Test
    void poolsOrderByModeAndScoreOrdersWithinAPool() {
        World world = new World()
                .platform("a")
                .model("a/fast")
                .stats("a/fast", 50, 100, 5551, 500)
                .model("a/balanced")
                .stats("a/balanced", 50, 100, 277, 500)
                .model("a/smart-bad")
                .stats("a/smart-bad", 10, 100, 100, 500)
                .model("a/smart-good")
                .stats("a/smart-good", 100, 100, 100, 500);

        assertThat(names(world.rankByMean(auto(Mode.BALANCED))))
                .containsExactly("a/balanced", "a/fast", "a/smart-good", "a/smart-bad");
        assertThat(names(world.rankByMean(auto(Mode.FAST))))
                .containsExactly("a/fast", "a/balanced", "a/smart-good", "a/smart-bad");
        assertThat(names(world.rankByMean(auto(Mode.SMART))))
                .containsExactly("a/smart-good", "a/smart-bad", "a/balanced", "a/fast");
    }

    @Test
    void negativeScoresOrderToo() {
        World world = new World()
                .platform("a")
                .model("a/worst")
                .stats("a/worst", 0, 400, 1, 20_000)
                .state("a/worst", null, 10, 0)
                .model("a/bad")
                .stats("a/bad", 0, 400, 1, 20_000)
                .model("a/good")
                .stats("a/good", 400, 400, 1, 100);
        RoutePlan plan = world.rankByMean(auto(Mode.BALANCED));
        assertThat(names(plan)).containsExactly("a/good", "a/bad", "a/worst");
        assertThat(plan.usable().get(2).score()).isNegative();
    }

    @Test
    void priorityBreaksTies() {
        World world = new World().platform("a").model("a/z").model("a/y").model("a/x");
        assertThat(names(world.rankByMean(auto(Mode.BALANCED)))).containsExactly("a/z", "a/y", "a/x");
    }

    @Test
    void aFreshOutageShowsAtOnceHalfOpenOrNot() {
        World world = new World()
                .platform("a")
                .model("a/best")
                .stats("a/best", 300, 300, 100, 300)
                .model("a/second")
                .stats("a/second", 240, 300, 100, 300);
        assertThat(names(world.state("a/best", null, 0, 2).rankByMean(auto(Mode.BALANCED))))
                .first()
                .isEqualTo("a/best");
        assertThat(names(world.state("a/best", null, 0, 3).rankByMean(auto(Mode.BALANCED))))
                .first()
                .isEqualTo("a/second");
        assertThat(names(world.state("a/best", NOW.minusSeconds(1), 0, 3).rankByMean(auto(Mode.BALANCED))))
                .containsExactly("a/second", "a/best");
        assertThat(names(world.state("a/best", NOW.minusSeconds(1), 0, 2).rankByMean(auto(Mode.BALANCED))))
                .containsExactly("a/best", "a/second");
    }

    @Test
    void thePinGoesFirstWhateverItsScoreButOverridesNothing() {
        World world = new World()
                .platform("a")
                .model("a/good")
                .stats("a/good", 100, 100, 277, 300)
                .model("a/pin")
                .stats("a/pin", 0, 100, 5, 9000);

        RoutePlan plan = world.rank(pinned("a/pin"));
        assertThat(names(plan)).containsExactly("a/pin", "a/good");
        assertThat(plan.usable().get(0).pinned()).isTrue();
        assertThat(plan.usable().get(1).pinned()).isFalse();
        assertThat(names(world.rank(pinned("a/gone")))).hasSize(2).first().isEqualTo("a/good");
        world.state("a/pin", SOON, 0, 1);
        assertThat(names(world.rank(pinned("a/pin")))).containsExactly("a/good");
    }

    @Test
    void namedModelsAreExclusiveInTheirOrder() {
        World world = new World()
                .platform("a")
                .model("a/one")
                .stats("a/one", 100, 100, 277, 300)
                .model("a/two")
                .model("a/three");

        RoutePlan plan = world.rank(explicit(false, "a/three", "a/missing", "a/one", "a/three"));

        assertThat(names(plan)).containsExactly("a/three", "a/one");
        assertThat(reasons(plan)).containsOnly(entry("a/missing", SkipReason.UNKNOWN_MODEL));
        assertThat(plan.exclusive()).isTrue();
    }

    @Test
    void withFallbackTheChainFollowsTheNamedModels() {
        World world = new World()
                .platform("a")
                .model("a/one")
                .stats("a/one", 100, 100, 277, 300)
                .model("a/two")
                .stats("a/two", 50, 100, 277, 300)
                .model("a/three");

        RoutePlan plan = world.rankByMean(explicit(true, "a/three"));

        assertThat(names(plan)).containsExactly("a/three", "a/one", "a/two");
        assertThat(plan.exclusive()).isFalse();
    }

    @Test
    void theLastResortServesOnlyWhileNoRealKeyExists() {
        Set<PlatformId> demo = Set.of(new PlatformId("demo"));
        RouteQuery query = RouteQuery.anything(Mode.BALANCED, demo);
        World world = new World()
                .platform("demo", Origin.BUILTIN, true, true)
                .model("demo/echo")
                .platform("built-in-keyless", Origin.BUILTIN, true, true)
                .platform("a", Origin.BUILTIN, true, false)
                .model("a/m");
        assertThat(names(world.rank(query))).containsExactly("demo/echo");

        world.key("a", "k", true, KeyStatus.HEALTHY);
        assertThat(names(world.rank(query))).containsExactly("a/m");
        assertThat(names(world.rank(
                        new RouteQuery(explicit(false, "demo/echo").target(), null, Map.of(), 0, false, false, demo))))
                .containsExactly("demo/echo");
    }

    @Test
    void aRefusedRealKeyDoesNotBringTheLastResortBack() {
        World world = new World()
                .platform("demo", Origin.BUILTIN, true, true)
                .model("demo/echo")
                .platform("a", Origin.BUILTIN, true, false)
                .key("a", "k", true, KeyStatus.INVALID)
                .model("a/m");
        RoutePlan plan = world.rank(RouteQuery.anything(Mode.BALANCED, Set.of(new PlatformId("demo"))));
        assertThat(reasons(plan))
                .containsOnly(entry("demo/echo", SkipReason.LAST_RESORT), entry("a/m", SkipReason.NO_KEY));
    }

    @Test
    void aKeylessPlatformOfTheUserReplacesTheLastResort() {
        World world = new World()
                .platform("demo", Origin.BUILTIN, true, true)
                .model("demo/echo")
                .platform("local", Origin.CUSTOM, true, true)
                .model("local/m");
        assertThat(names(world.rank(RouteQuery.anything(Mode.BALANCED, Set.of(new PlatformId("demo"))))))
                .containsExactly("local/m");
    }

    @Test
    void theDashboardShowsTheFunctionThatRoutes() {
        World world = new World()
                .platform("a")
                .model(ModelRef.parse("a/one"), 1, 1000, true, true, true)
                .stats("a/one", 90, 100, 120, 700)
                .model(ModelRef.parse("a/two"), 5, 1000, true, true, true)
                .stats("a/two", 10, 100, 20, 2500)
                .state("a/two", null, 6, 3)
                .model(ModelRef.parse("a/three"), 9, 1000, true, true, true)
                .stats("a/three", 99, 100, 140, 300)
                .state("a/three", NOW.minusSeconds(1), 3, 3)
                .model(ModelRef.parse("a/cooling"), 2, 1000, true, true, true)
                .stats("a/cooling", 99, 100, 1400, 300)
                .state("a/cooling", SOON, 0, 3);

        List<Router.Explained> rows =
                Router.explain(world.directory(), world.cooldowns(), world.statistics(), Set.of(), NOW);
        RoutePlan plan = world.rankByMean(auto(Mode.BALANCED));

        assertThat(rows).extracting(row -> row.ref().id()).containsExactly("one", "two", "three", "cooling");
        for (RoutePlan.Candidate candidate : plan.usable()) {
            Router.Explained row = rows.stream()
                    .filter(each -> each.ref().equals(candidate.ref()))
                    .findFirst()
                    .orElseThrow();
            assertThat(row.parts().effectiveScore())
                    .isCloseTo(candidate.score(), org.assertj.core.api.Assertions.within(1e-12));
            assertThat(row.leftOut()).isNull();
        }
        assertThat(rows.get(3).leftOut()).isEqualTo(SkipReason.COOLING);
        assertThat(rows.get(3).until()).isEqualTo(SOON);
        assertThat(rows.get(3).parts().outage()).isTrue();
    }

    @Test
    void whenNoModelIsACandidateTheDashboardComparesAll() {
        World world = new World()
                .platform("a", Origin.CUSTOM, true, false)
                .model(ModelRef.parse("a/one"), 1, 1000, true, true, true)
                .model(ModelRef.parse("a/two"), 2, 1000, true, true, true);
        List<Router.Explained> rows =
                Router.explain(world.directory(), world.cooldowns(), world.statistics(), Set.of(), NOW);
        assertThat(rows).extracting(row -> row.parts().intelligence()).containsExactly(1.0, 0.0);
    }

    @Test
    void anEmptyDirectoryRoutesNothing() {
        RoutePlan plan = new World().rank(auto(Mode.BALANCED));
        assertThat(plan.nothingRoutable()).isTrue();
        assertThat(plan.allTooSmall()).isFalse();
        assertThat(plan.noSuchModel()).isFalse();
        assertThat(plan.soonest()).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> new Target.Explicit(List.of(), true, Mode.SMART));
    }

    private static RouteQuery prompt(long tokens) {
        return new RouteQuery(new Target.Auto(Mode.BALANCED), null, Map.of(), tokens, false, false, Set.of());
    }
}
