package dev.switchboard.node.provider;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializers;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.provider.ProviderCommand;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProviderStateTest {
    private ActorTestKit kit;

    @BeforeAll
    void start() {
        kit = ActorTestKit.create(ConfigFactory.parseString(
                        """
                        akka.actor.serialization-bindings { "dev.switchboard.protocol.CborSerializable" = jackson-cbor }
                        """)
                .withFallback(ConfigFactory.load()));
    }

    @AfterAll
    void stop() {
        kit.shutdownTestKit();
    }

    /** One of everything. */
    static ProviderState sample() {
        World world = new World();
        world.complete(world.granted(world.ask().tokens(20)), 30);
        world.granted(world.ask().alone().tokens(50));
        world.desk.learn(
                new ProviderCommand.LearnLimits(World.LARGE, World.K1, new Limits(9L, null, 900L, null)), world.now);
        return world.desk.save(false, world.now);
    }

    @Test
    void itSurvivesSerialization() {
        kit.serializationTestKit().verifySerialization(sample(), true);
    }

    @Test
    void limitsWithoutATimeHoldFromTheRestartOn() {
        World world = new World();
        ProviderState state = sample();
        world.desk
                .inheritance()
                .restore(
                        new ProviderState(
                                state.version(),
                                state.lastActive(),
                                true,
                                List.of(),
                                List.of(new ProviderState.Learned(
                                        World.K1, World.LARGE, new Limits(null, null, 5L, null), 0)),
                                null,
                                List.of(),
                                null),
                        world.now);
        assertThat(world.denied(world.ask()).reason()).isEqualTo(LeaseReply.Reason.TPM);
    }

    @Test
    void theFirstReleasesBytesAreRead() throws IOException {
        Serialization serialization = SerializationExtension.get(Adapter.toClassic(kit.system()));
        try (InputStream golden = Objects.requireNonNull(getClass().getResourceAsStream("provider-state-1.cbor"))) {
            ProviderState state = sample();
            int id = serialization.findSerializerFor(state).identifier();
            String manifest = Serializers.manifestFor(serialization.findSerializerFor(state), state);
            assertThat(serialization
                            .deserialize(golden.readAllBytes(), id, manifest)
                            .get())
                    .isEqualTo(new ProviderState(
                            state.version(),
                            state.lastActive(),
                            state.clean(),
                            state.counts(),
                            List.of(new ProviderState.Learned(
                                    World.K1, World.LARGE, new Limits(9L, null, 900L, null), 0)),
                            state.reserved(),
                            state.leases(),
                            null));
        }
    }
}
