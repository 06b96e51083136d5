package dev.switchboard.node.bench;

import dev.switchboard.node.bench.Lab.Upstream;
import dev.switchboard.node.bench.Report.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Scenario 5: start, idle memory, and how soon a cold node is fast. */
final class StartScenario {
    private static final int CONNECTIONS = 64;
    private static final int WARM_SECONDS = 40;
    private static final int IDLE_SECONDS = 10;

    private final Lab lab;

    StartScenario(Lab lab) {
        this.lab = lab;
    }

    void run() throws IOException, InterruptedException {
        List<String> options = Programs.jvmOptions();
        List<String> plain = options.stream()
                .filter(option -> !option.contains("SharedArchiveFile") && !option.startsWith("-Xshare"))
                .toList();
        try (Upstream upstream = lab.answers()) {
            double bare = ready(upstream, plain);
            lab.report.add(Row.own("5 start", "start to ready", "s", bare, "<= 5", bare <= 5));
            if (plain.size() < options.size()) {
                double shared = ready(upstream, options);
                lab.report.add(
                        Row.own("5 start", "start to ready, class-data sharing", "s", shared, "<= 3", shared <= 3));
            } else {
                lab.report.note("start with class-data sharing was not measured: this process has no archive");
            }
            idle(upstream);
            warmUp(upstream);
        }
    }

    private double ready(Upstream upstream, List<String> options) throws IOException, InterruptedException {
        List<Double> seconds = new ArrayList<>();
        for (int round = 0; round < lab.plan.rounds(); round++) {
            try (Gateway gateway =
                    lab.gateway(upstream.port(), 10, 1, Files.createTempDirectory(lab.folder, "data-"), options)) {
                seconds.add(gateway.readySeconds());
            }
        }
        return Lab.median(seconds);
    }

    private void idle(Upstream upstream) throws IOException, InterruptedException {
        try (Gateway gateway = lab.gateway(upstream.port(), 10, 1)) {
            TimeUnit.SECONDS.sleep(IDLE_SECONDS);
            double resident = gateway.residentBytes() / 1e6;
            lab.report.add(Row.own("5 start", "idle memory", "MB", resident, "<= 350", resident <= 350));
        }
    }

    /** The load begins the moment the node is ready; the steady rate is that of the last ten seconds. */
    private void warmUp(Upstream upstream) throws IOException, InterruptedException {
        try (Gateway gateway = lab.gateway(upstream.port(), 10, 1)) {
            List<Integer> perSecond = lab.load.timeline(gateway.port(), CONNECTIONS, WARM_SECONDS, upstream.port());
            double steady = perSecond.subList(WARM_SECONDS - 10, WARM_SECONDS).stream()
                    .mapToInt(each -> each)
                    .average()
                    .orElse(0);
            int half = 0;
            while (half < perSecond.size() && perSecond.get(half) < steady / 2) {
                half++;
            }
            lab.report.add(
                    Row.own("6 warm-up", "steady rate after " + (WARM_SECONDS - 10) + " s", "req/s", steady, "", null));
            lab.report.add(Row.own("6 warm-up", "seconds of load to half of it", "s", half, "<= 10", half <= 10));
        }
    }
}
