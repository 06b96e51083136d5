package dev.switchboard.node.http.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.TestNode;
import dev.switchboard.node.TestNode.Reply;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Platforms and models over HTTP on a real node; upstream is the node's own simulator. */
class CatalogueApiTest {
    private static TestNode node;
    private static MadeRows made;

    @BeforeAll
    static void start() throws Exception {
        node = TestNode.start("switchboard.catalog = builtin");
        made = new MadeRows(node);
    }

    @AfterAll
    static void stop() throws Exception {
        node.stop();
    }

    @Test
    void aPlatformIsAddedChangedAndRemovedWithWhatItHas() throws Exception {
        made.platform("mine");
        made.model("mine", "a/b");
        String key = made.key("mine", "sk-mine-1234");
        Reply changed = node.admin(
                "PATCH",
                "/api/platforms/mine",
                "{\"name\":\"My own\",\"responseTimeout\":\"90s\",\"shared\":{\"rpm\":30,\"tpd\":null}}");
        assertThat(changed.status()).as(changed.text()).isEqualTo(200);
        JsonNode row = node.get("/api/platforms").item("id", "mine");
        assertThat(row).isEqualTo(changed.body());
        assertThat(row.path("name").asText()).isEqualTo("My own");
        assertThat(row.path("responseTimeout").asText()).isEqualTo("90s");
        assertThat(row.at("/shared/rpm").asInt()).isEqualTo(30);
        assertThat(row.at("/shared/tpd").isNull()).isTrue();
        assertThat(row.path("origin").asText()).isEqualTo("custom");
        assertThat(row.path("protection").asText()).isEqualTo("model-skip");
        assertThat(row.path("keyCount").asInt()).isEqualTo(1);
        assertThat(row.path("modelCount").asInt()).isEqualTo(1);

        assertThat(node.admin("DELETE", "/api/platforms/mine", null).status()).isEqualTo(204);
        assertThat(node.get("/api/platforms").item("id", "mine").isMissingNode())
                .isTrue();
        assertThat(node.get("/api/keys").item("id", key).isMissingNode()).isTrue();
        assertThat(node.get("/api/models").item("platform", "mine").isMissingNode())
                .isTrue();
        assertThat(node.admin("PATCH", "/api/platforms/mine", "{}").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"id\":\"x1\",\"baseUrl\":\"ftp://example.com/v1\"}|baseUrl",
                "{\"id\":\"x1\",\"baseUrl\":\"http://user:pass@example.com/v1\"}|baseUrl",
                "{\"id\":\"x1\",\"baseUrl\":\"http://169.254.169.254/v1\"}|baseUrl",
                "{\"id\":\"x1\",\"baseUrl\":\"http://2852039166/v1\"}|baseUrl",
                "{\"id\":\"x1\",\"baseUrl\":\"http://[fe80::1]/v1\"}|baseUrl",
                "{\"id\":\"x1\",\"baseUrl\":\"http://[::ffff:169.254.169.254]/v1\"}|baseUrl",
                "{\"id\":\"x1\",\"baseUrl\":\"http://0.0.0.0/v1\"}|baseUrl",
                "{\"id\":\"x1\",\"baseUrl\":\"http://[::]/v1\"}|baseUrl",
                "{\"id\":\"x1\",\"baseUrl\":\"http://metadata.google.internal/v1\"}|baseUrl",
                "{\"id\":\"x1\",\"baseUrl\":\"not a url\"}|baseUrl",
                "{\"id\":\"x1\"}|baseUrl",
                "{\"baseUrl\":\"http://127.0.0.1:1/v1\"}|id",
                "{\"id\":\"Bad Id\",\"baseUrl\":\"http://127.0.0.1:1/v1\"}|id",
                "{\"id\":\"x1\",\"baseUrl\":\"http://127.0.0.1:1/v1\",\"adapter\":\"soap\"}|adapter",
                "{\"id\":\"x1\",\"baseUrl\":\"http://127.0.0.1:1/v1\",\"responseTimeout\":\"soon\"}|responseTimeout",
                "{\"id\":\"x1\",\"baseUrl\":\"http://127.0.0.1:1/v1\",\"shared\":{\"rpm\":0}}|shared.rpm",
                "{\"id\":\"x1\",\"baseUrl\":\"http://127.0.0.1:1/v1\",\"shared\":7}|shared",
                "{\"id\":\"x1\",\"baseUrl\":\"http://127.0.0.1:1/v1\",\"keyPage\":\"https:// x\"}|keyPage",
                "{\"id\":\"x1\",\"baseUrl\":\"http://127.0.0.1:1/v1\",\"keyPage\":\"javascript:alert(1)\"}|keyPage",
                "{\"id\":\"x1\",\"baseUrl\":\"http://127.0.0.1:1/v1\",\"baseurl\":\"\"}|baseurl"
            })
    void aBadPlatformIsRefusedNamingTheField(String body, String field) throws Exception {
        Reply reply = node.admin("POST", "/api/platforms", body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.param()).isEqualTo(field);
        assertThat(node.get("/api/platforms").item("id", "x1").isMissingNode()).isTrue();
    }

