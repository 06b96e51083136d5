package dev.switchboard.node.http.admin;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializers;
import akka.serialization.jackson.JacksonObjectMapperProvider;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.protocol.cluster.DashboardEvent;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.session.Ban;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Events cross nodes of adjacent versions. */
class DashboardEventTest {
    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
    private static ActorTestKit kit;

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create(ConfigFactory.parseString(
                        """
                            akka.actor.serialization-bindings { "dev.switchboard.protocol.CborSerializable" = jackson-cbor }
                            akka.serialization.jackson.deserialization-features.FAIL_ON_UNKNOWN_PROPERTIES = off
                            """)
                .withFallback(ConfigFactory.load()));
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    static Stream<DashboardEvent> events() {
        SessionKey session = new SessionKey("s-1");
        return Stream.of(
                new DashboardEvent.Routed(
                        "n", AT, "r", session, "auto", ModelRef.of("alpha", "a/b"), 200, null, 1, true, 5, 3, 7, 9),
                new DashboardEvent.Routed(
                        "n", AT, "r", session, "auto", null, 502, FailureKind.SERVER_ERROR, 2, false, 5, 0, 0, 0),
                new DashboardEvent.Banned("n", session, new Ban(new PlatformId("alpha"), AT, FailureKind.SERVER_ERROR)),
                new DashboardEvent.Counters("n", 2, 4, 1, 3, 2));
    }

    @ParameterizedTest
    @MethodSource("events")
    void eventsArriveAsTheyWereSent(DashboardEvent event) {
        Serialization serialization = SerializationExtension.get(kit.system());
        byte[] bytes = serialization.serialize(event).get();
        int id = serialization.findSerializerFor(event).identifier();
        String manifest = Serializers.manifestFor(serialization.findSerializerFor(event), event);
        assertThat(serialization.deserialize(bytes, id, manifest).get()).isEqualTo(event);
    }

    @Test
    void aNewerVersionsFieldsAreIgnoredAndTheFormatStays() throws Exception {
        ObjectMapper json = JacksonObjectMapperProvider.get(kit.system()).getOrCreate("jackson-json", Optional.empty());
        DashboardEvent read = json.readValue(
                "{\"type\":\"banned\",\"node\":\"n\",\"session\":\"s-1\",\"ban\":{\"platform\":\"alpha\",\"until\":\"2026-01-01T00:00:00Z\",\"reason\":\"server_error\"},\"later\":1}",
                DashboardEvent.class);
        assertThat(read)
                .isEqualTo(new DashboardEvent.Banned(
                        "n", new SessionKey("s-1"), new Ban(new PlatformId("alpha"), AT, FailureKind.SERVER_ERROR)));
    }
}
