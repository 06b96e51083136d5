package dev.switchboard.node.provider;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.sharding.Entities;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.provider.ProviderReport;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProviderShardingTest {
    @Test
    void theEntityIdIsThePlatform() {
        ActorTestKit kit = ActorTestKit.create(ConfigFactory.parseString(
                        """
                        akka.actor.provider = cluster
                        akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                        akka.cluster.sharding.number-of-shards = 4
                        akka.cluster.jmx.enabled = off
                        """)
                .withFallback(ConfigFactory.load()));
        try {
            Cluster cluster = Cluster.get(kit.system());
            cluster.manager().tell(Join.create(cluster.selfMember().address()));
            World world = new World();
            Entities<ProviderCommand> entities =
                    new Entities<>(id -> ClusterSharding.get(kit.system()).entityRefFor(ProviderSharding.KEY, id));
            ProviderSharding.init(
                    kit.system(),
                    new ProviderSetup(
                            Clock.systemUTC(),
                            () -> world.directory,
                            () -> world.cooldowns,
                            () -> World.RESERVATION,
                            new FakeStore(),
                            entities,
                            call -> {}));
            TestProbe<ProviderReport> probe = kit.createTestProbe(ProviderReport.class);
            ClusterSharding.get(kit.system())
                    .entityRefFor(ProviderSharding.KEY, "alpha")
                    .tell(new ProviderCommand.Inspect(probe.ref()));
            assertThat(probe.receiveMessage(Duration.ofSeconds(30)).platform()).isEqualTo(World.ALPHA);
        } finally {
            kit.shutdownTestKit();
        }
    }
}
