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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Scenario 4: what a request costs as models, log rows and nodes grow. */
final class GrowthScenario {
    private static final int CONNECTIONS = 64;
    private static final int MOST_WARM_UPS = 8;
    private static final double STILL_FASTER = 1.1;
    private static final int LOG_ROWS = 1_000_000;
    private static final Duration MONTH = Duration.ofDays(30);

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

    /** A gateway under measurement. */
    private record Target(Gateway gateway, Series series) {}

    private void models(Upstream upstream) throws IOException, InterruptedException {
        List<Integer> sizes = List.of(10, 100, 400);
        List<Target> targets = new ArrayList<>();
        try {
            for (int models : sizes) {
                targets.add(target(lab.gateway(upstream.port(), models, 1)));
            }
            measure(targets);
        } finally {
            close(targets);
        }
        for (int i = 0; i < sizes.size(); i++) {
            add("CPU a request, " + sizes.get(i) + " models", cpu(targets, i));
        }
        double ratio = cpu(targets, 2) / cpu(targets, 0);
        lab.report.add(Row.own("4 growth", "400 models to 10", "", ratio, "<= 1.2", ratio <= 1.2));
    }

    private void rows(Upstream upstream) throws IOException, InterruptedException, SQLException {
        Path data = Files.createTempDirectory(lab.folder, "data-");
        lab.gateway(upstream.port(), 10, 1, data, Programs.jvmOptions()).close();
        fill(data, LOG_ROWS);
        List<Target> targets = new ArrayList<>();
        try {
            targets.add(target(lab.gateway(upstream.port(), 10, 1)));
            targets.add(target(lab.gateway(upstream.port(), 10, 1, data, Programs.jvmOptions())));
            measure(targets);
        } finally {
            close(targets);
        }
        double ratio = cpu(targets, 1) / cpu(targets, 0);
        add("CPU a request, empty request log", cpu(targets, 0));
        add("CPU a request, 1,000,000 log rows", cpu(targets, 1));
        lab.report.add(Row.own("4 growth", "1,000,000 rows to none", "", ratio, "<= 1.05", ratio <= 1.05));
    }

    private void nodes(Upstream upstream) throws IOException, InterruptedException {
        List<Integer> sizes = List.of(1, 2, 3);
        List<Target> targets = new ArrayList<>();
        try {
            for (int nodes : sizes) {
                targets.add(target(lab.gateway(upstream.port(), 10, nodes)));
            }
            measure(targets);
        } finally {
            close(targets);
        }
        for (int i = 0; i < sizes.size(); i++) {
            add("CPU a request, nodes: " + sizes.get(i), cpu(targets, i));
        }
        double served = cpu(targets, 0) / cpu(targets, 2);
        lab.report.add(Row.own("4 growth", "requests per CPU, 3 nodes to 1", "", served, ">= 0.85", served >= 0.85));
    }

    private static Target target(Gateway gateway) {
        return new Target(gateway, new Series());
    }

    /** All of them run at once and are visited in turn: from minute to minute a machine differs by more than the limits. */
    private void measure(List<Target> targets) throws IOException, InterruptedException {
        for (Target target : targets) {
            warmUp(target.gateway());
        }
        for (int round = 0; round < lab.plan.rounds(); round++) {
            for (Target target : targets) {
                long before = target.gateway().cpuMicros();
                Load.Result seen = lab.load.spread(target.gateway().ports(), CONNECTIONS, lab.plan.seconds(), 0);
                target.series().add(seen, target.gateway().cpuMicros() - before);
            }
        }
    }

    /** Until it gets no faster: the compilers of several nodes share the processors, so that a cluster takes minutes. */
    private void warmUp(Gateway gateway) throws IOException, InterruptedException {
        double before = 0;
        for (int i = 0; i < MOST_WARM_UPS; i++) {
            double rate = lab.load
                    .spread(gateway.ports(), CONNECTIONS, lab.plan.warmSeconds(), 0)
                    .rate();
            if (rate < before * STILL_FASTER) {
                return;
            }
            before = rate;
        }
    }

    private static double cpu(List<Target> targets, int index) {
        return targets.get(index).series().cpu();
    }

    private void add(String what, double cpu) {
        lab.report.add(Row.own("4 growth", what, "us", cpu, "", null));
    }

    private static void close(List<Target> targets) {
        targets.forEach(target -> target.gateway().close());
    }

    /** The embedded database of a node that keeps its data there. */
    static String databaseIn(Path data) {
        return "jdbc:h2:file:" + data.resolve("switchboard").toAbsolutePath() + ";DATABASE_TO_UPPER=FALSE";
    }

    /** Rows over the last 30 days, written while no node runs. */
    static void fill(Path data, int rows) throws SQLException {
        try (Connection connection = DriverManager.getConnection(databaseIn(data), "sa", "");
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(
                    """
                    INSERT INTO request_log (at_ms, request_id, session_key, mode, requested, platform, model, status,
                      outcome, attempts, stream, total_ms, ttft_ms, overhead_ms, input_tokens, output_tokens, node)
                    SELECT %d - X * %d, 'req-' || X, 's-' || MOD(X, 5000), 'balanced', 'auto', 'bench0',
                      'bench-' || MOD(X, 10), 200, 1, 1, FALSE, 900, 300, 1, 200, 180, 'earlier'
                    FROM SYSTEM_RANGE(1, %d)
                    """
                            .formatted(System.currentTimeMillis(), MONTH.toMillis() / rows, rows));
        }
    }
}
