package dev.switchboard.node.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.TestNode;
import dev.switchboard.node.TestNode.Reply;
import dev.switchboard.node.persistence.DatabaseConfig;
import dev.switchboard.node.persistence.TestDatabases;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/** Everything that a node knows is in its backup, and a node on the restored database goes on with it. */
class RestoreCommandTest {
    private static final String ADMIN = "an-admin-key-of-thirty-letters";
    private static final String ENCRYPTION_KEY = "3c".repeat(32);
    private static final String SECRET = "sk-kept-0123456789abcdef";
    private static final String SESSION = "a-conversation";
    private static final String COMMON =
            "switchboard { auth.admin-key = \"%s\", encryption-key = \"%s\", session.ttl = 1h }\n"
                    .formatted(ADMIN, ENCRYPTION_KEY);

    @TempDir
    private static Path folder;

    private static Path backup;
    private static Map<String, Object> before;
    private static String apiKey;
    private static String grant;
    private static String response;

    private record Ran(int code, String out, String err) {}

    @BeforeAll
    static void fillAndBackUp() throws Exception {
        TestNode node = TestNode.start(COMMON);
        try {
            // Before there is a platform of one's own, which "auto" would choose.
            inSession(node);
            done(node.admin(
                    "POST",
                    "/api/platforms",
                    "{\"id\":\"own\",\"name\":\"Own\",\"adapter\":\"openai\",\"baseUrl\":\"http://127.0.0.1:1/v1\"}"));
            done(node.admin("POST", "/api/models", "{\"platform\":\"own\",\"id\":\"m\",\"name\":\"M\",\"rpm\":7}"));
            done(node.admin(
                    "POST",
                    "/api/keys",
                    "{\"platform\":\"own\",\"key\":\"" + SECRET + "\",\"label\":\"kept\",\"enabled\":false}"));
            done(node.admin("PUT", "/api/settings", "{\"upstream.response-timeout\":\"17s\"}"));
            grant = done(node.admin(
                            "POST", "/api/api-keys", "{\"name\":\"team\",\"models\":[\"demo/echo\"],\"rpm\":100}"))
                    .body()
                    .path("key")
                    .asText();
            JsonNode first = done(node.send(
                            "POST", "/v1/responses", "{\"model\":\"demo/echo\",\"input\":\"first\"}", node.apiKey()))
                    .body();
            response = first.path("id").asText();
            apiKey = node.apiKey();
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> assertThat(node.get("/api/requests").body()).hasSize(2));
            before = state(node);
        } finally {
            node.stop();
        }
        backup = folder.resolve("state.backup");
        Ran ran = run(node.folder(), COMMON, "backup", backup.toString());
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)))
                .isEqualTo("rw-------");
    }

    private static Reply done(Reply reply) {
        assertThat(reply.status()).as(reply.text()).isBetween(200, 204);
        return reply;
    }

    private static void inSession(TestNode node) throws Exception {
        HttpRequest plain = node.request(
                "POST",
                "/v1/chat/completions",
                "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}",
                node.apiKey());
        HttpRequest request = HttpRequest.newBuilder(plain, (name, value) -> true)
                .header("X-Session-Id", SESSION)
                .build();
        assertThat(node.client().send(request, BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
    }

    /** What operators see, apart from what tells the time or this process. */
    private static Map<String, Object> state(TestNode node) throws Exception {
        Map<String, Object> state = new LinkedHashMap<>();
        ObjectNode export = (ObjectNode) node.admin("POST", "/api/export", "{\"adminKey\":\"" + ADMIN + "\"}")
                .body();
        export.remove("exportedAt");
        state.put("providers and keys", export);
        for (String path : List.of("/api/fallback", "/api/requests")) {
            state.put(path, node.get(path).body());
        }
        state.put("changed settings", node.get("/api/settings").item("key", "switchboard.upstream.response-timeout"));
        state.put("/api/api-keys", ids(node.get("/api/api-keys").body(), "id"));
        List<String> audited = ids(node.get("/api/audit?limit=100").body(), "action");
        // The look at the secrets itself.
        audited.removeIf("keys.export"::equals);
        state.put("/api/audit", audited);
        List<String> pinned = ids(node.get("/api/sessions").body(), "model");
        // What named its model has no pin, so there is nothing to keep.
        pinned.removeIf("null"::equals);
        state.put("/api/sessions", pinned);
        return state;
    }

    private static List<String> ids(JsonNode rows, String field) {
        List<String> ids = new ArrayList<>();
        rows.forEach(row -> ids.add(row.path(field).asText()));
        return ids;
    }

    private static Ran run(Path data, String config, String... arguments) throws Exception {
        Path file = Files.writeString(Files.createTempFile(folder, "command", ".conf"), config);
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--config", file.toString(), "--data", data.toString()));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return new Ran(line.execute(all.toArray(String[]::new)), out.toString(), err.toString());
    }

    private static void refused(Ran ran, String why) {
        assertThat(ran.code()).as(ran.out()).isEqualTo(2);
        assertThat(ran.err().strip().lines()).singleElement().asString().contains(why);
    }

    /** The configuration of a node on a new database of that kind. */
    private static String on(DatabaseConfig.Kind kind) {
        return kind == DatabaseConfig.Kind.H2
                ? COMMON
                : COMMON + "switchboard.database.url = \"" + TestDatabases.newPostgresDatabase() + "\"";
    }

    @ParameterizedTest
    @EnumSource(DatabaseConfig.Kind.class)
    void aNodeGoesOnWithAllThatTheBackupHolds(DatabaseConfig.Kind kind) throws Exception {
        Path data = Files.createTempDirectory(folder, "restored");
        String config = on(kind);
        Ran ran = run(data, config, "restore", backup.toString());
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("Restored ", "Start the nodes again.");

        TestNode node = TestNode.on(data, config);
        try {
            assertThat(node.apiKey()).isEqualTo(apiKey);
            Map<String, Object> after = state(node);
            before.forEach((what, was) -> assertThat(after.get(what)).as(what).isEqualTo(was));
            assertThat(Objects.toString(after.get("providers and keys"))).contains(SECRET);
            assertThat(node.send("GET", "/v1/models/demo/echo", null, grant).status())
                    .isEqualTo(200);
            assertThat(node.send("GET", "/v1/models/demo/lorem", null, grant).status())
                    .isEqualTo(404);
            Reply next = node.send(
                    "POST",
                    "/v1/responses",
                    "{\"model\":\"demo/echo\",\"previous_response_id\":\"" + response + "\",\"input\":\"second\"}",
                    apiKey);
            assertThat(next.status()).as(next.text()).isEqualTo(200);

            refused(run(data, config, "restore", backup.toString(), "--force"), "running");
        } finally {
            node.stop();
        }
        refused(run(data, config, "restore", backup.toString()), "--force");
    }

    @Test
    void whatCannotBeRestoredLeavesTheNodesStateAsItWas() throws Exception {
        Path data = Files.createTempDirectory(folder, "kept");
        TestNode node = TestNode.on(data, COMMON);
        String kept = node.apiKey();
        node.stop();

        String otherKey = COMMON.replace(ENCRYPTION_KEY, "4d".repeat(32));
        refused(run(data, otherKey, "restore", backup.toString(), "--force"), "another encryption key");
        byte[] whole = Files.readAllBytes(backup);
        byte[] changed = whole.clone();
        changed[whole.length / 2] ^= 1;
        Path damaged = Files.write(folder.resolve("damaged.backup"), changed);
        refused(run(data, COMMON, "restore", damaged.toString(), "--force"), damaged.toString());
        refused(run(data, COMMON, "restore", folder.resolve("none").toString()), "cannot be read");
        refused(run(data, COMMON, "backup", backup.toString()), "is there already");
        assertThat(Files.readAllBytes(backup)).isEqualTo(whole);

        TestNode again = TestNode.on(data, COMMON);
        try {
            assertThat(again.apiKey()).isEqualTo(kept);
        } finally {
            again.stop();
        }
    }
}
