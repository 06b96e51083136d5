package dev.switchboard.node.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.switchboard.node.TestNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestFactory;

/** Clients that nobody here wrote, against one real node whose upstream is its own simulator. */
class ClientsTest {
    private static TestNode node;

    @BeforeAll
    static void start() throws Exception {
        node = TestNode.start("switchboard.cooldown { transient = 10ms, max = 10ms }");
        String demo =
                node.get("/api/platforms").item("id", "demo").path("baseUrl").asText();
        String simulator = demo.substring(0, demo.indexOf("/demo"));
        // A rate limit cools a whole key: what is limited on purpose has platforms of its own.
        for (String platform : List.of("alpha", "limited", "tired", "patient", "weary", "steady", "calm", "gentle")) {
            add(
                    "/api/platforms",
                    "{'id':'" + platform + "','name':'" + platform + "','adapter':'openai','baseUrl':'" + simulator
                            + "/" + platform + "/v1'}");
            add("/api/keys", "{'platform':'" + platform + "','key':'sk-" + platform + "'}");
            add("/api/models", "{'platform':'" + platform + "','id':'echo'}");
        }
        add(
                "/api/platforms",
                "{'id':'gemini','name':'gemini','adapter':'google','baseUrl':'" + simulator + "/gemini/v1beta'}");
        add("/api/keys", "{'platform':'gemini','key':'sk-gemini'}");
        add("/api/models", "{'platform':'gemini','id':'gemini-3-reason-echo'}");
        for (String model : List.of(
                "reason-echo", "signed-echo", "gemini-3-reason-echo", "cut-echo", "flaky-echo", "broken-echo")) {
            add("/api/models", "{'platform':'alpha','id':'" + model + "'}");
        }
        add("/api/models", "{'platform':'alpha','id':'embed-small','embedding':true}");
    }

    private static void add(String path, String json) throws Exception {
        TestNode.Reply added = node.admin("POST", path, json.replace('\'', '"'));
        assertThat(added.status()).as(added.text()).isEqualTo(201);
    }

    @AfterAll
    static void stop() throws Exception {
        node.stop();
    }

    /** The official OpenAI and Anthropic clients for Node, and the AI SDK with its providers. */
    @TestFactory
    Stream<DynamicTest> clientsForNode() throws Exception {
        return NodeClients.run(Map.of("SWITCHBOARD_URL", node.baseUrl(), "SWITCHBOARD_API_KEY", node.apiKey())).stream()
                .map(result -> DynamicTest.dynamicTest(result.name(), () -> {
                    if (result.error() != null) {
                        fail(result.error());
                    }
                }));
    }

    @Nested
    class OpenAiForJava extends OpenAiClientChecks {
        OpenAiForJava() {
            super(() -> node);
        }
    }

    @Nested
    class AnthropicForJava extends AnthropicClientChecks {
        AnthropicForJava() {
            super(() -> node);
        }
    }

    @Nested
    class LangChain4j extends LangChain4jChecks {
        LangChain4j() {
            super(() -> node);
        }
    }
}
