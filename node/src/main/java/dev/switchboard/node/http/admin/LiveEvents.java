package dev.switchboard.node.http.admin;

import akka.NotUsed;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.pubsub.Topic;
import akka.cluster.typed.Cluster;
import akka.stream.BoundedSourceQueue;
import akka.stream.OverflowStrategy;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import dev.switchboard.node.cluster.MemberWatch;
import dev.switchboard.node.statistics.Statistics;
import dev.switchboard.protocol.cluster.DashboardEvent;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.session.Ban;
import dev.switchboard.protocol.statistics.StatisticsCommand.RequestEnded;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What happens in the cluster now, for the dashboards open on this node. Routes, bans and counters of this node are published
 * to all nodes, at most 50 events a second, the oldest dropped; cooldowns, keys and members are seen in this node's own
 * replicas.
 */
public final class LiveEvents {
    private static final int EVENTS_A_SECOND = 50;
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration COUNT = Duration.ofSeconds(2);

    private final String node;
    private final ActorRef<Topic.Command<DashboardEvent>> topic;
    private final EventBroadcast broadcast;
    private final BoundedSourceQueue<DashboardEvent> events;
    private final LongAdder ended = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final Ration shown = new Ration(EVENTS_A_SECOND, System::nanoTime);

    /**
     * What this node can say of itself and its replicas.
     *
     * @param cooldowns what is cooling at a time
     * @param inFlight requests that this node is serving
     * @param streamsOpen streams among them
     */
    public record Sources(
            String node,
            Statistics statistics,
            Supplier<DirectorySnapshot> directory,
            Function<Instant, List<CooldownSnapshot.Entry>> cooldowns,
            LongSupplier inFlight,
            LongSupplier streamsOpen,
            Clock clock) {}

    private LiveEvents(ActorSystem<?> system, Sources sources) {
        this.node = sources.node();
        this.broadcast = new EventBroadcast(system);
        this.topic = system.systemActorOf(
                Topic.create(DashboardEvent.class, "dashboard-events"), "dashboard-events", Props.empty());
        system.systemActorOf(
                Behaviors.supervise(Watch.create(this, sources)).onFailure(SupervisorStrategy.restart()),
                "live-events",
                Props.empty());
        system.systemActorOf(
                MemberWatch.create((address, status) ->
                        broadcast.send(new EventFrame("member", new EventRows.Member(address, status)))),
                "live-members",
                Props.empty());
        this.events = Source.<DashboardEvent>queue(EVENTS_A_SECOND)
                .buffer(EVENTS_A_SECOND, OverflowStrategy.dropHead())
                .throttle(EVENTS_A_SECOND, Duration.ofSeconds(1))
                .to(Sink.foreach(this::publish))
                .run(system);
        sources.statistics().follow(this::onEnded);
    }

    /** Starts it; once a node. */
    public static LiveEvents start(ActorSystem<?> system, Sources sources) {
        return new LiveEvents(system, sources);
    }

    /** A session of this node keeps away from a platform. */
    public void banned(SessionKey session, Ban ban) {
        events.offer(new DashboardEvent.Banned(node, session, ban));
    }

    /** Frames of server-sent events from now on. */
    Source<ByteString, NotUsed> listen() {
        return broadcast.listen();
    }

    private void publish(DashboardEvent event) {
        topic.tell(Topic.publish(event));
    }

    /** Counts every one, shows as many as a second may have; only the statistics' actor calls it. */
    private void onEnded(RequestEnded request) {
        if (request.wasRouted()) {
            ended.increment();
            if (request.status() >= 400) {
                failed.increment();
            }
        }
        if (shown.take()) {
            events.offer(routed(request));
        }
    }

    private DashboardEvent routed(RequestEnded request) {
        return new DashboardEvent.Routed(
                node,
                request.at(),
                request.requestId(),
                request.session(),
                request.requested(),
                request.model(),
                request.status(),
                request.failure(),
                request.attempts(),
                request.stream(),
                request.totalMs(),
                request.ttftMs(),
                request.inputTokens(),
                request.outputTokens());
    }

    /** Looks at the replicas, counts, and hands on what comes from all nodes. */
    private static final class Watch extends AbstractBehavior<Watch.Command> {
        private sealed interface Command {}

        private enum Tick implements Command {
            LOOK,
            COUNT
        }

        private record Heard(DashboardEvent event) implements Command {}

        private final LiveEvents events;
        private final Sources sources;
        private final SnapshotDiff diff = new SnapshotDiff();
        private final ClusterCounters counters = new ClusterCounters();

        private Watch(ActorContext<Command> context, LiveEvents events, Sources sources) {
            super(context);
            this.events = events;
            this.sources = sources;
            events.topic.tell(Topic.subscribe(context.messageAdapter(DashboardEvent.class, Heard::new)));
        }

        static Behavior<Command> create(LiveEvents events, Sources sources) {
            return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
                timers.startTimerWithFixedDelay(Tick.LOOK, LOOK);
                timers.startTimerWithFixedDelay(Tick.COUNT, COUNT);
                return new Watch(context, events, sources);
            }));
        }

        @Override
        public Receive<Command> createReceive() {
            return newReceiveBuilder()
                    .onMessageEquals(Tick.LOOK, this::onLook)
                    .onMessageEquals(Tick.COUNT, this::onCount)
                    .onMessage(Heard.class, this::onHeard)
                    .build();
        }

        private Behavior<Command> onLook() {
            // Without listeners too: who begins to listen is told what changes from then on, not from the next look on.
            List<String> away = Cluster.get(getContext().getSystem()).state().getUnreachable().stream()
                    .map(member -> member.address().toString())
                    .toList();
            diff.look(
                            sources.directory().get(),
                            sources.cooldowns().apply(sources.clock().instant()),
                            away)
                    .forEach(events.broadcast::send);
            return this;
        }

        private Behavior<Command> onCount() {
            events.publish(new DashboardEvent.Counters(
                    events.node,
                    COUNT.toSeconds(),
                    events.ended.sumThenReset(),
                    events.failed.sumThenReset(),
                    sources.inFlight().getAsLong(),
                    sources.streamsOpen().getAsLong()));
            events.broadcast.send(
                    new EventFrame("stats", counters.sum(sources.clock().instant())));
            return this;
        }

        private Behavior<Command> onHeard(Heard heard) {
            DashboardEvent event = heard.event();
            if (event instanceof DashboardEvent.Routed routed) {
                events.broadcast.send(EventRows.Route.frame(routed));
            } else if (event instanceof DashboardEvent.Banned banned) {
                events.broadcast.send(EventRows.Ban.frame(banned));
            } else if (event instanceof DashboardEvent.Counters counted) {
                counters.take(counted, sources.clock().instant());
            }
            return this;
        }
    }
}