    @Test
    void namesAreKeptWithoutTheBlanksAroundThem() throws Exception {
        made.platform("blanks");
        made.model("blanks", "blanked");
        Reply platform = node.admin("PATCH", "/api/platforms/blanks", "{\"name\":\"  Mine \"}");
        assertThat(platform.body().path("name").asText()).isEqualTo("Mine");
        Reply model = node.admin("PATCH", "/api/models/blanks/blanked", "{\"name\":\" Big one  \"}");
        assertThat(model.body().path("name").asText()).isEqualTo("Big one");
        assertThat(node.admin("PATCH", "/api/models/blanks/blanked", "{\"name\":\"  \"}")
                        .param())
                .isEqualTo("name");
    }

    @Test
    void aBudgetOfBlanksIsNone() throws Exception {
        made.platform("spare");
        Reply model = node.admin(
                "POST", "/api/models", "{\"platform\":\"spare\",\"id\":\"unbudgeted\",\"monthlyTokenBudget\":\"  \"}");
        assertThat(model.status()).as(model.text()).isEqualTo(201);
        assertThat(model.body().path("monthlyTokenBudget").isNull()).isTrue();
    }

    @Test
    void aTimeoutAndABudgetThatAreNullAreLifted() throws Exception {
        made.platform("lifted");
        made.model("lifted", "budgeted");
        node.admin("PATCH", "/api/platforms/lifted", "{\"responseTimeout\":\"30s\"}");
        Reply platform = node.admin("PATCH", "/api/platforms/lifted", "{\"responseTimeout\":null}");
        assertThat(platform.status()).as(platform.text()).isEqualTo(200);
        assertThat(platform.body().path("responseTimeout").isNull()).isTrue();
        assertThat(node.admin("PATCH", "/api/platforms/lifted", "{\"responseTimeout\":\"0s\"}")
                        .param())
                .isEqualTo("responseTimeout");
        node.admin("PATCH", "/api/models/lifted/budgeted", "{\"monthlyTokenBudget\":\"~3M\"}");
        Reply model = node.admin("PATCH", "/api/models/lifted/budgeted", "{\"monthlyTokenBudget\":null}");
        assertThat(model.status()).as(model.text()).isEqualTo(200);
        assertThat(model.body().path("monthlyTokenBudget").isNull()).isTrue();

        Reply audit = node.get("/api/audit?limit=10");
        assertThat(audit.item("target", "lifted").path("after").asText()).isEqualTo("responseTimeout=none");
        assertThat(audit.item("target", "lifted/budgeted").path("after").asText())
                .isEqualTo("monthlyTokenBudget=none");
    }

    @Test
    void anUnknownFieldNamesTheNearestOne() throws Exception {
        Reply reply = node.admin("POST", "/api/platforms", "{\"id\":\"x2\",\"baseurl\":\"http://127.0.0.1:1/v1\"}");
        assertThat(reply.body().at("/error/message").asText()).contains("did you mean baseUrl?");
    }

    @Test
    void modelsOfAProviderAreDiscovered() throws Exception {
        made.platform("found");
        assertThat(node.admin("POST", "/api/platforms/found/discover", null).status())
                .isEqualTo(409);
        made.key("found", "sk-found-1234");
        Reply listed = node.admin("POST", "/api/platforms/found/discover", null);
        assertThat(listed.status()).as(listed.text()).isEqualTo(200);
        String id = listed.body().path(0).path("id").asText();
        assertThat(listed.body().path(0).path("known").asBoolean(true)).isFalse();
        made.model("found", id);
        assertThat(node.admin("POST", "/api/platforms/found/discover", null)
                        .item("id", id)
                        .path("known")
                        .asBoolean())
                .isTrue();
        assertThat(node.admin("POST", "/api/platforms/nowhere/discover", null).status())
                .isEqualTo(404);
    }

