package dev.switchboard.node.session;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import dev.switchboard.node.persistence.StateStore;
import dev.switchboard.node.persistence.WriteBehind;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.session.InspectReply;
import dev.switchboard.protocol.session.SessionCommand;
import dev.switchboard.protocol.session.SessionView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The owner of one session (behaviour.md §1): answers from memory, writes behind, forgets everything when the session
 * was not used for its time to live, and always stops soon after its stop message.
 */
final class SessionActor extends AbstractBehavior<Object> {
    /** Below sharding's hand-off time, so that a write that hangs never holds up a shard. */
    static final Duration STOP_DEADLINE = Duration.ofSeconds(3);

    private static final Duration UNKNOWN_LINGERS = Duration.ofMinutes(1);
    private static final Duration LOAD_AGAIN = Duration.ofSeconds(2);
    private static final int MAX_REPLIES = 64;

    private enum Tick {
        EXPIRE,
        TOUCH,
        LOAD,
        DEADLINE
    }

    private final SessionKey key;
    private final ActorRef<ClusterSharding.ShardCommand> shard;
    private final SessionContext shared;
    private final TimerScheduler<Object> timers;
    private final SessionMemory memory;
    private final List<ActorRef<Done>> waitingForStore = new ArrayList<>();
    private @Nullable WriteBehind<SessionState> writes;
    private boolean stopping;

    SessionActor(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            SessionKey key,
            ActorRef<ClusterSharding.ShardCommand> shard,
            SessionContext shared) {
        super(context);
        this.key = key;
        this.shard = shard;
        this.shared = shared;
        this.memory = new SessionMemory(shared.decisions());
        this.timers = timers;
        armExpiry(now());
        shared.entities().serves(key.value(), context.getSelf().narrow());
    }

    /** No list of cases: every session that is known has its actor, and would have its list. */
    @Override
    public Receive<Object> createReceive() {
        return new Receive<>() {
            @Override
            public Behavior<Object> receiveMessage(Object message) {
                return message instanceof SessionCommand command ? onCommand(command) : onOwn(message);
            }

            @Override
            public Behavior<Object> receiveSignal(Signal signal) {
                return signal instanceof PostStop ? onPostStop() : Behaviors.unhandled();
            }
        };
    }

    private Behavior<Object> onCommand(SessionCommand command) {
        if (command instanceof SessionCommand.Open open) {
            return onOpen(open);
        } else if (command instanceof SessionCommand.TurnSucceeded turn) {
            return onTurnSucceeded(turn);
        } else if (command instanceof SessionCommand.AttemptFailed failed) {
            return onAttemptFailed(failed);
        } else if (command instanceof SessionCommand.Trace trace) {
            return onTrace(trace);
        } else if (command instanceof SessionCommand.Inspect inspect) {
            return onInspect(inspect);
        } else if (command instanceof SessionCommand.Forget forget) {
            return onForget(forget);
        } else if (command instanceof SessionCommand.LiftBan lift) {
            return onLiftBan(lift);
        } else if (command instanceof SessionCommand.Stop) {
            return onStop();
        }
        return Behaviors.unhandled();
    }

    private Behavior<Object> onOwn(Object message) {
        if (message instanceof WriteBehind.Event event) {
            return onWriteEvent(event);
        } else if (message instanceof SessionLoading.Answer answer) {
            return onAnswer(answer);
        } else if (message instanceof Tick tick) {
            return switch (tick) {
                case EXPIRE -> onExpire();
                case TOUCH -> settle();
                case LOAD -> onLoadAgain();
                case DEADLINE -> onDeadline();
            };
        }
        return Behaviors.unhandled();
    }

    private Behavior<Object> onOpen(SessionCommand.Open open) {
        if (stopping && !memory.isLoaded()) {
            // The turn asks again, of the next owner: that one may know the pin.
            return this;
        }
        Instant now = now();
        forgetIfExpired(now);
        memory.use(state -> state.opened(open.mode(), now));
        shared.entities().answer(key.value(), open.replyTo(), memory.state().view(now));
        return settle();
    }

    private Behavior<Object> onTurnSucceeded(SessionCommand.TurnSucceeded turn) {
        Instant now = now();
        memory.change(
                state -> state.succeeded(turn.model(), turn.key(), turn.pin(), now),
                // A turn that did not know of the pin must not move it.
                state -> state.succeeded(turn.model(), turn.key(), false, now));
        if (turn.decision() != null) {
            memory.trace(turn.decision());
        }
        return settle();
    }

    private Behavior<Object> onAttemptFailed(SessionCommand.AttemptFailed attempt) {
        Instant now = now();
        memory.change(state -> state.failed(attempt.model(), attempt.key(), attempt.effect(), now));
        return settle();
    }

    private Behavior<Object> onTrace(SessionCommand.Trace trace) {
        memory.trace(trace.decision());
        return this;
    }

    private Behavior<Object> onInspect(SessionCommand.Inspect inspect) {
        forgetIfExpired(now());
        SessionState state = memory.state();
        if (!state.isUnknown()) {
            inspect.replyTo().tell(new InspectReply.Found(shared.index().summary(key, state), memory.decisions()));
            return settle();
        }
        inspect.replyTo().tell(new InspectReply.Unknown(key.value()));
        if (memory.isLoaded()) {
            passivate();
        }
        return settle();
    }

