package dev.switchboard.node.provider;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

/**
 * Whatever the order of grant, repeat, late grant, end, second end, death of a turn, restart and crash: a lease counts
 * once, none is lost, windows keep to their limits and counts return to zero.
 */
class LedgerTest {
    /** One thing that happens, and a number that decides to whom and how. */
    record Step(What what, int pick) {}

    enum What {
        ASK,
        ASK_AGAIN,
        SETTLE,
        SETTLE_OTHER,
        DIE,
        PASS,
        RESTART,
        SLOW_RESTART,
        WRITE,
        CRASH
    }

    private static Arbitrary<List<Step>> steps(What... rare) {
        Arbitrary<What> what = Arbitraries.frequency(
                Tuple.of(10, What.ASK),
                Tuple.of(3, What.ASK_AGAIN),
                Tuple.of(7, What.SETTLE),
                Tuple.of(2, What.SETTLE_OTHER),
                Tuple.of(1, What.DIE),
                Tuple.of(3, What.PASS));
        Arbitrary<What> all = Arbitraries.frequencyOf(Tuple.of(25, what), Tuple.of(2, Arbitraries.of(rare)));
        return Combinators.combine(
                        all,
                        Arbitraries.integers().between(0, 1_000_000).withDistribution(RandomDistribution.uniform()))
                .as(Step::new)
                .list()
                .ofMinSize(20)
                .ofMaxSize(150);
    }

    @Provide
    Arbitrary<List<Step>> exact() {
        return steps(What.RESTART);
    }

    @Provide
    Arbitrary<List<Step>> rough() {
        return steps(What.RESTART, What.SLOW_RESTART, What.WRITE, What.WRITE, What.CRASH);
    }

    @Property(tries = 300)
    void limitsHoldOverRestarts(@ForAll("exact") List<Step> steps) {
        Ledger ledger = new Ledger();
        for (Step step : steps) {
            run(ledger, step, false);
            ledger.verify();
            ledger.verifyLimits();
        }
        ledger.verifyEnd();
    }

    @Property(tries = 300)
    void everyLeaseCountsOnce(@ForAll("rough") List<Step> steps) {
        Ledger ledger = new Ledger();
        for (Step step : steps) {
            run(ledger, step, true);
            ledger.verify();
        }
        ledger.verifyEnd();
    }

    private static void run(Ledger ledger, Step step, boolean mayOverrun) {
        int pick = step.pick();
        switch (step.what()) {
            case ASK -> ledger.ask(pick);
            case ASK_AGAIN -> ledger.askAgain(pick);
            case SETTLE -> ledger.settleHeld(pick, mayOverrun);
            case SETTLE_OTHER -> ledger.settleOther(pick);
            case DIE -> ledger.turnDies(pick);
            case PASS -> ledger.pass(pick);
            case RESTART -> ledger.restart();
            case SLOW_RESTART -> ledger.slowRestart(pick);
            case WRITE -> ledger.write();
            case CRASH -> ledger.crash();
        }
    }
}
