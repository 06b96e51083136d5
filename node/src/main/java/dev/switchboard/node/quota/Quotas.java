package dev.switchboard.node.quota;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.pubsub.Topic;
import akka.cluster.sharding.typed.ClusterShardingSettings;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import dev.switchboard.node.persistence.JdbcStateStore;
import dev.switchboard.node.socket.EventLoops;
import dev.switchboard.protocol.domain.ApiKeyId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.quota.QuotaCommand;
import dev.switchboard.protocol.quota.QuotaCommand.Admission;
import dev.switchboard.protocol.quota.TellAgain;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** This node's door to the owners of API keys' limits: one owner a key, placed by the cluster. Thread-safe. */
public final class Quotas {
    /** The sharded type; the entity id is the API key's. */
    public static final EntityTypeKey<QuotaCommand> KEY = EntityTypeKey.create(QuotaCommand.class, "quota");

    static final String ID_PREFIX = "quota|";
    private static final int MOST_ROWS = 10_000;

    /** Asks meet moving shards during a hand-over: each is short and repeated. */
    private static final Duration ASK = Duration.ofMillis(800);

    /** Covers the loss of a node. */
    private static final int ASKS = 15;

    private static final Duration LOOK = Duration.ofSeconds(1);

    private final ActorSystem<?> system;
    private final ClusterSharding sharding;

    /** Admissions in one message: some 15 KB. */
    private static final int TOLD_AT_ONCE = 100;

    private final RecentAdmissions recent = new RecentAdmissions();
    private final Clock clock;

    private Quotas(ActorSystem<?> system, Clock clock) {
        this.system = system;
        this.clock = clock;
        this.sharding = ClusterSharding.get(system);
    }

    /**
     * Starts this node's region. Owners are small and as many as keys with limits, so they are never
     * passivated.
     *
     * @param known the keys that there are; null while that is not known
     */
    public static Quotas init(
            ActorSystem<?> system,
            JdbcStateStore<QuotaState> store,
            Supplier<@Nullable Set<ApiKeyId>> known,
            Clock clock) {
        ActorRef<Topic.Command<TellAgain>> calls =
                system.systemActorOf(Topic.create(TellAgain.class, "quota-calls"), "quota-calls", Props.empty());
        ClusterSharding.get(system)
                .init(Entity.of(KEY, context -> owner(new ApiKeyId(context.getEntityId()), store, clock, calls))
                        .withEntityProps(EventLoops.props(system))
                        .withStopMessage(QuotaCommand.Stop.INSTANCE)
                        .withSettings(ClusterShardingSettings.create(system).withNoPassivationStrategy()));
        Quotas quotas = new Quotas(system, clock);
        calls.tell(Topic.subscribe(system.systemActorOf(quotas.teller(), "quota-teller", Props.empty())));
        system.systemActorOf(
                QuotaSweeper.create(() -> stored(store), known, quotas::forget), "quota-sweeper", Props.empty());
        return quotas;
    }

    private static Behavior<QuotaCommand> owner(
            ApiKeyId key, JdbcStateStore<QuotaState> store, Clock clock, ActorRef<Topic.Command<TellAgain>> calls) {
        return QuotaActor.create(key, store, clock, () -> calls.tell(Topic.publish(new TellAgain(key))));
    }

    private Behavior<TellAgain> teller() {
        return Behaviors.receiveMessage(call -> {
            List<Admission> known = recent.of(call.key());
            for (int from = 0; from < known.size(); from += TOLD_AT_ONCE) {
                int to = Math.min(known.size(), from + TOLD_AT_ONCE);
                owner(call.key()).tell(new QuotaCommand.Recall(List.copyOf(known.subList(from, to))));
            }
            return Behaviors.same();
        });
    }

    private static CompletionStage<Set<ApiKeyId>> stored(JdbcStateStore<QuotaState> store) {
        return store.latest(ID_PREFIX, Instant.EPOCH, MOST_ROWS)
                .thenApplyAsync(
                        rows -> rows.keySet().stream()
                                .map(id -> new ApiKeyId(id.substring(ID_PREFIX.length())))
                                .collect(Collectors.toSet()),
                        Runnable::run);
    }

    /** The key was removed: its counts go. */
    public void forget(ApiKeyId key) {
        owner(key).tell(QuotaCommand.Forget.INSTANCE);
    }

    private EntityRef<QuotaCommand> owner(ApiKeyId key) {
        return sharding.entityRefFor(KEY, key.value());
    }

    /** Asks to let in one request; fails when the owner does not answer within 12 seconds. */
    public CompletionStage<QuotaCommand.Answer> admit(ApiKeyId key, String ticket, Limits limits, long tokens) {
        return admit(key, ticket, limits, tokens, ASKS)
                .thenApplyAsync(
                        answer -> {
                            if (answer instanceof QuotaCommand.Admitted admitted && admitted.grant() != null) {
                                recent.admitted(key, ticket, admitted.grant(), tokens, clock.instant());
                            }
                            return answer;
                        },
                        Runnable::run);
    }

    private CompletionStage<QuotaCommand.Answer> admit(
            ApiKeyId key, String ticket, Limits limits, long tokens, int asks) {
        CompletionStage<QuotaCommand.Answer> asked = owner(key)
                .ask(
                        (ActorRef<QuotaCommand.Answer> replyTo) ->
                                new QuotaCommand.Admit(ticket, limits, tokens, replyTo),
                        ASK);
        return asked.handleAsync(
                        (answer, failure) -> {
                            if (failure == null) {
                                return CompletableFuture.completedStage(answer);
                            }
                            return asks > 1
                                    ? admit(key, ticket, limits, tokens, asks - 1)
                                    : CompletableFuture.<QuotaCommand.Answer>failedStage(failure);
                        },
                        system.executionContext())
                .thenComposeAsync(next -> next, Runnable::run);
    }

    /** The request has ended. */
    public void settle(ApiKeyId key, String ticket, long reserved, long tokens) {
        recent.settled(ticket, tokens);
        owner(key).tell(new QuotaCommand.Settle(ticket, reserved, tokens));
    }

    /** What the key's requests used; fails when the owner does not answer at once. */
    public CompletionStage<QuotaCommand.Use> use(ApiKeyId key) {
        return owner(key).ask((ActorRef<QuotaCommand.Use> replyTo) -> new QuotaCommand.Inspect(replyTo), LOOK);
    }
}
