package dev.switchboard.node.directory;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.SingletonActor;
import dev.switchboard.protocol.directory.DirectoryCommand;
import dev.switchboard.protocol.directory.DirectoryUpdate;
import java.time.Duration;

/** Places the one {@link DirectoryActor} of the cluster. */
public final class DirectorySingleton {
    /** The singleton's name, as {@code /api/cluster} shows it. */
    public static final String NAME = "directory";

    private DirectorySingleton() {}

    /** Takes part in hosting the owner; answers a reference that reaches it wherever it is. */
    public static ActorRef<DirectoryCommand> init(ActorSystem<?> system, DirectorySetup setup) {
        Cluster cluster = Cluster.get(system);
        Behavior<DirectoryCommand> supervised = Behaviors.supervise(
                        DirectoryActor.create(setup, replica -> isReachable(cluster, replica)))
                .onFailure(SupervisorStrategy.restartWithBackoff(Duration.ofMillis(500), Duration.ofSeconds(10), 0.2));
        return ClusterSingleton.get(system)
                .init(SingletonActor.of(supervised, NAME).withStopMessage(DirectoryCommand.Stop.INSTANCE));
    }

    private static boolean isReachable(Cluster cluster, ActorRef<DirectoryUpdate> replica) {
        Address address = replica.path().address();
        return cluster.state().getUnreachable().stream()
                .noneMatch(member -> member.address().equals(address));
    }
}
