package dev.switchboard.node.directory;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.jackson.JacksonObjectMapperProvider;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.settings.Settings.Bootstrap;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectoryUpdate;
import dev.switchboard.protocol.directory.Grants;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.Platform;
import java.io.InputStream;
import java.io.NotSerializableException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The journal is kept for ever: payloads of every event written so far are read back, as text and as stored. */
class EventCompatibilityTest {
    private static final String RESOURCES = "/directory/";
    private static ActorTestKit kit;
    private static Serialization serialization;
    private static ObjectMapper json;

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create("events", Fixtures.serialization());
        serialization = SerializationExtension.get(kit.system());
        json = JacksonObjectMapperProvider.get(kit.system()).getOrCreate("jackson-json", Optional.empty());
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void thereIsASampleOfEveryEvent() {
        assertThat(SampleFacts.all().stream()
                        .<Class<?>>map(event -> event.fact().getClass()))
                .containsExactlyInAnyOrder(Fact.class.getPermittedSubclasses());
    }

    @Test
    void eventsOfFormatOneAreReadFromText() throws Exception {
        try (InputStream in = resource("events-1.json")) {
            List<DirectoryEvent> read = json.readValue(in, new TypeReference<List<DirectoryEvent>>() {});
            assertThat(read).isEqualTo(SampleFacts.all());
        }
    }

    @Test
    void eventsOfFormatOneAreReadAsTheJournalHoldsThem() throws Exception {
        try (InputStream in = resource("events-1.cbor.json")) {
            Map<String, String> stored = json.readValue(in, new TypeReference<Map<String, String>>() {});
            for (DirectoryEvent expected : SampleFacts.all()) {
                String base64 = stored.get(expected.fact().getClass().getSimpleName());
                assertThat(base64)
                        .as(expected.fact().getClass().getSimpleName())
                        .isNotNull();
                assertThat(read(Base64.getDecoder().decode(base64))).isEqualTo(expected);
            }
        }
    }

    @Test
    void fieldsOfALaterVersionAreSkipped() throws Exception {
        for (DirectoryEvent event : SampleFacts.all()) {
            ObjectNode tree = json.valueToTree(event);
            addField(tree);
            assertThat(json.treeToValue(tree, DirectoryEvent.class)).isEqualTo(event);
        }
    }

    @Test
    void eventsAndImagesComeBackAsTheyWere() {
        for (DirectoryEvent event : SampleFacts.all()) {
            assertThat(roundTrip(event)).isEqualTo(event);
        }
        DirectoryState state = Fixtures.started(Fixtures.setup(Bootstrap.NONE));
        for (DirectoryEvent event : SampleFacts.all()) {
            state = state.apply(event);
            DirectoryImage image = DirectoryImage.of(state);
            assertThat(roundTrip(image)).isEqualTo(image);
            assertThat(((DirectoryImage) roundTrip(image)).state()).isEqualTo(state);
        }
        DirectoryState custom = Fixtures.after(
                state, new DirectoryChange.AddPlatform(Fixtures.platform(Fixtures.ALPHA, Origin.CUSTOM)));
        assertThat(DirectoryImage.of(custom).state()).isEqualTo(custom);
    }

    @Test
    void anImageAndPagesFromBeforeGrantsAreReadWithoutAny() throws Exception {
        DirectoryState state = Fixtures.started(Fixtures.setup(Bootstrap.NONE));
        ObjectNode image = json.valueToTree(DirectoryImage.of(state));
        assertThat(image.remove("grants")).isNotNull();
        assertThat(json.treeToValue(image, DirectoryImage.class).state()).isEqualTo(state);
        ObjectNode page = json.valueToTree(Pages.of(Rows.snapshot(state), null).get(0));
        assertThat(page.remove("grants")).isNotNull();
        assertThat(json.treeToValue(page, DirectoryUpdate.Page.class).grants()).isEqualTo(Grants.NONE);
    }

    @Test
    void pagesFromBeforeAcknowledgementsAskForNone() throws Exception {
        ObjectNode page = json.valueToTree(
                Pages.of(Rows.snapshot(DirectoryState.EMPTY), null).get(0));
        assertThat(page.has("acknowledgeTo")).isTrue();
        page.remove("acknowledgeTo");
        assertThat(json.treeToValue(page, DirectoryUpdate.Page.class).acknowledgeTo())
                .isNull();
    }

    @Test
    void aPlatformFromBeforeRulesIsReadAsOneWithoutAny() throws Exception {
        Platform platform = Fixtures.platform(Fixtures.ALPHA, Origin.CUSTOM);
        ObjectNode tree = json.valueToTree(platform);
        ((ObjectNode) tree.path("quirks"))
                .remove(List.of(
                        "allow", "messageFields", "errors", "rules", "modelsPath", "keyCheck", "maxPromptTokens"));
        ((ObjectNode) tree.path("shared")).remove("concurrent");
        assertThat(tree.path("quirks")).hasSize(6);
        assertThat(json.treeToValue(tree, Platform.class)).isEqualTo(platform);
    }

    private static void addField(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.forEach(EventCompatibilityTest::addField);
            boolean isMap = object.size() > 0
                    && (object.has("X-Title") || object.has("seed") || object.has("switchboard.log-bodies"));
            if (!isMap && object.size() > 0) {
                object.put("laterField", "x");
            }
        } else {
            node.forEach(EventCompatibilityTest::addField);
        }
    }

    private static InputStream resource(String name) {
        InputStream in = EventCompatibilityTest.class.getResourceAsStream(RESOURCES + name);
        assertThat(in).as(name).isNotNull();
        return in;
    }

    private static Object read(byte[] payload) throws NotSerializableException {
        return serialization
                .deserialize(
                        payload,
                        serialization.serializerFor(DirectoryEvent.class).identifier(),
                        DirectoryEvent.class.getName())
                .get();
    }

    private static Object roundTrip(Object message) {
        byte[] bytes = serialization.serialize(message).get();
        return serialization.deserialize(bytes, message.getClass()).get();
    }
}
