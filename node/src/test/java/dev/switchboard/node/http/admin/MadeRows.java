package dev.switchboard.node.http.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.TestNode;
import dev.switchboard.node.TestNode.Reply;

/** Rows that tests make over HTTP; the platforms are the node's own simulator. */
final class MadeRows {
    private final TestNode node;
    private final String simulator;

    MadeRows(TestNode node) throws Exception {
        this.node = node;
        String demo =
                node.get("/api/platforms").item("id", "demo").path("baseUrl").asText();
        this.simulator = demo.substring(0, demo.indexOf("/demo"));
    }

    void platform(String id) throws Exception {
        Reply added = node.admin(
                "POST",
                "/api/platforms",
                "{\"id\":\"%s\",\"name\":\"%s\",\"adapter\":\"openai\",\"baseUrl\":\"%s/%s/v1\"}"
                        .formatted(id, id, simulator, id));
        assertThat(added.status()).as(added.text()).isEqualTo(201);
    }

    String key(String platform, String secret) throws Exception {
        Reply added =
                node.admin("POST", "/api/keys", "{\"platform\":\"%s\",\"key\":\"%s\"}".formatted(platform, secret));
        assertThat(added.status()).as(added.text()).isEqualTo(201);
        return added.body().path("id").asText();
    }

    void model(String platform, String id) throws Exception {
        Reply added = node.admin("POST", "/api/models", "{\"platform\":\"%s\",\"id\":\"%s\"}".formatted(platform, id));
        assertThat(added.status()).as(added.text()).isEqualTo(201);
    }
}
