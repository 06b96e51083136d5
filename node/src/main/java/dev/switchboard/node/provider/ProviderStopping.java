package dev.switchboard.node.provider;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.switchboard.protocol.provider.ProviderCommand;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The owner of a platform after the stop message: it writes its last state and always stops, by a deadline that is far
 * below sharding's hand-off time. The end of a lease, which is told once, is passed on to the owner that follows; every
 * other thing that still arrives is left to be asked again.
 */
final class ProviderStopping extends AbstractBehavior<Object> {
    static final Duration DEADLINE = Duration.ofSeconds(2);

    private final Memory memory;
    private final ProviderState last;
    private final Consumer<ProviderCommand.Settle> next;
    private boolean lastBegun;

    private ProviderStopping(
            ActorContext<Object> context, Memory memory, ProviderState last, Consumer<ProviderCommand.Settle> next) {
        super(context);
        this.next = next;
        this.memory = memory;
        this.last = last;
    }

    static Behavior<Object> begin(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            Memory memory,
            ProviderState last,
            Consumer<ProviderCommand.Settle> next) {
        timers.startSingleTimer(ProviderEvent.Timer.STOP_DEADLINE, ProviderEvent.Timer.STOP_DEADLINE, DEADLINE);
        return new ProviderStopping(context, memory, last, next).write();
    }

    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder()
                .onMessage(ProviderEvent.Saved.class, this::onSaved)
                .onMessage(ProviderCommand.Settle.class, this::onSettle)
                .onMessageEquals(ProviderEvent.Timer.STOP_DEADLINE, Behaviors::stopped)
                .onAnyMessage(message -> this)
                .build();
    }

    private Behavior<Object> onSettle(ProviderCommand.Settle told) {
        next.accept(told);
        return this;
    }

    private Behavior<Object> onSaved(ProviderEvent.Saved event) {
        memory.saved(event);
        return write();
    }

    private Behavior<Object> write() {
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
