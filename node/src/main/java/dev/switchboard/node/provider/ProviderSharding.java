package dev.switchboard.node.provider;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.ClusterShardingSettings;
import akka.cluster.sharding.typed.ShardingEnvelope;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import dev.switchboard.node.socket.EventLoops;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.provider.ProviderCommand;

/** Places one owner per platform in the cluster. */
public final class ProviderSharding {
    /** The sharded type; the entity id is the platform id. */
    public static final EntityTypeKey<ProviderCommand> KEY = EntityTypeKey.create(ProviderCommand.class, "provider");

    private ProviderSharding() {}

    /** Starts this node's region. Owners are few and hold leases, so they are never passivated. */
    public static ActorRef<ShardingEnvelope<ProviderCommand>> init(ActorSystem<?> system, ProviderSetup setup) {
        return ClusterSharding.get(system)
                .init(Entity.of(KEY, context -> ProviderActor.create(new PlatformId(context.getEntityId()), setup))
                        .withEntityProps(EventLoops.props(system))
                        .withStopMessage(ProviderCommand.Stop.INSTANCE)
                        .withSettings(ClusterShardingSettings.create(system).withNoPassivationStrategy()));
    }
}
