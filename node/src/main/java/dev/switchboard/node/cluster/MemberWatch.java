package dev.switchboard.node.cluster;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.ClusterEvent;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Subscribe;
import java.util.function.BiConsumer;

/** Tells the dashboard's event stream of members that come and go. */
public final class MemberWatch {
    private MemberWatch() {}

    /** {@code onChange} gets the address and the new status of each member that changed. */
    public static Behavior<ClusterEvent.MemberEvent> create(BiConsumer<String, String> onChange) {
        return Behaviors.setup(context -> {
            Cluster.get(context.getSystem())
                    .subscriptions()
                    .tell(Subscribe.create(context.getSelf(), ClusterEvent.MemberEvent.class));
            return Behaviors.receive(ClusterEvent.MemberEvent.class)
                    .onAnyMessage(event -> {
                        onChange.accept(
                                event.member().address().toString(),
                                event.member().status().toString());
                        return Behaviors.same();
                    })
                    .build();
        });
    }
}
