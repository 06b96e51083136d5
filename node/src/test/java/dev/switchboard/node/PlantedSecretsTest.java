package dev.switchboard.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.switchboard.node.TestNode.Reply;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.admin.BackupEndpoint;
import dev.switchboard.node.telemetry.OtlpReceiver;
import dev.switchboard.node.vault.VaultKeys;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Secrets are planted wherever a node takes one, a provider that repeats what it was sent answers it in every way, and then
 * nothing that a node says or keeps may hold them.
 */
class PlantedSecretsTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final List<String> WAYS = List.of("good", "revoked", "refusing", "failing", "nonsense", "breaking");

    /** Answers the first API key to whoever has the admin key, as contract.md §4 says. */
    private static final String SHOWS_ITS_KEY = "/api/settings/api-key";

    private final Map<String, String> secrets = new LinkedHashMap<>();
    private final Map<String, String> said = new LinkedHashMap<>();
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final ByteArrayOutputStream events = new ByteArrayOutputStream();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger own = (Logger) LoggerFactory.getLogger("dev.switchboard");
    private Level levelBefore;
    private OutputStreamAppender<ILoggingEvent> appender;
    private HttpServer provider;
    private OtlpReceiver telemetry;
    private int planted;

    @BeforeEach
    void start() throws Exception {
        telemetry = new OtlpReceiver();
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        provider.setExecutor(threads);
        WAYS.forEach(way -> provider.createContext("/" + way, exchange -> repeat(way, exchange)));
        provider.start();
        PatternLayoutEncoder lines = new PatternLayoutEncoder();
        lines.setContext((LoggerContext) LoggerFactory.getILoggerFactory());
        lines.setPattern("%level %logger %msg %mdc %kvp %ex{full}%n");
        lines.start();
        appender = new OutputStreamAppender<>();
        appender.setContext(lines.getContext());
        appender.setEncoder(lines);
        appender.setOutputStream(log);
        appender.start();
        root.addAppender(appender);
        levelBefore = own.getLevel();
        own.setLevel(Level.TRACE);
    }

    @AfterEach
    void stop() {
        own.setLevel(levelBefore);
        root.detachAppender(appender);
        appender.stop();
        provider.stop(0);
        telemetry.close();
        threads.shutdownNow();
    }

    /** A secret whose middle is nowhere else. */
    private String plant(String what, String prefix) {
        String secret = prefix + HexFormat.of().toHexDigits(0x5EC0DE00 + planted++, 8) + what.replace(' ', 'x')
                + "Pl4ntedS3cret".repeat(2) + planted + "end";
        secrets.put(what, secret);
        return secret;
    }

    private static void repeat(String way, HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        String key = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        boolean models = exchange.getRequestURI().getPath().endsWith("/models");
        int status = 200;
        String type = "application/json";
        String body =
                "{\"id\":\"x\",\"object\":\"chat.completion\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":"
                        + "\"assistant\",\"content\":\"fine\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,"
                        + "\"completion_tokens\":1,\"total_tokens\":2}}";
        String error = "{\"error\":{\"message\":\"Incorrect API key provided: " + key + "\",\"type\":\"" + key
                + "\",\"code\":\"invalid_api_key\",\"param\":\"" + key + "\"}}";
        // All but one pass the check of their keys and fail when they are used.
        switch (models && !way.equals("revoked") ? "good" : way) {
            case "revoked", "refusing" -> {
                status = 401;
                body = error;
            }
            case "failing" -> {
                status = 500;
                body = error;
            }
            case "nonsense" -> {
                status = 502;
                type = "text/html";
                body = "<html>" + key + "</html>";
            }
            case "breaking" -> {
                type = "text/event-stream";
                body =
                        "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":"
                                + "\"begun\"}}]}\n\ndata: " + error + "\n\n";
            }
            default -> body = models ? "{\"object\":\"list\",\"data\":[{\"id\":\"m\"}]}" : body;
        }
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("X-Your-Key", key);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private Reply told(String what, Reply reply) {
        said.merge(what, reply.headers().map() + reply.text(), String::concat);
        return reply;
    }

    @Test
    void noSecretIsSaidOrKeptAnywhere() throws Exception {
        String adminKey = plant("admin key", "sb-admin-");
        String encryptionKey = "5e".repeat(16) + "c0de".repeat(8);
        secrets.put("encryption key", encryptionKey);
        StringBuilder platforms = new StringBuilder();
        StringBuilder models = new StringBuilder();
        StringBuilder keys = new StringBuilder();
        for (String way : WAYS) {
            platforms.append("{ id = %s, name = Leaky, adapter = openai, base-url = \"http://127.0.0.1:%d/%s/v1\" }\n"
                    .formatted(way, provider.getAddress().getPort(), way));
            models.append("{ platform = %s, id = m }\n".formatted(way));
            keys.append("{ platform = %s, key = \"%s\" }\n".formatted(way, plant("bootstrap key of " + way, "sk-")));
        }
        TestNode node = TestNode.start(
                """
                switchboard {
                  auth { api-key = "%s", admin-key = "%s" }
                  log { level = TRACE, requests = true }
                  telemetry.endpoint = "%s"
                  bootstrap { platforms = [ %s ], models = [ %s ], keys = [ %s ] }
                }
                """
                        .formatted(plant("first API key", "sb-"), adminKey, telemetry.url(), platforms, models, keys),
                Map.of("ENCRYPTION_KEY", encryptionKey));
        try {
            CompletableFuture<Void> listening = listen(node);
            use(node);
            readEverything(node);
            backUp(node, encryptionKey);
            readTheProcess();
            await().atMost(SOON)
                    .until(() -> events.toString(StandardCharsets.UTF_8).contains("\"refusing\""));
            listening.cancel(true);
        } finally {
            node.stop();
        }
        said.put("live events", events.toString(StandardCharsets.UTF_8));
        said.put("log", log.toString(StandardCharsets.UTF_8));
        said.put("traces and metrics", telemetry.everything());
        int files = readFiles(node.folder());

        assertThat(files).isPositive();
        // What is searched is what is meant to be searched.
        assertThat(said.get("log")).contains("refusing", "failing", "nonsense", "breaking");
        assertThat(said.get("traces and metrics")).contains("switchboard", "refusing");
        assertThat(said.get("live events")).contains("\"refusing\"");
        assertThat(said.get("GET /metrics")).contains("switchboard_attempts_total");
        assertThat(said.get("GET /api/audit")).contains("key.add");
        assertThat(said.entrySet().stream().filter(entry -> entry.getKey().startsWith("file ")))
                .anySatisfy(file -> assertThat(file.getValue()).contains("refusing"));
        said.forEach(this::assertHoldsNone);
    }

    /** Keys are made, changed, refused and used in every way that there is. */
    private void use(TestNode node) throws Exception {
        String added = plant("added key", "sk-");
        String body = "{\"platform\":\"good\",\"key\":\"" + added + "\",\"label\":\"added\"}";
        Reply row = told("POST /api/keys", node.admin("POST", "/api/keys", body));
        assertThat(row.status()).as(row.text()).isEqualTo(201);
        String id = row.body().path("id").asText();
        told("POST /api/keys", node.admin("POST", "/api/keys", body));
        told(
                "POST /api/keys",
                node.admin(
                        "POST", "/api/keys", "{\"platform\":\"none\",\"key\":\"" + plant("lost key", "sk-") + "\"}"));
        told(
                "POST /api/keys",
                node.admin("POST", "/api/keys", "{\"platform\":\"good\",\"key\":\"" + plant("torn key", "sk-")));
        told(
                "POST /api/keys",
                node.admin(
                        "POST", "/api/keys", "{\"platform\":\"good\",\"key\":[\"" + plant("odd key", "sk-") + "\"]}"));
        told(
                "PATCH /api/keys",
                node.admin("PATCH", "/api/keys/" + id, "{\"key\":\"" + plant("changed key", "sk-") + "\"}"));
        told("POST /api/keys/check", node.admin("POST", "/api/keys/check", null));
        told(
                "PUT /api/settings",
                node.admin(
                        "PUT", "/api/settings", "{\"switchboard.auth.api-key\":\"" + plant("set key", "sb-") + "\"}"));

        Reply made = node.admin("POST", "/api/api-keys", "{\"name\":\"second\"}");
        secrets.put("second API key", made.body().path("key").asText());
        // Not a secret of ours, and yet nobody's business: nothing logs, counts or keeps it.
        plant("prompt", "tell nobody: ");
        for (String way : WAYS) {
            for (boolean stream : List.of(false, true)) {
                String chat = "{\"model\":\"" + way + "/m\",\"stream\":" + stream
                        + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + secrets.get("prompt") + "\"}]}";
                for (String key : List.of(node.apiKey(), secrets.get("second API key"))) {
                    for (var cooling : node.get("/api/cooldowns").body()) {
                        node.admin(
                                "DELETE", "/api/cooldowns/" + cooling.path("id").asText(), null);
                    }
                    told("chat", node.send("POST", "/v1/chat/completions", chat, key));
                }
            }
        }
        told("wrong key", node.send("GET", "/v1/models", null, plant("wrong key", "sb-")));
        told("wrong key", node.send("GET", "/api/keys", null, plant("wrong admin key", "sb-admin-")));
        told(
                "sign-in",
                node.send(
                        "POST", "/api/session", "{\"adminKey\":\"" + plant("guessed key", "sb-admin-") + "\"}", null));
        Reply signedIn = node.send("POST", "/api/session", "{\"adminKey\":\"" + node.adminKey() + "\"}", null);
        String cookie = signedIn.headers().firstValue("Set-Cookie").orElseThrow();
        secrets.put("sign-in token", cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';')));
        assertThat(signedIn.text()).doesNotContain(core("sign-in token"));

        told(
                "export",
                node.admin("POST", "/api/export", "{\"adminKey\":\"" + plant("export guess", "sb-admin-") + "\"}"));
        told(
                "import",
                node.admin(
                        "POST",
                        "/api/import?dryRun=false",
                        "{\"keys\":[{\"platform\":\"good\",\"key\":\"" + plant("imported key", "sk-")
                                + "\",\"label\":\"imported\"}]}"));
        Reply whole = node.admin("POST", "/api/export", "{\"adminKey\":\"" + node.adminKey() + "\"}");
        assertThatThrownBy(() -> assertHoldsNone("an export with the admin key", whole.text()))
                .isInstanceOf(AssertionError.class);
    }

    /** Every route that only reads, by the route table. */
    private void readEverything(TestNode node) throws Exception {
        await().atMost(SOON).until(() -> node.get("/api/requests").text().contains("refusing"));
        for (Endpoint endpoint : node.routes().endpoints()) {
            String path = endpoint.path();
            if (!endpoint.method().equals("GET")
                    || path.contains("{")
                    || path.equals("/api/events")
                    || path.equals(SHOWS_ITS_KEY)) {
                continue;
            }
            String key = endpoint.access() == Access.API ? node.apiKey() : node.adminKey();
            told("GET " + path, node.send("GET", path, null, key));
        }
        for (var session : node.get("/api/sessions").body()) {
            told(
                    "GET /api/sessions/{key}",
                    node.get("/api/sessions/" + session.path("key").asText()));
        }
    }

    /** Both kinds of backup, as the command takes them from a running node. */
    private void backUp(TestNode node, String encryptionKey) throws Exception {
        String proof = BackupEndpoint.proof(VaultKeys.load(encryptionKey, node.folder()), Instant.now());
        for (String passphrase : List.of("", plant("passphrase", "pass-"))) {
            Reply backup = node.send("POST", BackupEndpoint.PATH, passphrase, proof);
            assertThat(backup.status()).isEqualTo(200);
            assertThat(backup.text().length()).isGreaterThan(10_000);
            told("backup", backup);
        }
    }

    private void readTheProcess() {
        said.put(
                "names of threads",
                Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .collect(Collectors.joining("\n")));
        said.put("system properties", System.getProperties().toString());
        said.put("process arguments", ProcessHandle.current().info().toString());
        assertThat(said.get("names of threads")).contains("switchboard");
    }

    /** A dump holds whatever is in memory, so that none is written unless an operator asks for one. */
    @Test
    void nothingThatStartsANodeHasItsHeapDumped() throws Exception {
        Path top = Files.isDirectory(Path.of("docs")) ? Path.of("") : Path.of("..");
        List<Path> starters;
        try (Stream<Path> examples = Files.walk(top.resolve("config/examples"))) {
            starters = Stream.concat(Stream.of(top.resolve("switchboard")), examples.filter(Files::isRegularFile))
                    .toList();
        }
        assertThat(starters).hasSizeGreaterThan(4);
        for (Path starter : starters) {
            assertThat(Files.readString(starter))
                    .as(starter.toString())
                    .doesNotContain("HeapDumpOnOutOfMemoryError", "-Xdump", "jmap");
        }
    }

    private CompletableFuture<Void> listen(TestNode node) throws Exception {
        HttpResponse<InputStream> stream = node.client()
                .send(node.request("GET", "/api/events", null, node.adminKey()), BodyHandlers.ofInputStream());
        return CompletableFuture.runAsync(
                () -> {
                    try (InputStream in = stream.body()) {
                        in.transferTo(events);
                    } catch (IOException ended) {
                        return;
                    }
                },
                threads);
    }

    private int readFiles(Path folder) throws IOException {
        int files = 0;
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                // The configuration is where they come from.
                if (!file.toString().endsWith(".conf")) {
                    said.put("file " + file.getFileName(), Files.readString(file, StandardCharsets.ISO_8859_1));
                    files++;
                }
            }
        }
        return files;
    }

    /** Without what a mask shows of it. */
    private String core(String what) {
        String secret = secrets.get(what);
        return secret.substring(9, secret.length() - 5);
    }

    private void assertHoldsNone(String where, String text) {
        String folded = text.toLowerCase(Locale.ROOT);
        for (String what : secrets.keySet()) {
            byte[] core = core(what).getBytes(StandardCharsets.UTF_8);
            for (int shift = 0; shift < 3; shift++) {
                String base64 =
                        Base64.getEncoder().encodeToString(java.util.Arrays.copyOfRange(core, shift, core.length));
                assertThat(text.contains(base64.substring(0, base64.length() - 4)))
                        .as(what + " as Base64 in " + where)
                        .isFalse();
            }
            int at = folded.indexOf(core(what).toLowerCase(Locale.ROOT));
            assertThat(at < 0 ? "" : text.substring(Math.max(0, at - 200), Math.min(text.length(), at + 200)))
                    .as(what + " in " + where)
                    .isEmpty();
            assertThat(folded.contains(HexFormat.of().formatHex(core)))
                    .as(what + " as hex in " + where)
                    .isFalse();
        }
    }
}