    private Behavior<Object> onForget(SessionCommand.Forget forget) {
        memory.forget();
        return answerWhenStored(forget.replyTo());
    }

    private Behavior<Object> onLiftBan(SessionCommand.LiftBan lift) {
        memory.change(state -> state.lifted(lift.platform()));
        return answerWhenStored(lift.replyTo());
    }

    /** The answer waits for the database; while that is away the asker learns by its timeout. */
    private Behavior<Object> answerWhenStored(ActorRef<Done> replyTo) {
        if (waitingForStore.size() < MAX_REPLIES) {
            waitingForStore.add(replyTo);
        }
        return settle();
    }

    private Behavior<Object> onStop() {
        stopping = true;
        leave();
        timers.startSingleTimer(Tick.DEADLINE, Tick.DEADLINE, STOP_DEADLINE);
        if (writes != null) {
            writes.hurry();
        }
        return settle();
    }

    private Behavior<Object> onDeadline() {
        getContext().getLog().warn("session stops before its last change is stored");
        return Behaviors.stopped();
    }

    private Behavior<Object> onWriteEvent(WriteBehind.Event event) {
        if (writes != null && writes.onEvent(event) == WriteBehind.Progress.CONFLICT) {
            getContext().getLog().warn("session stops: its row was written by somebody else");
            return Behaviors.stopped();
        }
        return settle();
    }

    /** The store's answer, at the start or later. */
    Behavior<Object> onAnswer(SessionLoading.Answer answer) {
        if (memory.isLoaded()) {
            return this;
        }
        StateStore.Loaded<SessionState> loaded = answer.loaded();
        if (loaded != null) {
            memory.load(loaded.state(), now(), shared.settings().ttl());
            writes = WriteBehind.of(
                    getContext(), timers, shared.store(), SessionLoading.persistenceId(key), loaded.revision());
            armExpiry(now());
            return settle();
        }
        if (isUnreadable(answer.error())) {
            getContext().getLog().error("session stops rather than overwrite what it cannot read", answer.error());
            return Behaviors.stopped();
        }
        timers.startSingleTimer(Tick.LOAD, Tick.LOAD, LOAD_AGAIN);
        return this;
    }

    static boolean isUnreadable(@Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof StateStore.UnreadableStateException;
    }

    private Behavior<Object> onLoadAgain() {
        SessionLoading.ask(getContext(), shared.store(), key);
        return this;
    }

    private Behavior<Object> onExpire() {
        Instant now = now();
        SessionState state = memory.state();
        if (state.isUnknown()) {
            passivate();
        } else if (forgetIfExpired(now)) {
            passivate();
            return settle();
        }
        armExpiry(now);
        return this;
    }

    private boolean forgetIfExpired(Instant now) {
        SessionState state = memory.state();
        if (state.isUnknown() || state.expiry(shared.settings().ttl()).isAfter(now)) {
            return false;
        }
        memory.forget();
        return true;
    }

    /** One timer, set anew when it fires: a use costs no timer. */
    private void armExpiry(Instant now) {
        SessionState state = memory.state();
        Duration left = state.isUnknown()
                ? UNKNOWN_LINGERS
                : Duration.between(now, state.expiry(shared.settings().ttl()));
        timers.startSingleTimer(Tick.EXPIRE, Tick.EXPIRE, left.isNegative() ? Duration.ZERO : left);
    }

    private void passivate() {
        leave();
        shard.tell(new ClusterSharding.Passivate<>(getContext().getSelf()));
    }

    private void leave() {
        shared.entities().leaves(key.value(), getContext().getSelf().narrow());
    }

    /** After every change: shows it to the index, has it written, and stops once nothing is left to write. */
    private Behavior<Object> settle() {
        SessionState state = memory.state();
        if (state.isUnknown()) {
            shared.index().remove(key);
        } else {
            shared.index().put(key, state);
        }
        WriteBehind<SessionState> target = writes;
        if (target != null) {
            hand(target);
            if (target.isClean()) {
                waitingForStore.forEach(replyTo -> replyTo.tell(Done.getInstance()));
                waitingForStore.clear();
            }
        }
        boolean unsaved = target == null ? !state.isUnknown() : !target.isClean();
        return stopping && !unsaved ? Behaviors.stopped() : this;
    }

    private void hand(WriteBehind<SessionState> target) {
        if (memory.needsDeletion()) {
            memory.deleted();
            target.delete();
            return;
        }
        Instant now = now();
        SessionMemory.Need need = memory.need(now);
        if (need == SessionMemory.Need.NOW || (need == SessionMemory.Need.LATER && stopping)) {
            target.save(memory.written(now));
        } else if (need == SessionMemory.Need.LATER && !timers.isTimerActive(Tick.TOUCH)) {
            timers.startSingleTimer(Tick.TOUCH, Tick.TOUCH, Duration.between(now, memory.nextTouch()));
        }
    }

    /** Answers what was asked of a session that must not serve. */
    void refuse(Object message) {
        if (message instanceof SessionCommand.Open open) {
            open.replyTo().tell(SessionView.EMPTY);
        } else if (message instanceof SessionCommand.Inspect inspect) {
            inspect.replyTo().tell(new InspectReply.Unknown(key.value()));
        }
    }

    private Behavior<Object> onPostStop() {
        leave();
        shared.index().remove(key);
        return this;
    }

    private Instant now() {
        return shared.clock().instant();
    }
}