    @Test
    void aModelWithSlashesInItsIdIsAddedChangedAndRemoved() throws Exception {
        made.platform("rows");
        Reply added = node.admin(
                "POST",
                "/api/models",
                "{\"platform\":\"rows\",\"id\":\"org/big\",\"name\":\"Big\",\"intelligenceRank\":3,\"contextWindow\":8000,\"rpm\":5,\"tools\":false}");
        assertThat(added.status()).as(added.text()).isEqualTo(201);
        assertThat(added.body().path("rpm").asInt()).isEqualTo(5);
        assertThat(added.body().path("tpd").isNull()).isTrue();
        assertThat(added.body().path("tools").asBoolean(true)).isFalse();

        Reply changed = node.admin("PATCH", "/api/models/rows/org%2Fbig", "{\"rpm\":null,\"tpd\":1000,\"name\":\"B\"}");
        assertThat(changed.status()).as(changed.text()).isEqualTo(200);
        assertThat(changed.body().path("rpm").isNull()).isTrue();
        assertThat(changed.body().path("tpd").asInt()).isEqualTo(1000);
        assertThat(changed.body().path("name").asText()).isEqualTo("B");
        assertThat(changed.body().path("contextWindow").asInt()).isEqualTo(8000);

        assertThat(node.admin("DELETE", "/api/models/rows/org/big", null).status())
                .isEqualTo(204);
        assertThat(node.admin("PATCH", "/api/models/rows/org/big", "{}").status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"platform\":\"nowhere\",\"id\":\"m\"}|platform",
                "{\"platform\":\"demo\"}|id",
                "{\"platform\":\"demo\",\"id\":\"m\",\"rpm\":0}|rpm",
                "{\"platform\":\"demo\",\"id\":\"m\",\"tpm\":-5}|tpm",
                "{\"platform\":\"demo\",\"id\":\"m\",\"tpm\":1.5}|tpm",
                "{\"platform\":\"demo\",\"id\":\"m\",\"contextWindow\":\"big\"}|contextWindow",
                "{\"platform\":\"demo\",\"id\":\"m\",\"intelligenceRank\":0}|intelligenceRank",
                "{\"platform\":\"demo\",\"id\":\"m\",\"tools\":1}|tools",
                "{\"platform\":\"demo\",\"id\":\"m\",\"contextwindow\":1}|contextwindow"
            })
    void aBadModelIsRefusedNamingTheField(String body, String field) throws Exception {
        Reply reply = node.admin("POST", "/api/models", body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.param()).isEqualTo(field);
        assertThat(node.get("/api/models").item("id", "m").isMissingNode()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"rpm, 0", "rpd, -1", "tpm, 0.5", "tpd, '\"9\"'", "contextWindow, 0", "intelligenceRank, -3"})
    void aBadChangeOfAModelIsRefusedAndNothingOfItDone(String field, String value) throws Exception {
        JsonNode before = node.get("/api/models").item("id", "lorem");
        Reply reply = node.admin(
                "PATCH",
                "/api/models/demo/lorem",
                "{\"name\":\"Other\",\"enabled\":false,\"" + field + "\":" + value + "}");
        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.param()).isEqualTo(field);
        assertThat(node.get("/api/models").item("id", "lorem")).isEqualTo(before);
    }

    @Test
    void anUnknownDisabledOrMisspeltModelIsNotFoundAndTheNearestAreNamed() throws Exception {
        made.platform("named");
        made.model("named", "org/whisper-large");
        made.model("named", "org/whisper-small");
        made.key("named", "sk-named-1234");
        assertThat(node.chat("org/whisper-large", "hi").status()).isEqualTo(200);
        assertThat(node.admin("PATCH", "/api/models/named/org/whisper-large", "{\"enabled\":false}")
                        .status())
                .isEqualTo(200);
        for (String name : List.of(
                "org/whisper-large",
                "named/org/whisper-large",
                "named/org/wisper-smal",
                "org/Whisper",
                "no such model")) {
            Reply reply = node.chat(name, "hi");
            assertThat(reply.status()).as(name).isEqualTo(404);
            assertThat(reply.errorType()).isEqualTo("invalid_request_error");
            assertThat(reply.body().at("/error/code").asText()).isEqualTo("model_not_found");
            assertThat(reply.param()).isEqualTo("model");
            String message = reply.body().at("/error/message").asText();
            assertThat(message).containsAnyOf("Did you mean ", "The nearest are ");
            if (!name.startsWith("no")) {
                assertThat(message.substring(message.indexOf("enabled."))).contains("org/whisper-small");
            }
        }
    }

    @Test
    void theSameModelTwiceIsAConflict() throws Exception {
        assertThat(node.admin("POST", "/api/models", "{\"platform\":\"demo\",\"id\":\"echo\"}")
                        .status())
                .isEqualTo(409);
    }
}
