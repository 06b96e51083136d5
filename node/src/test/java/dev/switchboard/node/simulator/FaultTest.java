package dev.switchboard.node.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The fault vocabulary, rules and their dice. */
class FaultTest {
    private static Fault next(FaultPlan plan, String platform, String model, String key) {
        return plan.next(FaultRule.On.CHAT, platform, model, key);
    }

    @Test
    void readsWordsAndWritesThemBack() {
        Fault fault = Fault.parse("status=503 retry-after=7 message=\"come back later\" no-done pace=50ms stall=first");
        assertThat(fault.number(FaultWord.STATUS, 0)).isEqualTo(503);
        assertThat(fault.text(FaultWord.MESSAGE)).hasValue("come back later");
        assertThat(fault.duration(FaultWord.PACE)).hasValue(Duration.ofMillis(50));
        assertThat(fault.number(FaultWord.STALL, -1)).isZero();
        assertThat(Fault.parse(fault.toString())).isEqualTo(fault);
        assertThat(Fault.parse("stall").number(FaultWord.STALL, -1)).isEqualTo(-1);
        assertThat(Fault.parse("  ").isNone()).isTrue();
    }

    @Test
    void laterWordsWin() {
        Fault both = Fault.parse("status=500 gzip").and(Fault.parse("status=503"));
        assertThat(both).isEqualTo(Fault.parse("gzip status=503"));
    }

    @Test
    void namesWhatItDoesNotKnow() {
        for (String wrong : List.of("nonsense", "status", "status=abc", "pace=5", "stall=never", "=", "status=\"5")) {
            assertThatThrownBy(() -> Fault.parse(wrong))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(wrong.replaceAll("[=\"].*", ""));
        }
    }

    @Test
    void everyWordIsDocumented() throws IOException {
        Path top = Path.of("").toAbsolutePath();
        Path page = Files.exists(top.resolve("docs")) ? top : top.resolve("..");
        String documented = Files.readString(page.resolve("docs/simulator.md"));
        for (FaultWord word : FaultWord.values()) {
            assertThat(documented).contains("| `" + word.word());
            assertThat(documented).contains(word.meaning());
        }
    }

    @Test
    void rulesMatchInOrderAndRunOut() {
        FaultPlan plan = new FaultPlan(1);
        plan.add(FaultRule.of("status=503").platform("a").times(2))
                .add(FaultRule.of("status=429").key("k1"));
        assertThat(next(plan, "a", "m", "k1")).isEqualTo(Fault.parse("status=503"));
        assertThat(next(plan, "b", "m", "k2").isNone()).isTrue();
        assertThat(next(plan, "a", "m", "k2")).isEqualTo(Fault.parse("status=503"));
        assertThat(next(plan, "a", "m", "k2").isNone()).isTrue();
        assertThat(next(plan, "a", "m", "k1")).isEqualTo(Fault.parse("status=429"));
        assertThat(plan.next(FaultRule.On.MODELS, "a", "", "k1").isNone()).isTrue();
        assertThat(plan.rules()).hasSize(1);
        plan.replace(List.of(FaultRule.of("stall").model("m").on(FaultRule.On.ANY)));
        assertThat(plan.next(FaultRule.On.MODELS, "a", "m", "").has(FaultWord.STALL))
                .isTrue();
        plan.clear();
        assertThat(next(plan, "a", "m", "k1").isNone()).isTrue();
    }

    @Test
    void diceFollowTheirSeedAndProbability() {
        FaultPlan plan = new FaultPlan(7);
        plan.add(FaultRule.of("status=500").probability(0.3));
        List<Boolean> first = rolls(plan);
        plan.seed(7);
        assertThat(rolls(plan)).isEqualTo(first);
        assertThat(first.stream().filter(hit -> hit).count()).isBetween(240L, 360L);
    }

    private static List<Boolean> rolls(FaultPlan plan) {
        return IntStream.range(0, 1000)
                .mapToObj(i -> !next(plan, "a", "m", "k").isNone())
                .toList();
    }

    @Test
    void ordersHideInModelIdsAndMessages() {
        assertThat(FaultOrders.inModel("echo+status=503+retry-after=7"))
                .isEqualTo(Fault.parse("status=503 retry-after=7"));
        assertThat(FaultOrders.inModel("c++").isNone()).isTrue();
        assertThat(FaultOrders.inModel("a+b").isNone()).isTrue();
        FaultOrders.Split split = FaultOrders.inText("hello [[status=503 retry-after=7]] [[x]] [[stall]]");
        assertThat(split.text()).isEqualTo("hello  [[x]]");
        assertThat(split.fault()).isEqualTo(Fault.parse("status=503 retry-after=7 stall"));
        assertThat(FaultOrders.inText(" a [[b]] ").text()).isEqualTo(" a [[b]] ");
    }
}
