package dev.switchboard.node.persistence;

import static org.awaitility.Awaitility.await;

import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.ClusterEvent;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** Several nodes in one JVM, on loopback and on ports of the system's choice, that share one database. */
public final class TestCluster implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(40);

    private final DatabaseConfig database;
    private final List<ActorSystem<Void>> running = new ArrayList<>();

    /** Starts {@code nodes} nodes and waits until all of them are up. */
    public TestCluster(DatabaseConfig database, int nodes) {
        this.database = database;
        for (int i = 0; i < nodes; i++) {
            join();
        }
        awaitAllUp();
    }

    /** The nodes that run, oldest first. */
    public List<ActorSystem<Void>> nodes() {
        return List.copyOf(running);
    }

    /** Starts one more node and lets it join. */
    public ActorSystem<Void> join() {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "switchboard", config());
        running.add(system);
        Cluster cluster = Cluster.get(system);
        cluster.manager()
                .tell(Join.create(Cluster.get(running.get(0)).selfMember().address()));
        return system;
    }

    /** Waits until every node sees every node up, and no other. */
    public void awaitAllUp() {
        await().atMost(LONG).until(() -> running.stream().allMatch(system -> upSeenBy(system) == running.size()));
    }

    private static long upSeenBy(ActorSystem<?> system) {
        ClusterEvent.CurrentClusterState state = Cluster.get(system).state();
        return StreamSupport.stream(state.getMembers().spliterator(), false)
                .filter(member -> member.status() == MemberStatus.up())
                .count();
    }

    /** Begins to stop a node in order, as SIGTERM does. */
    public void beginStop(ActorSystem<Void> system) {
        running.remove(system);
        CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.unknownReason());
    }

    /** Waits for the end of a node that stops. */
    public void awaitEnd(ActorSystem<Void> system) {
        await().atMost(LONG).until(() -> system.whenTerminated().isCompleted());
    }

    /** Ends a node as a crash would: without a word to the others. */
    public void crash(ActorSystem<Void> system) {
        running.remove(system);
        system.terminate();
        await().atMost(LONG).until(() -> system.whenTerminated().isCompleted());
    }

    private Config config() {
        return ConfigFactory.parseString(
                        """
                        akka {
                          actor.provider = cluster
                          actor.default-dispatcher.fork-join-executor { parallelism-min = 2, parallelism-max = 2 }
                          remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                          coordinated-shutdown {
                            exit-jvm = off
                            run-by-jvm-shutdown-hook = off
                            run-by-actor-system-terminate = off
                          }
                          cluster {
                            jmx.multi-mbeans-in-same-jvm = on
                            downing-provider-class = "akka.cluster.sbr.SplitBrainResolverProvider"
                            split-brain-resolver { active-strategy = keep-majority, stable-after = 3s, down-all-when-unstable = 6s }
                            down-removal-margin = 1s
                            failure-detector { heartbeat-interval = 500ms, acceptable-heartbeat-pause = 2s, expected-response-after = 500ms }
                            gossip-interval = 250ms
                            leader-actions-interval = 250ms
                            unreachable-nodes-reaper-interval = 250ms
                            sharding {
                              number-of-shards = 20
                              retry-interval = 500ms
                              waiting-for-state-timeout = 1s
                              updating-state-timeout = 2s
                              handoff-timeout = 10s
                            }
                            singleton.hand-over-retry-interval = 300ms
                            singleton-proxy.singleton-identification-interval = 300ms
                            distributed-data { gossip-interval = 500ms, notify-subscribers-interval = 100ms }
                          }
                        }
                        """)
                .withFallback(TestDatabases.systemConfig(database))
                .resolve();
    }

    @Override
    public void close() {
        List<ActorSystem<Void>> left = List.copyOf(running);
        running.clear();
        left.forEach(ActorSystem::terminate);
        left.forEach(system ->
                await().atMost(LONG).until(() -> system.whenTerminated().isCompleted()));
    }
}
