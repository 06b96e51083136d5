package dev.switchboard.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.PemFiles;
import dev.switchboard.node.TestNode;
import dev.switchboard.node.migration.FreeLlmApiFile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The import command against a running node. */
class ImportCommandTest {
    private static final String ADMIN = "switchboard.auth.admin-key = an-admin-key-of-thirty-letters";
    private static TestNode node;

    @TempDir
    Path folder;

    private record Ran(int code, String out, String err) {}

    @BeforeAll
    static void start() throws Exception {
        node = TestNode.start(ADMIN);
    }

    @AfterAll
    static void stop() throws Exception {
        node.stop();
    }

    private Ran run(String... arguments) throws Exception {
        return runWith(Files.writeString(folder.resolve("c.conf"), ADMIN), arguments);
    }

    private Ran runWith(Path config, String... arguments) {
        List<String> all = new ArrayList<>(List.of("import"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--config", config.toString(), "--data", folder.toString()));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return new Ran(line.execute(all.toArray(String[]::new)), out.toString(), err.toString());
    }

    @Test
    void aPreviewNeedsNoNodeAndAnImportDoes() throws Exception {
        int nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = socket.getLocalPort();
        }
        Path config = Files.writeString(folder.resolve("off.conf"), ADMIN + "\nswitchboard.http.port = " + nobody);
        Ran preview = runWith(config, "litellm", liteLlm(), "--dry-run");
        assertThat(preview.code()).as(preview.err()).isZero();
        assertThat(preview.out()).contains("Without a counterpart:", "Nothing was changed.");
        Ran ran = runWith(config, "litellm", liteLlm());
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err().strip().lines())
                .singleElement()
                .asString()
                .contains("no node answers at http://127.0.0.1:" + nobody, "--url");
    }

    @Test
    void aNodeWithTlsIsFoundByItsDataFolderAndKnownByItsCertificate() throws Exception {
        PemFiles files = PemFiles.make(folder, "EC", "gateway.example");
        String secured = ADMIN + "\nswitchboard.http.tls { certificate = \"" + files.certificate() + "\", key = \""
                + files.key() + "\" }";
        TestNode tls = TestNode.on(folder, secured);
        try {
            NodeUrls.note(folder, tls.baseUrl());
            Path config = Files.writeString(folder.resolve("tls.conf"), secured);
            Ran ran = runWith(config, "litellm", liteLlm());
            assertThat(ran.code()).as(ran.err()).isZero();
            assertThat(ran.out()).contains("Imported: 5 platforms");
            assertThat(runWith(config, "litellm", liteLlm(), "--url", tls.baseUrl())
                            .code())
                    .as("a certificate that this machine does not trust")
                    .isEqualTo(2);
        } finally {
            tls.stop();
        }
    }

    @Test
    void aNodeWithoutTheCatalogueGetsThePlatformsThatTheModelsNeed() throws Exception {
        TestNode bare = TestNode.start(ADMIN + "\nswitchboard.catalog = none");
        try {
            Path file = Files.writeString(
                    folder.resolve("groq.yaml"),
                    """
                    model_list:
                      - { model_name: fast, litellm_params: { model: groq/llama-x, api_key: gsk-1 } }
                      - { model_name: flare, litellm_params: { model: gemini/gemini-x, api_key: g-1 } }
                    """);
            Ran ran = run("litellm", file.toString(), "--url", bare.baseUrl());
            assertThat(ran.err()).isEmpty();
            assertThat(ran.code()).isZero();
            assertThat(bare.get("/api/platforms")
                            .item("id", "groq")
                            .path("baseUrl")
                            .asText())
                    .startsWith("https://");
            assertThat(bare.get("/api/platforms")
                            .item("id", "google")
                            .path("adapter")
                            .asText())
                    .isEqualTo("google");
        } finally {
            bare.stop();
        }
    }

    private static String liteLlm() throws Exception {
        return Path.of(ImportCommandTest.class
                        .getResource("/migration/litellm.yaml")
                        .toURI())
                .toString();
    }

    private static List<String> chain() throws Exception {
        List<String> chain = new ArrayList<>();
        for (JsonNode row : node.get("/api/fallback").body()) {
            chain.add(row.path("platform").asText() + "/" + row.path("model").asText());
        }
        return chain;
    }

