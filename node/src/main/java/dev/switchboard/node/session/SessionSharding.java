package dev.switchboard.node.session;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.RecipientRef;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.ClusterShardingSettings;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import dev.switchboard.node.persistence.JdbcStateStore;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.sharding.Courier;
import dev.switchboard.node.sharding.Entities;
import dev.switchboard.node.sharding.OwnerType;
import dev.switchboard.node.socket.EventLoops;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.session.InspectReply;
import dev.switchboard.protocol.session.SessionCommand;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The sessions of the whole cluster: one actor each, placed by sharding. */
public final class SessionSharding {
    /** The sharded type; its name is what {@code /api/cluster} shows for shards. */
    public static final EntityTypeKey<SessionCommand> TYPE = EntityTypeKey.create(SessionCommand.class, "session");

    /** What the persistence id of every session begins with. */
    public static final String ID_PREFIX = "session|";

    /** How long an owner that is just being lost holds up an answer. */
    private static final Duration HEARD_TIMEOUT = Duration.ofSeconds(1);

    private record Question(SessionKey key, ActorRef<InspectReply> replyTo) {}

    private final ActorSystem<?> system;
    private final Entities<SessionCommand> entities;
    private final ActorRef<Question> questions;

    private SessionSharding(ActorSystem<?> system, Entities<SessionCommand> entities) {
        this.system = system;
        this.entities = entities;
        this.questions = system.systemActorOf(
                Behaviors.receiveMessage(asked -> {
                    entities.tell(asked.key().value(), new SessionCommand.Inspect(asked.replyTo()));
                    return Behaviors.same();
                }),
                "session-questions",
                EventLoops.props(system));
    }

    /**
     * Starts this node's share of the sessions. Sessions passivate themselves when their time to live is over, so
     * sharding's own passivation is off.
     */
    public static SessionSharding init(
            ActorSystem<?> system,
            JdbcStateStore<SessionState> store,
            Supplier<Settings.Session> settings,
            SessionIndex index,
            Courier courier,
            Clock clock) {
        ClusterSharding sharding = ClusterSharding.get(system);
        Entities<SessionCommand> entities =
                courier.entities(OwnerType.SESSION, SessionCommand.class, id -> sharding.entityRefFor(TYPE, id));
        SessionContext shared = new SessionContext(store, settings, index, entities, clock);
        sharding.init(Entity.of(
                        TYPE,
                        context -> SessionLoading.create(
                                new SessionKey(context.getEntityId()), context.getShard(), shared))
                .withEntityProps(EventLoops.props(system))
                .withStopMessage(SessionCommand.Stop.INSTANCE)
                .withSettings(ClusterShardingSettings.create(system).withNoPassivationStrategy()));
        system.systemActorOf(
                SessionSweeper.create(
                        time -> store.sweep(ID_PREFIX, time),
                        () -> settings.get().ttl(),
                        clock),
                "session-sweeper",
                Props.empty());
        return new SessionSharding(system, entities);
    }

    /** Tells the owner of a session, wherever it is. */
    public void tell(SessionKey key, SessionCommand message) {
        entities.tell(key.value(), message);
    }

    /**
     * Completes when the owner of a session has taken in what this thread told it, for an owner on another node after a
     * second at the latest. It is asked on the way that {@link #tell} takes, so behind that. Never fails.
     */
    public CompletionStage<Done> heard(SessionKey key) {
        if (entities.isHere(key.value())) {
            return CompletableFuture.completedStage(Done.getInstance());
        }
        return AskPattern.<Question, InspectReply>ask(
                        questions, replyTo -> new Question(key, replyTo), HEARD_TIMEOUT, system.scheduler())
                .handleAsync((reply, silence) -> Done.getInstance(), Runnable::run);
    }

    /** The owner of a session, wherever it is; for one message. */
    public RecipientRef<SessionCommand> of(SessionKey key) {
        return entities.of(key.value());
    }
}
