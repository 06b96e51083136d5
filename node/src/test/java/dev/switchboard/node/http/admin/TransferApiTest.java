package dev.switchboard.node.http.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.TestNode;
import dev.switchboard.node.TestNode.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Platforms, models and keys as a file: out of one node and into it again. */
class TransferApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SECRET = "sk-moved-0123456789abcdef";
    private static TestNode node;

    @BeforeAll
    static void start() throws Exception {
        node = TestNode.start(
                """
                switchboard.catalog = none
                switchboard.bootstrap {
                  platforms = [ { id = moved, name = "Moved", adapter = openai, base-url = "http://127.0.0.1:9/v1" } ]
                  models = [ { platform = moved, id = "big/one", name = "Big One", intelligence-rank = 2, rpm = 30 } ]
                  keys = [ { platform = moved, key = "%s", label = "mover" } ]
                }
                """
                        .formatted(SECRET));
    }

    @AfterAll
    static void stop() throws Exception {
        node.stop();
    }

    private static Reply withSecrets() throws Exception {
        return node.admin("POST", "/api/export", "{\"adminKey\":\"%s\"}".formatted(node.adminKey()));
    }

    private static ObjectNode file() throws Exception {
        return (ObjectNode) withSecrets().body();
    }

    @Test
    void secretsLeaveOnlyWithTheAdminKeyGivenAgain() throws Exception {
        Reply plain = node.admin("GET", "/api/export", null);
        assertThat(plain.status()).isEqualTo(200);
        assertThat(plain.text()).doesNotContain(SECRET);
        assertThat(plain.body().at("/keys/0").has("key")).isFalse();
        assertThat(plain.body().at("/platforms/0/id").asText()).isEqualTo("moved");
        assertThat(plain.body().at("/models/0/rpm").asInt()).isEqualTo(30);

        Reply wrong = node.admin("POST", "/api/export", "{\"adminKey\":\"sb-admin-of-another-house\"}");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.param()).isEqualTo("adminKey");
        assertThat(node.send("POST", "/api/export", "{}", node.apiKey()).status())
                .isEqualTo(401);

        Reply whole = withSecrets();
        assertThat(whole.body().at("/keys/0/key").asText()).isEqualTo(SECRET);
        assertThat(whole.headers().firstValue("cache-control")).hasValue("no-store");
        JsonNode audit = node.get("/api/audit").body();
        assertThat(audit.at("/0/action").asText()).isEqualTo("keys.export");
        assertThat(audit.toString()).doesNotContain(SECRET);
    }

    @Test
    void aFileComesBackWholeAndOnlyOnce() throws Exception {
        ObjectNode file = file();
        assertThat(node.admin("DELETE", "/api/platforms/moved", null).status()).isEqualTo(204);

        Reply dry = node.admin("POST", "/api/import?dryRun=true", file.toString());
        assertThat(dry.status()).as(dry.text()).isEqualTo(200);
        assertThat(dry.body().path("dryRun").asBoolean()).isTrue();
        assertThat(dry.body().at("/keys/0/outcome").asText()).isEqualTo("added");
        assertThat(dry.text()).doesNotContain(SECRET);
        assertThat(node.get("/api/platforms").item("id", "moved").isMissingNode())
                .isTrue();

        Reply done = node.admin("POST", "/api/import", file.toString());
        assertThat(done.status()).as(done.text()).isEqualTo(200);
        assertThat(node.get("/api/platforms").item("id", "moved").path("name").asText())
                .isEqualTo("Moved");
        assertThat(node.get("/api/models").item("id", "big/one").path("rpm").asInt())
                .isEqualTo(30);
        assertThat(node.get("/api/keys").item("label", "mover").path("platform").asText())
                .isEqualTo("moved");
        ObjectNode again = file();
        again.remove("exportedAt");
        file.remove("exportedAt");
        assertThat(again).isEqualTo(file);

        Reply twice = node.admin("POST", "/api/import", file.toString());
        assertThat(twice.body().at("/platforms/0/outcome").asText()).isEqualTo("present");
        assertThat(twice.body().at("/models/0/outcome").asText()).isEqualTo("present");
        assertThat(twice.body().at("/keys/0/outcome").asText()).isEqualTo("present");
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"format\":\"other/1\"}', format",
        "'{\"format\":\"switchboard-providers/1\",\"platforms\":{}}', platforms",
        "'{\"format\":\"switchboard-providers/1\",\"keyz\":[]}', keyz",
        "'{\"format\":\"switchboard-providers/1\",\"platforms\":[{\"id\":\"x\",\"baseUrl\":\"http://169.254.169.254/v1\"}]}', platforms[0].baseUrl",
        "'{\"format\":\"switchboard-providers/1\",\"keys\":[{\"platform\":\"nowhere\",\"key\":\"sk-x\"}]}', keys[0].platform",
        "'{\"format\":\"switchboard-providers/1\",\"models\":[{\"platform\":\"nowhere\",\"id\":\"x\"}]}', models[0].platform",
        "'{\"format\":\"switchboard-providers/1\",\"models\":[{\"platform\":\"demo\",\"id\":\"x\",\"rpm\":0}]}', models[0].rpm",
        "'{\"format\":\"switchboard-providers/1\",\"platforms\":[{\"id\":\"z\",\"baseUrl\":\"http://127.0.0.1:9/v1\"}],\"models\":[{\"platform\":\"z\",\"id\":\"x\"},{\"platform\":\"z\",\"id\":\"x\"}]}', models[1].id",
        "'{\"format\":\"switchboard-providers/1\",\"platforms\":[{\"id\":\"y\",\"baseUrl\":\"http://127.0.0.1:9/v1\"}],\"keys\":[{\"platform\":\"y\",\"key\":\"a b\"}]}', keys[0].key",
    })
    void aBadFileIsRefusedByNameAndChangesNothing(String file, String field) throws Exception {
        JSON.readTree(file);
        String before = node.get("/api/platforms").text();
        Reply refused = node.admin("POST", "/api/import", file);
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.param()).isEqualTo(field);
        assertThat(node.get("/api/platforms").text()).isEqualTo(before);
    }
}