    @Test
    void aPreviewChangesNothing() throws Exception {
        int before = chain().size();
        Ran ran = run("litellm", liteLlm(), "--dry-run", "--url", node.baseUrl());
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out())
                .contains(
                        "platform openai  https://api.openai.com/v1", "Without a counterpart:", "Nothing was changed.")
                .doesNotContain("sk-second-account", "gsk-from-the-file");
        assertThat(chain()).hasSize(before);
    }

    @Test
    void liteLlmsProvidersAreThereAndAgainIsNoMore() throws Exception {
        Ran ran = run("litellm", liteLlm(), "--url", node.baseUrl());

        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("Imported: 5 platforms,").doesNotContain("sk-second-account");
        assertThat(chain())
                .startsWith(
                        "openai/gpt-4o",
                        "anthropic/claude-sonnet-4-5",
                        "groq/llama-3.3-70b-versatile",
                        "google/gemini-2.5-flash");
        JsonNode model = node.get("/api/models").item("id", "gpt-4o");
        assertThat(model.path("contextWindow").asInt()).isEqualTo(128_000);
        assertThat(node.get("/api/keys")
                        .item("label", "local-vision")
                        .path("platform")
                        .asText())
                .isEqualTo("gpu.internal-8000");

        Ran again = run("litellm", liteLlm(), "--url", node.baseUrl());
        assertThat(again.code()).isZero();
        assertThat(again.out()).contains("Imported: 0 platforms (5 there already)");
    }

    @Test
    void freeLlmApisProvidersAreThere() throws Exception {
        Ran ran = run("freellmapi", FreeLlmApiFile.used(folder).toString(), "--url", node.baseUrl());

        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("Imported: 2 platforms").doesNotContain("gsk-one", "sk-relay");
        assertThat(node.get("/api/keys").item("label", "spare").path("enabled").asBoolean(true))
                .isFalse();
        JsonNode rows = node.get("/api/fallback").body();
        assertThat(rows.get(0).path("model").asText()).isEqualTo("own-model");
        assertThat(rows.get(0).path("enabled").asBoolean(true)).isFalse();
        assertThat(rows.get(1).path("platform").asText()).isEqualTo("10.0.0.7-8000");
    }

    @Test
    void whatCannotWorkIsOneLineAndCodeTwo() throws Exception {
        refused("cannot be read", "litellm", folder.resolve("none.yaml").toString());
        Path text = Files.writeString(folder.resolve("x.yaml"), "just text");
        refused("is no config.yaml of LiteLLM", "litellm", text.toString());
        refused("is no SQLite database", "freellmapi", text.toString());
        refused("litellm|freellmapi", "openrouter", text.toString());
        refused("no node answers at http://127.0.0.1:1", "litellm", liteLlm(), "--url", "http://127.0.0.1:1");
        refused("--url", "litellm", liteLlm(), "--url", "nonsense");
    }

    private void refused(String named, String... arguments) throws Exception {
        Ran ran = run(arguments);
        assertThat(ran.code()).as(ran.out()).isEqualTo(2);
        assertThat(ran.err().strip().lines()).hasSize(1);
        assertThat(ran.err()).startsWith("switchboard: ").contains(named);
    }

    @Test
    void aWrongOrMissingAdminKeyIsNamed() throws Exception {
        Path wrong = Files.writeString(
                folder.resolve("wrong.conf"), "switchboard.auth.admin-key = another-admin-key-of-many-letters");
        Path none = Files.writeString(folder.resolve("none.conf"), "");
        for (var each : List.of(
                new String[] {wrong.toString(), "does not take this admin key"},
                new String[] {none.toString(), "ADMIN_DASHBOARD_KEY"})) {
            StringWriter err = new StringWriter();
            CommandLine line = Main.commandLine();
            line.setErr(new PrintWriter(err, true));
            line.setOut(new PrintWriter(new StringWriter()));
            assertThat(line.execute("import", "litellm", liteLlm(), "--url", node.baseUrl(), "--config", each[0]))
                    .isEqualTo(2);
            assertThat(err.toString().strip().lines()).hasSize(1);
            assertThat(err.toString()).contains(each[1]);
        }
    }
}
