package dev.switchboard.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.TestNode;
import dev.switchboard.node.TestNode.Reply;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What one node answered, another one knows. */
class ResponsesClusterTest {
    private static Reply ask(TestNode node, String json) throws Exception {
        Reply reply = node.send("POST", "/v1/responses", json.replace('\'', '"'), node.apiKey());
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply;
    }

    @Test
    void aResponseIsContinuedOnAnotherNodeAfterTheFirstIsGone() throws Exception {
        TestNode one = TestNode.start("switchboard.catalog = builtin");
        TestNode two = TestNode.join(one, "switchboard.catalog = builtin", Map.of());
        try {
            String streamed = one.send(
                            "POST",
                            "/v1/responses",
                            "{\"model\":\"demo/echo\",\"stream\":true,\"input\":\"first\"}",
                            one.apiKey())
                    .text();
            int at = streamed.indexOf("resp_");
            String id = streamed.substring(at, streamed.indexOf('"', at));
            Reply next = ask(two, "{'model':'demo/echo','previous_response_id':'" + id + "','input':'second'}");
            String secondId = next.body().path("id").asText();

            one.stop();
            Reply last = ask(two, "{'model':'demo/echo','previous_response_id':'" + secondId + "','input':'third'}");
            assertThat(last.body().at("/output/0/content/0/text").asText()).isEqualTo("third");
            assertThat(two.send("GET", "/v1/responses/" + id, null, two.apiKey())
                            .status())
                    .isEqualTo(200);
        } finally {
            two.stop();
        }
    }
}
