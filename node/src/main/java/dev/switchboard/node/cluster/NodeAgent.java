package dev.switchboard.node.cluster;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import akka.cluster.typed.Cluster;
import dev.switchboard.protocol.cluster.NodeCommand;
import java.time.Clock;
import java.time.Instant;

/** Answers other nodes about this one; one on every node, found through the receptionist. */
public final class NodeAgent extends AbstractBehavior<NodeCommand> {
    /** Finds the agents of all nodes. */
    public static final ServiceKey<NodeCommand> KEY = ServiceKey.create(NodeCommand.class, "node-agent");

    private final LocalView view;
    private final String version;
    private final String address;
    private final Instant upSince;

    private NodeAgent(ActorContext<NodeCommand> context, LocalView view, String version, Instant upSince) {
        super(context);
        this.view = view;
        this.version = version;
        this.upSince = upSince;
        this.address = Cluster.get(context.getSystem()).selfMember().address().toString();
    }

    /** {@code version} is the version of the software; create it when the node has become a member. */
    public static Behavior<NodeCommand> create(LocalView view, String version, Clock clock) {
        return Behaviors.setup(context -> {
            context.getSystem().receptionist().tell(Receptionist.register(KEY, context.getSelf()));
            return new NodeAgent(context, view, version, clock.instant());
        });
    }

    @Override
    public Receive<NodeCommand> createReceive() {
        return newReceiveBuilder()
                .onMessage(NodeCommand.GetLoad.class, this::onGetLoad)
                .onMessage(NodeCommand.ListInFlight.class, this::onListInFlight)
                .onMessage(NodeCommand.ListSessions.class, this::onListSessions)
                .build();
    }

    private Behavior<NodeCommand> onGetLoad(NodeCommand.GetLoad command) {
        command.replyTo()
                .tell(new NodeCommand.NodeLoad(
                        address,
                        view.httpUrl(),
                        version,
                        upSince,
                        view.sessions(),
                        view.inFlight().size()));
        return this;
    }

    private Behavior<NodeCommand> onListInFlight(NodeCommand.ListInFlight command) {
        command.replyTo().tell(new NodeCommand.InFlightList(view.inFlight()));
        return this;
    }

    private Behavior<NodeCommand> onListSessions(NodeCommand.ListSessions command) {
        command.replyTo().tell(new NodeCommand.SessionList(view.findSessions(command.query(), command.limit())));
        return this;
    }
}
