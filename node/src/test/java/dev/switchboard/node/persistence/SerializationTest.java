package dev.switchboard.node.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializer;
import akka.serialization.jackson.JacksonCborSerializer;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.protocol.CborSerializable;
import java.io.NotSerializableException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Everything that crosses nodes or is stored comes back as it was. Types are found by their marker and samples made by
 * their components, so that a new message is covered, or fails here because it cannot be sampled.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SerializationTest {
    private ActorTestKit kit;
    private RecordSamples samples;

    @BeforeAll
    void start() {
        kit = ActorTestKit.create(
                "serialization",
                ConfigFactory.parseString(
                                """
                                akka.actor.serialization-bindings {
                                  "dev.switchboard.protocol.CborSerializable" = jackson-cbor
                                }
                                """)
                        .withFallback(ConfigFactory.load()));
        samples = new RecordSamples(Map.of(ActorRef.class, kit.spawn(Behaviors.ignore(), "asker")));
    }

    @AfterAll
    void stop() {
        kit.shutdownTestKit();
    }

    @TestFactory
    Stream<DynamicTest> everyMarkedTypeComesBackAsItWas() {
        List<JavaClass> marked = new ClassFileImporter()
                .importPackages("dev.switchboard").stream()
                        .filter(type -> type.isAssignableTo(CborSerializable.class))
                        .filter(type ->
                                !type.isInterface() && !type.getModifiers().contains(JavaModifier.ABSTRACT))
                        .sorted(Comparator.comparing(JavaClass::getName))
                        .toList();
        assertThat(marked).hasSizeGreaterThan(40);
        return marked.stream().map(type -> DynamicTest.dynamicTest(type.getName(), () -> roundTrip(type.reflect())));
    }

    private void roundTrip(Class<?> type) throws NotSerializableException {
        Serialization serialization = SerializationExtension.get(kit.system());
        for (Object sample : samples.of(type)) {
            Serializer serializer = serialization.serializerFor(sample.getClass());
            assertThat(serializer).isInstanceOf(JacksonCborSerializer.class);
            Object back = kit.serializationTestKit().verifySerialization(sample, true);
            assertThat(back).isEqualTo(sample);
        }
    }
}
