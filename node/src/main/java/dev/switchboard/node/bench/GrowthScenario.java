package dev.switchboard.node.bench;

import dev.switchboard.node.bench.Lab.Upstream;
import dev.switchboard.node.bench.Report.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Scenario 4: what a request costs as models, log rows and nodes grow. */
final class GrowthScenario {
    private static final int CONNECTIONS = 64;
    private static final int LOG_ROWS = 1_000_000;

    private final Lab lab;

    GrowthScenario(Lab lab) {
        this.lab = lab;
    }

    void run() throws IOException, InterruptedException, SQLException {
        try (Upstream upstream = lab.answers()) {
            models(upstream);
            rows(upstream);
            nodes(upstream);
        }
    }

    private void models(Upstream upstream) throws IOException, InterruptedException {
        double ten = cpuOf(upstream, 10, Files.createTempDirectory(lab.folder, "data-"));
        lab.report.add(Row.own("4 growth", "CPU a request, 10 models", "us", ten, "", null));
        for (int models : List.of(100, 400)) {
            double cpu = cpuOf(upstream, models, Files.createTempDirectory(lab.folder, "data-"));
            lab.report.add(Row.own("4 growth", "CPU a request, " + models + " models", "us", cpu, "", null));
            if (models == 400) {
                lab.report.add(Row.own("4 growth", "400 models to 10", "", cpu / ten, "<= 1.2", cpu / ten <= 1.2));
            }
        }
    }

    private double cpuOf(Upstream upstream, int models, Path data) throws IOException, InterruptedException {
        try (Gateway gateway = lab.gateway(upstream.port(), models, 1, data, Programs.jvmOptions())) {
            return cpu(gateway);
        }
    }

    private double cpu(Gateway gateway) throws IOException, InterruptedException {
        lab.load.closed(gateway.port(), CONNECTIONS, CONNECTIONS, lab.plan.warmSeconds());
        Series series = new Series();
        for (int round = 0; round < lab.plan.rounds(); round++) {
            long before = gateway.cpuMicros();
            Load.Result seen = lab.load.closed(gateway.port(), CONNECTIONS, CONNECTIONS, lab.plan.seconds());
            series.add(seen, gateway.cpuMicros() - before);
        }
        return series.cpu();
    }

    private void rows(Upstream upstream) throws IOException, InterruptedException, SQLException {
        Path data = Files.createTempDirectory(lab.folder, "data-");
        double empty = cpuOf(upstream, 10, data);
        fill(data);
        double full = cpuOf(upstream, 10, data);
        double ratio = full / empty;
        lab.report.add(Row.own("4 growth", "CPU a request, empty request log", "us", empty, "", null));
        lab.report.add(Row.own("4 growth", "CPU a request, 1,000,000 log rows", "us", full, "", null));
        lab.report.add(Row.own("4 growth", "1,000,000 rows to none", "", ratio, "<= 1.05", ratio <= 1.05));
    }

    /** Rows of the last 30 days, written while no node runs. */
    private static void fill(Path data) throws SQLException {
        String url = "jdbc:h2:file:" + data.resolve("switchboard").toAbsolutePath() + ";DATABASE_TO_UPPER=FALSE";
        try (Connection connection = DriverManager.getConnection(url, "sa", "");
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(
                    """
                    INSERT INTO request_log (at_ms, request_id, session_key, mode, requested, platform, model, status,
                      outcome, attempts, stream, total_ms, ttft_ms, overhead_ms, input_tokens, output_tokens, node)
                    SELECT %d - x * 2592, 'req-' || x, 's-' || MOD(x, 5000), 'balanced', 'auto', 'bench0',
                      'bench-' || MOD(x, 10), 200, 1, 1, FALSE, 900, 300, 1, 200, 180, 'earlier'
                    FROM SYSTEM_RANGE(1, %d)
                    """
                            .formatted(System.currentTimeMillis(), LOG_ROWS));
        }
    }

    private void nodes(Upstream upstream) throws IOException, InterruptedException {
        double one = 0;
        for (int nodes : List.of(1, 2, 3)) {
            try (Gateway gateway = lab.gateway(upstream.port(), 10, nodes)) {
                lab.load.spread(gateway.ports(), CONNECTIONS, lab.plan.warmSeconds() * (nodes == 1 ? 1 : 2), 0);
                Series series = new Series();
                for (int round = 0; round < lab.plan.rounds(); round++) {
                    long before = gateway.cpuMicros();
                    Load.Result seen = lab.load.spread(gateway.ports(), CONNECTIONS, lab.plan.seconds(), 0);
                    series.add(seen, gateway.cpuMicros() - before);
                }
                one = nodes == 1 ? series.cpu() : one;
                lab.report.add(Row.own("4 growth", "CPU a request, nodes: " + nodes, "us", series.cpu(), "", null));
                if (nodes == 3) {
                    double served = one / series.cpu();
                    lab.report.add(Row.own(
                            "4 growth", "requests per CPU, 3 nodes to 1", "", served, ">= 0.85", served >= 0.85));
                }
            }
        }
    }
}
