package dev.switchboard.node.simulator;

import static dev.switchboard.node.simulator.SimulatorHarness.events;
import static dev.switchboard.node.simulator.SimulatorHarness.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tool calls there and back. */
class ToolCallsTest {
    private static final String PATH = "/alpha/v1/chat/completions";
    private static final String TOOLS =
            "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"parameters\":{\"type\":\"object\","
                    + "\"properties\":{\"city\":{\"type\":\"string\"},\"days\":{\"$ref\":\"#/$defs/n\"},"
                    + "\"unit\":{\"enum\":[\"C\",\"F\"]}},\"$defs\":{\"n\":{\"type\":\"integer\"}}}}},"
                    + "{\"type\":\"function\",\"function\":{\"name\":\"clock\"}}]";
    private static SimulatorHarness harness;

    @BeforeAll
    static void start() throws Exception {
        harness = new SimulatorHarness();
    }

    @AfterAll
    static void stop() {
        harness.close();
    }

    private static String ask(String text, String more) {
        return "{\"model\":\"echo\"," + more + TOOLS + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + text
                + "\"}]}";
    }

    private static JsonNode answer(String body) throws Exception {
        return json(harness.post(PATH, body).body()).at("/choices/0");
    }

    @Test
    void callsTheFirstToolWithArgumentsOfItsSchema() throws Exception {
        JsonNode choice = answer(ask("use a tool", ""));
        assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(choice.at("/message/content").isNull()).isTrue();
        assertThat(choice.at("/message/tool_calls")).hasSize(1);
        assertThat(choice.at("/message/tool_calls/0/function/name").asText()).isEqualTo("weather");
        JsonNode arguments =
                json(choice.at("/message/tool_calls/0/function/arguments").asText());
        assertThat(arguments.path("city").asText()).isEqualTo("sample city");
        assertThat(arguments.path("days").asInt()).isEqualTo(1);
        assertThat(arguments.path("unit").asText()).isEqualTo("C");
    }

    @Test
    void callsTwoInParallelUnlessForbidden() throws Exception {
        assertThat(answer(ask("use tools", "")).at("/message/tool_calls")).hasSize(2);
        assertThat(answer(ask("use tools", "\"parallel_tool_calls\":false,")).at("/message/tool_calls"))
                .hasSize(1);
    }

    @Test
    void obeysToolChoice() throws Exception {
        assertThat(answer(ask("hi", "")).at("/message/content").asText()).isEqualTo("hi");
        assertThat(answer(ask("hi", "\"tool_choice\":\"required\",")).at("/message/tool_calls"))
                .hasSize(1);
        assertThat(answer(ask("a tool", "\"tool_choice\":\"none\","))
                        .at("/message/content")
                        .asText())
                .isEqualTo("a tool");
        String named = "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"clock\"}},";
        assertThat(answer(ask("hi", named))
                        .at("/message/tool_calls/0/function/name")
                        .asText())
                .isEqualTo("clock");
    }

    @Test
    void streamsCallsWithAnIndexEachAndArgumentsInPieces() throws Exception {
        StringBuilder[] arguments = {new StringBuilder(), new StringBuilder()};
        String names = "";
        int pieces = 0;
        for (String event :
                events(harness.post(PATH, ask("use tools", "\"stream\":true,")).body())) {
            if (event.equals("[DONE]")) {
                continue;
            }
            for (JsonNode call : json(event).at("/choices/0/delta/tool_calls")) {
                pieces++;
                names += call.at("/function/name").asText("") + " ";
                arguments[call.path("index").asInt()].append(
                        call.at("/function/arguments").asText());
            }
        }
        assertThat(names).contains("weather").contains("clock");
        assertThat(pieces).isGreaterThan(5);
        assertThat(json(arguments[0].toString()).path("unit").asText()).isEqualTo("C");
        assertThat(json(arguments[1].toString())).isEmpty();
    }

    @Test
    void quotesTheToolResult() throws Exception {
        JsonNode first = answer(ask("use a tool", ""));
        String id = first.at("/message/tool_calls/0/id").asText();
        String second = "{\"model\":\"echo\"," + TOOLS
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"use a tool\"}," + first.get("message")
                + ",{\"role\":\"tool\",\"tool_call_id\":\"" + id + "\",\"content\":\"12 degrees\"}]}";
        assertThat(answer(second).at("/message/content").asText()).contains("12 degrees");
    }

    @Test
    void breaksArgumentsOnOrder() throws Exception {
        String arguments = answer(ask("use a tool [[broken-arguments]]", ""))
                .at("/message/tool_calls/0/function/arguments")
                .asText();
        assertThat(arguments).endsWith(",,");
    }

    @Test
    void geminiCallsAndQuotes() throws Exception {
        String tools =
                "\"tools\":[{\"functionDeclarations\":[{\"name\":\"weather\",\"parameters\":{\"type\":\"OBJECT\","
                        + "\"properties\":{\"city\":{\"type\":\"STRING\"}}}}]}]";
        String user = "{\"role\":\"user\",\"parts\":[{\"text\":\"use tools\"}]}";
        String path = "/google/v1beta/models/gemini-3:generateContent?key=k";
        String asked = "{" + tools + ",\"contents\":[" + user + "]}";
        JsonNode content = json(harness.post(path, asked).body()).at("/candidates/0/content");
        assertThat(content.path("parts")).hasSize(2);
        assertThat(content.at("/parts/0/functionCall/args/city").asText()).isEqualTo("sample city");
        assertThat(content.at("/parts/0/thoughtSignature").asText()).isNotEmpty();

        String result = "{\"role\":\"user\",\"parts\":[{\"functionResponse\":{\"name\":\"weather\",\"response\":"
                + "{\"degrees\":12}}}]}";
        String second = "{" + tools + ",\"contents\":[" + user + "," + content + "," + result + "]}";
        assertThat(json(harness.post(path, second).body())
                        .at("/candidates/0/content/parts/0/text")
                        .asText())
                .contains("{\"degrees\":12}");
    }
}
