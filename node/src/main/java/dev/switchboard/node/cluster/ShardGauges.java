package dev.switchboard.node.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.cluster.sharding.ShardRegion;
import akka.cluster.sharding.typed.GetShardRegionState;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** How many shards this node hosts, asked of its own regions every five seconds; thread-safe, reading is free. */
public final class ShardGauges {
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final ActorSystem<?> system;
    private final Map<String, EntityTypeKey<?>> types;
    private final Map<String, Integer> hosted = new ConcurrentHashMap<>();

    private ShardGauges(ActorSystem<?> system, Map<String, EntityTypeKey<?>> types) {
        this.system = system;
        this.types = new TreeMap<>(types);
    }

    /** Begins to ask; {@code types} by the name people see. */
    public static ShardGauges start(ActorSystem<?> system, Map<String, EntityTypeKey<?>> types) {
        ShardGauges gauges = new ShardGauges(system, types);
        system.scheduler().scheduleWithFixedDelay(PAUSE, PAUSE, gauges::look, system.executionContext());
        return gauges;
    }

    /** Shards of a type on this node, as of at most five seconds ago; 0 where its region has not answered. */
    public int hosted(String type) {
        return hosted.getOrDefault(type, 0);
    }

    /** The types that are counted. */
    public Iterable<String> types() {
        return types.keySet();
    }

    private void look() {
        types.forEach((type, key) -> AskPattern.ask(
                        ClusterSharding.get(system).shardState(),
                        (ActorRef<ShardRegion.CurrentShardRegionState> replyTo) ->
                                new GetShardRegionState(key, replyTo),
                        PATIENCE,
                        system.scheduler())
                .handleAsync(
                        (state, failure) -> hosted.put(
                                type, failure == null ? state.getShards().size() : 0),
                        Runnable::run));
    }
}
