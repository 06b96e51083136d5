package dev.switchboard.node.provider;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;

/**
 * The owner of a platform after the stop message: it writes its last state and always stops, by a deadline that is far
 * below sharding's hand-off time. What still arrives is left to be asked again.
 */
final class ProviderStopping extends AbstractBehavior<Object> {
    static final Duration DEADLINE = Duration.ofSeconds(2);

    private final Memory memory;
    private final ProviderState last;
    private boolean lastBegun;

    private ProviderStopping(ActorContext<Object> context, Memory memory, ProviderState last) {
        super(context);
        this.memory = memory;
        this.last = last;
    }

    static Behavior<Object> begin(
            ActorContext<Object> context, TimerScheduler<Object> timers, Memory memory, ProviderState last) {
        timers.startSingleTimer(ProviderEvent.Timer.STOP_DEADLINE, ProviderEvent.Timer.STOP_DEADLINE, DEADLINE);
        return new ProviderStopping(context, memory, last).next();
    }

    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder()
                .onMessage(ProviderEvent.Saved.class, this::onSaved)
                .onMessageEquals(ProviderEvent.Timer.STOP_DEADLINE, Behaviors::stopped)
                .onAnyMessage(message -> this)
                .build();
    }

    private Behavior<Object> onSaved(ProviderEvent.Saved event) {
        memory.saved(event);
        return next();
    }

    private Behavior<Object> next() {
        if (!memory.isWriting()) {
            if (lastBegun || !memory.canWrite()) {
                return Behaviors.stopped();
            }
            lastBegun = true;
            memory.write(last);
        }
        return this;
    }
}
