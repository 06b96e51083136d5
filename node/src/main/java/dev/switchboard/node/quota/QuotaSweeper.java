package dev.switchboard.node.quota;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.switchboard.protocol.domain.ApiKeyId;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Has the counts of API keys that are no more forgotten, for those whose owner was not told when they were removed. Every
 * node runs one; forgetting twice does no harm.
 */
final class QuotaSweeper extends AbstractBehavior<Object> {
    static final Duration INTERVAL = Duration.ofHours(1);

    private enum Tick {
        SWEEP
    }

    private record Stored(@Nullable Set<ApiKeyId> keys, @Nullable Throwable error) {}

    private final Supplier<? extends CompletionStage<Set<ApiKeyId>>> stored;
    private final Supplier<@Nullable Set<ApiKeyId>> known;
    private final Consumer<ApiKeyId> forget;

    private QuotaSweeper(
            ActorContext<Object> context,
            Supplier<? extends CompletionStage<Set<ApiKeyId>>> stored,
            Supplier<@Nullable Set<ApiKeyId>> known,
            Consumer<ApiKeyId> forget) {
        super(context);
        this.stored = stored;
        this.known = known;
        this.forget = forget;
    }

    /**
     * A sweeper.
     *
     * @param stored the keys whose counts the database has
     * @param known the keys that there are; null while the directory has not arrived
     */
    static Behavior<Object> create(
            Supplier<? extends CompletionStage<Set<ApiKeyId>>> stored,
            Supplier<@Nullable Set<ApiKeyId>> known,
            Consumer<ApiKeyId> forget) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Tick.SWEEP, INTERVAL);
            return new QuotaSweeper(context, stored, known, forget);
        }));
    }

    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Tick.SWEEP, this::onSweep)
                .onMessage(Stored.class, this::onStored)
                .build();
    }

    private Behavior<Object> onSweep() {
        getContext().pipeToSelf(stored.get(), Stored::new);
        return this;
    }

    private Behavior<Object> onStored(Stored rows) {
        Set<ApiKeyId> now = known.get();
        if (rows.keys() == null) {
            getContext().getLog().warn("Counts of removed API keys stay for now: {}", String.valueOf(rows.error()));
        } else if (now != null) {
            // Read after the rows: a key that was made in between is known by now.
            rows.keys().stream().filter(key -> !now.contains(key)).forEach(forget);
        }
        return this;
    }
}
