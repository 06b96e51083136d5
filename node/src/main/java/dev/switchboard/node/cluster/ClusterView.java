package dev.switchboard.node.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.cluster.ClusterEvent;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.sharding.ShardRegion;
import akka.cluster.sharding.typed.GetClusterShardingStats;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.cluster.typed.Cluster;
import dev.switchboard.protocol.cluster.NodeCommand.NodeLoad;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The answer of {@code /api/cluster}: members, shards, singletons and load (contract.md §4). */
public final class ClusterView {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final ActorSystem<?> system;
    private final Peers peers;
    private final Map<String, EntityTypeKey<?>> shardTypes;
    private final List<String> singletons;

    /** {@code shardTypes} by the name people see; {@code singletons} run on the oldest member. */
    public ClusterView(
            ActorSystem<?> system, Peers peers, Map<String, EntityTypeKey<?>> shardTypes, List<String> singletons) {
        this.system = system;
        this.peers = peers;
        this.shardTypes = Map.copyOf(shardTypes);
        this.singletons = List.copyOf(singletons);
    }

    /** The whole view. */
    public record View(
            String self,
            @Nullable String leader,
            List<MemberView> members,
            List<String> unreachable,
            List<ShardView> shards,
            List<SingletonView> singletons) {}

    /** One member; load and address are null where the node did not answer. */
    public record MemberView(
            String address,
            String status,
            List<String> roles,
            @Nullable Instant upSince,
            @Nullable String httpUrl,
            @Nullable Long sessions,
            @Nullable Long inFlight,
            @Nullable String version) {}

    /** Where a shard is. */
    public record ShardView(String type, String shard, String node) {}

    /** Where a singleton is. */
    public record SingletonView(String name, String node) {}

    /** Asks the nodes and puts the view together; never fails, parts that do not answer are left out. */
    public CompletionStage<View> read() {
        CompletionStage<List<NodeLoad>> loads = peers.loads().exceptionallyAsync(failure -> List.of(), Runnable::run);
        return loads.thenCombineAsync(shards(), this::assemble, Runnable::run);
    }

    /** The member that hosts the singletons: the oldest that is up. */
    public static Optional<Member> oldest(ClusterEvent.CurrentClusterState state) {
        return StreamSupport.stream(state.getMembers().spliterator(), false)
                .filter(member -> member.status().equals(MemberStatus.up())
                        || member.status().equals(MemberStatus.leaving()))
                .min((a, b) -> a.isOlderThan(b) ? -1 : b.isOlderThan(a) ? 1 : 0);
    }

    /** Has members leave, or counts them as lost. */
    public MemberControl control() {
        return new MemberControl(system);
    }

    private View assemble(List<NodeLoad> loads, List<ShardView> shards) {
        Cluster cluster = Cluster.get(system);
        ClusterEvent.CurrentClusterState state = cluster.state();
        Map<String, NodeLoad> byAddress = new HashMap<>();
        loads.forEach(load -> byAddress.put(load.address(), load));
        List<MemberView> members = new ArrayList<>();
        for (Member member : state.getMembers()) {
            String address = member.address().toString();
            NodeLoad load = byAddress.get(address);
            members.add(new MemberView(
                    address,
                    member.status().toString(),
                    List.copyOf(new TreeSet<>(member.getRoles())),
                    load == null ? null : load.upSince(),
                    load == null ? null : load.httpUrl(),
                    load == null ? null : load.sessions(),
                    load == null ? null : load.inFlight(),
                    load == null ? null : load.version()));
        }
        List<String> unreachable = state.getUnreachable().stream()
                .map(member -> member.address().toString())
                .sorted()
                .toList();
        List<SingletonView> owners = oldest(state)
                .map(member -> singletons.stream()
                        .map(name -> new SingletonView(name, member.address().toString()))
                        .toList())
                .orElse(List.of());
        return new View(
                cluster.selfMember().address().toString(),
                state.getLeader() == null ? null : state.getLeader().toString(),
                List.copyOf(members),
                unreachable,
                shards,
                owners);
    }

    private CompletionStage<List<ShardView>> shards() {
        CompletionStage<List<ShardView>> all = CompletableFuture.completedStage(new ArrayList<>());
        for (Map.Entry<String, EntityTypeKey<?>> type : shardTypes.entrySet()) {
            all = all.thenCombineAsync(
                    shardsOf(type.getKey(), type.getValue()),
                    (sum, next) -> {
                        sum.addAll(next);
                        return sum;
                    },
                    Runnable::run);
        }
        return all.thenApplyAsync(
                list -> list.stream()
                        .sorted(Comparator.comparing(ShardView::type)
                                .thenComparing(shard -> shard.shard().length())
                                .thenComparing(ShardView::shard))
                        .toList(),
                Runnable::run);
    }

    private CompletionStage<List<ShardView>> shardsOf(String name, EntityTypeKey<?> key) {
        String self = Cluster.get(system).selfMember().address().toString();
        return AskPattern.ask(
                        ClusterSharding.get(system).shardState(),
                        (ActorRef<ShardRegion.ClusterShardingStats> replyTo) ->
                                new GetClusterShardingStats(key, PATIENCE, replyTo),
                        PATIENCE.multipliedBy(2),
                        system.scheduler())
                .handleAsync(
                        (stats, failure) -> {
                            List<ShardView> shards = new ArrayList<>();
                            if (failure == null) {
                                stats.getRegions().forEach((address, region) -> {
                                    String node = address.hasLocalScope() ? self : address.toString();
                                    region.getStats()
                                            .keySet()
                                            .forEach(shard -> shards.add(new ShardView(name, shard, node)));
                                });
                            }
                            return shards;
                        },
                        Runnable::run);
    }
}
