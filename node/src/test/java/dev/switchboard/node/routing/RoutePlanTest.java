package dev.switchboard.node.routing;

import static dev.switchboard.node.routing.World.names;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.routing.Decision.Step;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.session.SessionEffect;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoutePlanTest {
    private final World world = new World()
            .platform("a")
            .platform("b")
            .platform("c")
            .model(ModelRef.parse("a/one"), 1, 1000, true, true, true)
            .model(ModelRef.parse("a/two"), 1, 4000, true, true, true)
            .model(ModelRef.parse("b/one"), 1, 1000, true, true, true)
            .model(ModelRef.parse("c/one"), 1, 8000, true, true, true)
            .model(ModelRef.parse("b/two"), 1, 500, true, true, true);

    @Test
    void anotherKeyKeepsThePlan() {
        assertThat(after(Step.NEXT_KEY, Skip.KEY)).containsExactly("a/one", "a/two", "b/one", "c/one", "b/two");
    }

    @Test
    void theNextModelLeavesOutTheModelOrItsPlatform() {
        assertThat(after(Step.NEXT_MODEL, Skip.MODEL)).containsExactly("a/two", "b/one", "c/one", "b/two");
        assertThat(after(Step.NEXT_MODEL, Skip.PLATFORM)).containsExactly("b/one", "c/one", "b/two");
    }

    @Test
    void aRefusalLeavesTheOtherPlatforms() {
        assertThat(after(Step.OTHER_PLATFORM_ONCE, Skip.PLATFORM)).containsExactly("b/one", "c/one", "b/two");
    }

    @Test
    void aPromptThatWasTooLargeLeavesLargerWindows() {
        assertThat(after(Step.LARGER_WINDOW, Skip.MODEL)).containsExactly("a/two", "c/one");
    }

    @Test
    void nothingFollowsTheEnd() {
        assertThat(after(Step.STOP, Skip.NOTHING)).isEmpty();
    }

    private List<String> after(Step step, Skip skip) {
        RoutePlan plan = world.rank(World.explicit(false, "a/one", "a/two", "b/one", "c/one", "b/two"));
        Decision decision = new Decision(step, skip, List.of(), SessionEffect.NONE, null, null, true);
        return names(plan.after(decision, ModelRef.parse("a/one"), world.directory()));
    }
}
