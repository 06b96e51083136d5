package dev.switchboard.node.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.switchboard.node.persistence.DatabaseConfig;
import dev.switchboard.node.persistence.Schema;
import dev.switchboard.node.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bench's own tools, against each other: what they report must be what was sent. */
class BenchTest {
    @TempDir
    private Path folder;

    private final Report report =
            new Report(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));

    private Lab lab() {
        return new Lab(new Lab.Plan(1, 1, 1, true, true), folder, report);
    }

    @Test
    void requestsAndAnswersHaveAKilobyteAndAreJson() throws Exception {
        ObjectMapper json = new ObjectMapper();
        assertThat(Traffic.body()).hasSize(1024);
        assertThat(Traffic.answer()).hasSize(1024);
        assertThat(json.readTree(Traffic.body()).path("model").asText()).isEqualTo("auto");
        assertThat(json.readTree(Traffic.answer()).path("choices").isArray()).isTrue();
        assertThat(json.readTree(Traffic.streamBody(1000, 5)).path("stream").asBoolean())
                .isTrue();
    }

    @Test
    void theBundledClientKeepsItsRateAndSeesEveryAnswer() throws Exception {
        Lab lab = lab();
        try (Lab.Upstream upstream = lab.bundledUpstream()) {
            Load.Result paced = lab.load.paced(upstream.port(), 4, 200, 3, 1);
            assertThat(paced.rate()).isCloseTo(200, within(20.0));
            assertThat(paced.errors()).isZero();
            assertThat(paced.p50()).isPositive();

            Load.Result closed = lab.load.closed(upstream.port(), 4, 4, 1);
            assertThat(closed.requests()).isGreaterThan(200);
            assertThat(ProcessStat.cpuMicros(upstream.child().pid())).isPositive();
            assertThat(ProcessStat.residentBytes(upstream.child().pid())).isGreaterThan(1 << 20);
        }
    }

    @Test
    void streamsComeAtTheirPaceAndFastOnesFaster() throws Exception {
        Lab lab = lab();
        try (Lab.Upstream upstream = lab.bundledUpstream()) {
            JsonNode slow = Load.lastLine(
                    lab.load.streams(upstream.port(), 20, 100, 1_000_000, 2, 1).await(60));
            assertThat(slow.path("broken").asInt()).isZero();
            assertThat(slow.path("eventsPerSecond").asDouble()).isCloseTo(200, within(30.0));

            JsonNode fast = Load.lastLine(
                    lab.load.streams(upstream.port(), 4, 0, 50, 1, 1).await(60));
            assertThat(fast.path("broken").asInt()).isZero();
            assertThat(fast.path("eventsPerSecond").asDouble()).isGreaterThan(400);
        }
    }

    @Test
    void theRequestLogIsFilledInTheSchemaOfANode() throws Exception {
        Schema.migrate(DatabaseConfig.of(new Settings.Database(null, null, null), folder));
        GrowthScenario.fill(folder, 1_000);
        try (Connection connection = DriverManager.getConnection(GrowthScenario.databaseIn(folder), "sa", "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT COUNT(DISTINCT request_id), COUNT(DISTINCT model), MIN(at_ms) FROM request_log")) {
            rows.next();
            assertThat(rows.getInt(1)).isEqualTo(1_000);
            assertThat(rows.getInt(2)).isEqualTo(10);
            assertThat(rows.getLong(3))
                    .isCloseTo(System.currentTimeMillis() - Duration.ofDays(30).toMillis(), within(60_000L));
        }
    }

    @Test
    void anEndedStreamIsCountedAsBroken() throws Exception {
        Lab lab = lab();
        try (Lab.Upstream upstream = lab.bundledUpstream()) {
            Child client = lab.load.streams(upstream.port(), 5, 10, 3, 1, 1);
            assertThat(Load.lastLine(client.await(60)).path("broken").asInt()).isEqualTo(5);
        }
    }

    @Test
    void theReportHoldsRatiosAndWhatWasNotMeasured() throws Exception {
        report.add(new Report.Row("1 json", "requests a second", "req/s", 100.0, 50.0, 20.0, "", null));
        report.add(Report.Row.own("1 json", "share", "", 0.4, ">= 0.35", true));
        report.note("scenario 4 was not measured");
        Path file = folder.resolve("bench.json");
        report.write(file, new ObjectMapper().createObjectNode().put("processors", 2));

        JsonNode written = new ObjectMapper().readTree(Files.readString(file));
        assertThat(written.path("figures").get(0).path("ratioToDirect").asDouble())
                .isEqualTo(0.2);
        assertThat(written.path("figures").get(0).path("ratioToNginx").asDouble())
                .isEqualTo(0.4);
        assertThat(written.path("figures").get(1).path("direct").isNull()).isTrue();
        assertThat(written.path("figures").get(1).path("met").asBoolean()).isTrue();
        assertThat(written.path("notes").get(0).asText()).contains("not measured");
    }
}
