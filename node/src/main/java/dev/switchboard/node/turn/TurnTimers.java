package dev.switchboard.node.turn;

import akka.actor.typed.javadsl.TimerScheduler;
import dev.switchboard.protocol.turn.TurnMessage;
import java.time.Duration;
import java.util.function.LongSupplier;

/** The clocks of the turns that one actor serves, one turn after the other. */
final class TurnTimers {
    private final LazyTimer budget;
    private final LazyTimer early;
    private final LazyTimer silence;

    TurnTimers(TimerScheduler<TurnMessage> timers, LongSupplier nanoTime) {
        budget = new LazyTimer(timers, nanoTime, new TurnEvent.BudgetSpent());
        early = new LazyTimer(timers, nanoTime, new TurnEvent.HeadersDue());
        silence = new LazyTimer(timers, nanoTime, new TurnEvent.Silence());
    }

    /** A turn begins that may last for {@code time}. */
    void begin(Duration time) {
        budget.set(time);
    }

    /** The clock of the budget has rung; whether the turn's time is spent. */
    boolean isSpent() {
        return budget.rang();
    }

    /** {@link TurnEvent.HeadersDue} comes after that time. */
    void headersDueIn(Duration time) {
        early.set(time);
    }

    /** The clock of early headers has rung; whether they are due. */
    boolean areHeadersDue() {
        return early.rang();
    }

    /** {@link TurnEvent.Silence} comes after that time, unless somebody {@link #answered}. */
    void ask(Duration time) {
        silence.set(time);
    }

    /** The clock of who was asked has rung; whether that one is late. */
    boolean isSilent() {
        return silence.rang();
    }

    /** Who was asked has answered. */
    void answered() {
        silence.cancel();
    }

    /** The turn has ended, or all that comes is its stream. */
    void end() {
        budget.cancel();
        early.cancel();
        silence.cancel();
    }
}
