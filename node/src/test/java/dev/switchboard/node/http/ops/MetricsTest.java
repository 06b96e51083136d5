package dev.switchboard.node.http.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.TestNode;
import dev.switchboard.node.TestNode.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What /metrics of a running node holds is what docs/operate.md promises and what the Grafana dashboard asks for. */
class MetricsTest {
    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$");
    private static final Pattern DOCUMENTED =
            Pattern.compile("(?m)^\\| `((?:switchboard|jvm|process|system)_[a-z0-9_]+)`");
    private static final Pattern IN_A_QUERY = Pattern.compile("\\b((?:switchboard|jvm|process|system)_[a-z0-9_]+)");

    private static final Pattern A_LABEL = Pattern.compile("[{,]\\s*([a-z_]+)\\s*(?:=~|!~|!=|=)\\s*\"");
    private static final Pattern GROUPED = Pattern.compile("\\b(?:by|without|on)\\s*\\(([^)]*)\\)");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static TestNode node;

    @BeforeAll
    static void servesOfEveryKind() throws Exception {
        node = TestNode.start("");
        assertThat(node.chat("auto", "Hello!").status()).isEqualTo(200);
        assertThat(node.chat("demo/echo", "Hello!").status()).isEqualTo(200);
        String stream =
                "{\"model\":\"demo/lorem\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello!\"}]}";
        assertThat(node.send("POST", "/v1/chat/completions", stream, node.apiKey())
                        .status())
                .isEqualTo(200);
        // Collections are counted once there has been one.
        System.gc();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> scrape().contains("switchboard_ttft_seconds_count 1")
                        && scrape().contains("# TYPE jvm_gc_pause_seconds "));
    }

    @AfterAll
    static void stops() throws Exception {
        node.stop();
    }

    @Test
    void everyDocumentedNameIsThereAndNoOther() throws Exception {
        Set<String> documented = new TreeSet<>();
        Set<String> later = new TreeSet<>();
        for (String line : Files.readAllLines(top().resolve("docs/operate.md"))) {
            Matcher matcher = DOCUMENTED.matcher(line);
            if (matcher.find()) {
                documented.add(matcher.group(1));
                if (line.contains("only after")) {
                    later.add(matcher.group(1));
                }
            }
        }
        Set<String> exposed = names();
        assertThat(documented).containsAll(exposed);
        documented.removeAll(later);
        assertThat(exposed).containsAll(documented);
    }

    @Test
    void theNamesOfTheContractAreThereInBaseUnits() throws Exception {
        assertThat(names())
                .contains(
                        "switchboard_requests_total",
                        "switchboard_attempts_total",
                        "switchboard_overhead_seconds",
                        "switchboard_ttft_seconds",
                        "switchboard_tokens_total",
                        "switchboard_streams_open",
                        "switchboard_leases",
                        "switchboard_cooldowns");
        assertThat(names()).noneMatch(name -> name.matches(".*_(ms|ns|millis|milliseconds|minutes|kb|mb)(_.*)?"));
    }

    @Test
    void whatTheNodeHoldsIsCounted() throws Exception {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(scrape())
                .containsPattern("switchboard_requests_total\\{mode=\"balanced\",status=\"200\"} [1-9]")
                .containsPattern("switchboard_attempts_total\\{outcome=\"success\",platform=\"demo\"} [1-9]")
                .contains("switchboard_cluster_members{status=\"up\"} 1")
                .contains("switchboard_cluster_unreachable_members 0")
                .contains("switchboard_ready 1")
                .contains("switchboard_database_answering 1")
                .contains("switchboard_streams_open 0")
                .contains("switchboard_leases 0")
                .contains("switchboard_sessions 1")
                .contains("switchboard_shards{type=\"session\"} 1")
                .containsPattern("switchboard_shards\\{type=\"provider\"} [1-9]"));
    }

    @Test
    void aCallerCannotMakeLabelValues() throws Exception {
        int before = seriesOf(scrape()).size();
        for (int i = 0; i < 20; i++) {
            node.chat("no-such-model-" + i, "Hello!");
            node.send("GET", "/v1/odd-" + i, null, node.apiKey());
            node.send("GET", "/v1/models/odd-" + i, null, "sb-wrong-" + i);
        }
        assertThat(node.chat("auto", "Hello!").status()).isEqualTo(200);
        Set<String> after = seriesOf(scrape());
        assertThat(after).noneMatch(series -> series.contains("odd-") || series.contains("no-such-model"));
        // At most the three statuses that these requests were answered with.
        assertThat(after.size() - before).isLessThanOrEqualTo(3);
    }

    @Test
    void fourHundredModelsMakeNoSeries() throws Exception {
        Set<String> before = seriesOf(scrape());
        ObjectNode file = JSON.createObjectNode().put("format", "switchboard-providers/1");
        ArrayNode platforms = file.putArray("platforms");
        ArrayNode models = file.putArray("models");
        ArrayNode keys = file.putArray("keys");
        for (int i = 0; i < 20; i++) {
            String id = "bulk-" + i;
            platforms.addObject().put("id", id).put("baseUrl", "http://127.0.0.1:1/v1");
            keys.addObject().put("platform", id).put("key", "sk-bulk-" + i);
            for (int j = 0; j < 20; j++) {
                models.addObject().put("platform", id).put("id", "model-" + j);
            }
        }
        Reply imported = node.admin("POST", "/api/import", file.toString());
        assertThat(imported.status()).as(imported.text()).isEqualTo(200);
        assertThat(node.chat("bulk-3/model-4", "Hello!").status()).isEqualTo(502);
        await().atMost(Duration.ofSeconds(10)).until(() -> scrape().contains(
                        "switchboard_attempts_total{outcome=\"unreachable\",platform=\"bulk-3\"} 1"));
        Set<String> added = seriesOf(scrape());
        added.removeAll(before);
        // Of platforms that were tried alone; models are no label.
        assertThat(added).hasSizeLessThanOrEqualTo(6).noneMatch(series -> series.contains("model-"));
        for (JsonNode platform : platforms) {
            assertThat(node.admin(
                                    "DELETE",
                                    "/api/platforms/" + platform.path("id").asText(),
                                    null)
                            .status())
                    .isEqualTo(204);
        }
    }

    @Test
    void theGrafanaDashboardAsksOnlyForNamesThatAreThere() throws Exception {
        JsonNode dashboard =
                JSON.readTree(top().resolve("config/grafana/switchboard.json").toFile());
        assertThat(dashboard.path("title").asText()).isEqualTo("Switchboard");
        Set<String> exposed = names();
        // Those that Prometheus adds, and those of the text.
        Set<String> labels = new TreeSet<>(Set.of("instance", "job"));
        A_LABEL.matcher(scrape()).results().forEach(label -> labels.add(label.group(1)));
        int queries = 0;
        for (JsonNode expression : dashboard.findValues("expr")) {
            queries++;
            Matcher matcher = IN_A_QUERY.matcher(expression.asText());
            boolean any = false;
            while (matcher.find()) {
                any = true;
                String base = matcher.group(1).replaceAll("_(bucket|count|sum)$", "");
                assertThat(exposed.contains(base) || exposed.contains(matcher.group(1)))
                        .as(expression.asText())
                        .isTrue();
            }
            assertThat(any).as(expression.asText()).isTrue();
            assertThat(labels).as(expression.asText()).containsAll(labelsIn(expression.asText()));
        }
        assertThat(queries).isGreaterThan(10);
    }

    private static Set<String> labelsIn(String query) {
        Set<String> labels = new TreeSet<>();
        A_LABEL.matcher(query).results().forEach(label -> labels.add(label.group(1)));
        GROUPED.matcher(query)
                .results()
                .flatMap(group -> Arrays.stream(group.group(1).split(",")))
                .forEach(label -> labels.add(label.strip()));
        return labels;
    }

    private static Path top() {
        Path fromModule = Path.of("..");
        return Files.isDirectory(fromModule.resolve("docs")) ? fromModule : Path.of(".");
    }

    private static String scrape() throws Exception {
        return node.send("GET", "/metrics", null, null).text();
    }

    private static Set<String> names() throws Exception {
        Set<String> names = new TreeSet<>();
        Matcher matcher = TYPE.matcher(scrape());
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    private static Set<String> seriesOf(String text) {
        Set<String> series = new TreeSet<>();
        text.lines()
                .filter(line -> line.startsWith("switchboard_"))
                .forEach(line -> series.add(line.substring(0, line.lastIndexOf(' '))));
        return series;
    }
}
