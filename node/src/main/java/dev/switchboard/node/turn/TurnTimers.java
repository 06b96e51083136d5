package dev.switchboard.node.turn;

import akka.actor.typed.javadsl.TimerScheduler;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Duration;

/**
 * The clocks of the turns that one actor serves, one turn after the other. That of the budget is not set anew for every
 * turn: budgets last minutes, turns milliseconds, and the scheduler would hold every cancelled one until its time.
 */
final class TurnTimers {
    private static final TurnEvent BUDGET = new TurnEvent.BudgetSpent();
    private static final TurnEvent EARLY = new TurnEvent.HeadersDue();
    private static final TurnEvent SILENCE = new TurnEvent.Silence();

    private final TimerScheduler<TurnMessage> timers;
    private Duration budget = Duration.ZERO;
    private long began;
    private boolean budgetRuns;
    private boolean budgetIsOlder;
    private boolean asking;
    private boolean early;

    TurnTimers(TimerScheduler<TurnMessage> timers) {
        this.timers = timers;
    }

    /** A turn begins that may last for {@code time}. */
    void begin(Duration time) {
        budget = time;
        began = System.nanoTime();
        budgetIsOlder = budgetRuns;
        if (!budgetRuns) {
            startBudget(time);
        }
    }

    private void startBudget(Duration time) {
        budgetRuns = true;
        timers.startSingleTimer(BUDGET, BUDGET, time);
    }

    /** The clock of the budget has rung; whether for the turn that runs now. Else it is set for that one. */
    boolean isSpent() {
        budgetRuns = false;
        Duration left = budgetIsOlder ? budget.minusNanos(System.nanoTime() - began) : Duration.ZERO;
        budgetIsOlder = false;
        if (left.isNegative() || left.isZero()) {
            return true;
        }
        startBudget(left);
        return false;
    }

    /** The clock of the budget has rung while no turn ran. */
    void budgetRang() {
        budgetRuns = false;
    }

    /** {@link TurnEvent.HeadersDue} comes after that time. */
    void headersDueIn(Duration time) {
        early = true;
        timers.startSingleTimer(EARLY, EARLY, time);
    }

    /** {@link TurnEvent.Silence} comes after that time, unless somebody {@link #answered}. */
    void ask(Duration time) {
        asking = true;
        timers.startSingleTimer(SILENCE, SILENCE, time);
    }

    /** Who was asked has answered. */
    void answered() {
        if (asking) {
            asking = false;
            timers.cancel(SILENCE);
        }
    }

    /** The turn has ended. */
    void end() {
        answered();
        if (early) {
            early = false;
            timers.cancel(EARLY);
        }
    }
}
