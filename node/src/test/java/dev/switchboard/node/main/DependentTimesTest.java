package dev.switchboard.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.provider.ProviderTimes;
import dev.switchboard.node.session.SessionTimes;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.settings.SettingsLoader;
import dev.switchboard.node.turn.TurnTimes;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The times that depend on each other, as docs/architecture.md lists them. */
class DependentTimesTest {
    private static final Duration FAILOVER_PROMISED = Duration.ofSeconds(10);

    private final Settings settings = defaults();
    private final Config akka = AkkaConfig.of(settings, 0, ConfigFactory.empty(), ConfigFactory.empty());

    private static Settings defaults() {
        try {
            return SettingsLoader.load(null, Map.of(), Map.of()).settings();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Duration cluster(String path) {
        return akka.getDuration("akka.cluster." + path);
    }

    private Duration phase(String name) {
        return akka.getDuration("akka.coordinated-shutdown.phases." + name + ".timeout");
    }

    /** From the death of a node until its shards and singletons are started elsewhere. */
    private Duration takeover() {
        return cluster("failure-detector.acceptable-heartbeat-pause")
                .plus(cluster("failure-detector.heartbeat-interval").multipliedBy(2))
                .plus(cluster("split-brain-resolver.stable-after"))
                .plus(cluster("down-removal-margin"));
    }

    @Test
    void asksAreRepeatedForLongerThanANodesLossTakes() {
        assertThat(TurnTimes.FIRST_ASK).isLessThan(TurnTimes.ASK);
        assertThat(TurnTimes.PATIENCE).isGreaterThan(takeover().plus(TurnTimes.ASK.multipliedBy(2)));
        assertThat(TurnTimes.SESSION_PATIENCE)
                .isGreaterThan(takeover().plus(SessionTimes.SLOW_PATIENCE).plus(TurnTimes.ASK.multipliedBy(2)));
        assertThat(settings.routing().budget())
                .isGreaterThan(
                        TurnTimes.SESSION_PATIENCE.plus(TurnTimes.PATIENCE).multipliedBy(2));
        assertThat(cluster("sharding.retry-interval")).isLessThanOrEqualTo(TurnTimes.ASK);
    }

    @Test
    void aNodesLossIsOverWithinThePromisedTime() {
        assertThat(takeover()).isLessThan(FAILOVER_PROMISED.minusSeconds(2));
        assertThat(cluster("failure-detector.acceptable-heartbeat-pause"))
                .isGreaterThanOrEqualTo(
                        cluster("failure-detector.heartbeat-interval").multipliedBy(4));
        assertThat(cluster("split-brain-resolver.down-all-when-unstable"))
                .isGreaterThan(cluster("split-brain-resolver.stable-after"));
    }

    @Test
    void entitiesStopByThemselvesBeforeTheirShardIsTaken() {
        Duration handOff = cluster("sharding.handoff-timeout");
        assertThat(SessionTimes.STOP_DEADLINE).isLessThan(handOff.minusSeconds(2));
        assertThat(ProviderTimes.STOP_DEADLINE).isLessThan(handOff.minusSeconds(2));
        assertThat(phase("cluster-sharding-shutdown-region")).isGreaterThan(handOff);
    }

    @Test
    void leasesOfADeadNodeEndWithinTwentySeconds() {
        assertThat(ProviderTimes.ANNOUNCE_AGAIN).isLessThan(ProviderTimes.CLAIM_TIME);
        assertThat(takeover().plus(ProviderTimes.CLAIM_TIME)).isLessThan(Duration.ofSeconds(18));
    }

    @Test
    void turnsEndBeforeTheirPhaseDoes() {
        assertThat(TurnTimes.QUIET).isLessThan(Shutdown.GRACE);
        assertThat(Shutdown.GRACE).isLessThan(Shutdown.TURN_LIMIT);
        assertThat(Shutdown.TURN_LIMIT).isEqualTo(Duration.ofSeconds(30));
        assertThat(Shutdown.ASK_LIMIT).isGreaterThan(Shutdown.TURN_LIMIT.plusSeconds(2));
        assertThat(phase("service-requests-done")).isGreaterThan(Shutdown.ASK_LIMIT);
    }

    @Test
    void aLostNodesTurnsEndBeforeItsLeasesAreFreed() {
        assertThat(Shutdown.LOST_GRACE).isLessThan(Shutdown.LOST_TURN_LIMIT);
        assertThat(Shutdown.LOST_TURN_LIMIT).isLessThan(cluster("down-removal-margin"));
        assertThat(Shutdown.LOST_TURN_LIMIT.plusMillis(500)).isLessThan(Shutdown.LOST_END);
    }

    @Test
    void aWholeDrainFitsIntoWhatSupervisorsAllow() {
        Duration worst = phase("service-unbind")
                .plus(phase("service-requests-done"))
                .plus(phase("cluster-sharding-shutdown-region"))
                .plus(phase("cluster-exiting"))
                .plus(phase("actor-system-terminate"));
        assertThat(phase("actor-system-terminate")).isEqualTo(Shutdown.END_LIMIT);
        assertThat(worst).isLessThan(ClusterCommand.STOP_LIMIT);
        assertThat(ClusterCommand.STOP_LIMIT).isLessThan(ExamplesTest.SUPERVISORS_ALLOW);
    }

    @Test
    void quietStreamsOutliveTheServersTimes() {
        assertThat(settings.stream().keepAlive()).isLessThan(akka.getDuration("akka.http.server.idle-timeout"));
        assertThat(settings.stream().keepAlive()).isLessThan(settings.stream().stallTimeout());
        assertThat(akka.getString("akka.http.server.request-timeout")).isEqualTo("off");
    }

    @Test
    void cooldownsTravelWithinASecond() {
        assertThat(cluster("distributed-data.gossip-interval")
                        .plus(cluster("distributed-data.notify-subscribers-interval")))
                .isLessThan(Duration.ofSeconds(1));
    }
}
