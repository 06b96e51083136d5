package dev.switchboard.node.bench;

import dev.switchboard.node.bench.Lab.Upstream;
import dev.switchboard.node.bench.Report.Row;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Scenarios 1 and 2: whole answers, as fast as they come and at a fixed rate. */
final class Scenarios {
    private static final int CONNECTIONS = 64;
    private static final int MANY_SESSIONS = 10_000;
    private static final int FEW_CONNECTIONS = 10;

    private final Lab lab;

    Scenarios(Lab lab) {
        this.lab = lab;
    }

    /** JSON chat of 1 kB in and out over 64 connections, sessions hit; then with 10,000 sessions. */
    void throughput() throws IOException, InterruptedException {
        try (Upstream upstream = lab.answers();
                @Nullable Upstream proxy = lab.proxy(upstream.port());
                Gateway gateway = lab.gateway(upstream.port(), 10, 1)) {
            int seconds = lab.plan.seconds();
            lab.load.closed(gateway.port(), CONNECTIONS, CONNECTIONS, lab.plan.warmSeconds());
            lab.load.closed(gateway.port(), CONNECTIONS, MANY_SESSIONS, lab.plan.warmSeconds() / 2);
            Series direct = new Series();
            Series nginx = new Series();
            Series few = new Series();
            Series many = new Series();
            for (int round = 0; round < lab.plan.rounds(); round++) {
                direct.add(lab.load.closed(upstream.port(), CONNECTIONS, CONNECTIONS, Math.min(5, seconds)), 0);
                if (proxy != null) {
                    measure(nginx, proxy, CONNECTIONS, Math.min(6, seconds));
                }
                measure(few, gateway, CONNECTIONS, seconds);
                measure(many, gateway, MANY_SESSIONS, seconds);
            }
            reportThroughput(direct, proxy == null ? null : nginx, few, many);
        }
    }

    private void measure(Series series, Upstream proxy, int sessions, int seconds)
            throws IOException, InterruptedException {
        long cpu = ProcessStat.cpuMicros(proxy.child().pid());
        Load.Result seen = lab.load.closed(proxy.port(), CONNECTIONS, sessions, seconds);
        series.add(seen, ProcessStat.cpuMicros(proxy.child().pid()) - cpu);
    }

    private void measure(Series series, Gateway gateway, int sessions, int seconds)
            throws IOException, InterruptedException {
        long cpu = gateway.cpuMicros();
        Load.Result seen = lab.load.closed(gateway.port(), CONNECTIONS, sessions, seconds);
        series.add(seen, gateway.cpuMicros() - cpu);
    }

    private void reportThroughput(Series direct, @Nullable Series nginx, Series few, Series many) {
        Report report = lab.report;
        Double proxied = nginx == null ? null : nginx.rate();
        report.note("load by " + lab.load.client() + ", " + CONNECTIONS + " connections; upstream alone gives "
                + Math.round(direct.rate() / few.rate()) + " times the gateway's rate, so neither is the limit");
        report.add(new Row("1 json", "requests a second", "req/s", direct.rate(), proxied, few.rate(), "", null));
        if (proxied != null) {
            double share = few.rate() / proxied;
            report.add(Row.own("1 json", "share of nginx as proxy", "", share, ">= 0.35", share >= 0.35));
        }
        report.add(
                new Row("1 json", "p50", "ms", direct.p50(), nginx == null ? null : nginx.p50(), few.p50(), "", null));
        report.add(new Row(
                "1 json",
                "p99",
                "ms",
                direct.p99(),
                nginx == null ? null : nginx.p99(),
                few.p99(),
                "<= 25",
                few.p99() <= 25));
        report.add(new Row(
                "1 json",
                "CPU a request",
                "us",
                null,
                nginx == null ? null : nginx.cpu(),
                few.cpu(),
                "<= 120",
                few.cpu() <= 120));
        report.add(Row.own("1 json", "requests a second, 10,000 sessions", "req/s", many.rate(), "", null));
        double kept = many.rate() / few.rate();
        report.add(Row.own("1 json", "10,000 sessions to 64", "", kept, ">= 0.9", kept >= 0.9));
        report.add(Row.own("1 json", "CPU a request, 10,000 sessions", "us", many.cpu(), "", null));
        long errors = few.errors() + many.errors();
        report.add(Row.own("1 json", "failed requests", "", errors, "0", errors == 0));
    }

    /** What is added to a request at a fixed rate over 10 connections. */
    void latency() throws IOException, InterruptedException {
        try (Upstream upstream = lab.answers();
                @Nullable Upstream proxy = lab.proxy(upstream.port());
                Gateway gateway = lab.gateway(upstream.port(), 10, 1)) {
            lab.load.closed(gateway.port(), CONNECTIONS, CONNECTIONS, lab.plan.warmSeconds());
            for (int rate : List.of(500, 1000)) {
                latency(rate, upstream, proxy, gateway);
            }
        }
    }

    private void latency(int rate, Upstream upstream, @Nullable Upstream proxy, Gateway gateway)
            throws IOException, InterruptedException {
        Series direct = new Series();
        Series nginx = new Series();
        Series own = new Series();
        int seconds = lab.plan.seconds() + 3;
        for (int round = 0; round < lab.plan.rounds(); round++) {
            direct.add(lab.load.paced(upstream.port(), FEW_CONNECTIONS, rate, seconds, 3), 0);
            if (proxy != null) {
                nginx.add(lab.load.paced(proxy.port(), FEW_CONNECTIONS, rate, seconds, 3), 0);
            }
            own.add(lab.load.paced(gateway.port(), FEW_CONNECTIONS, rate, seconds, 3), 0);
        }
        String name = "2 at " + rate + "/s";
        Double nginxP50 = proxy == null ? null : nginx.p50();
        Double nginxP99 = proxy == null ? null : nginx.p99();
        boolean held = rate == 500;
        lab.report.add(new Row(name, "p50", "ms", direct.p50(), nginxP50, own.p50(), "", null));
        lab.report.add(new Row(name, "p99", "ms", direct.p99(), nginxP99, own.p99(), "", null));
        double added = own.p50() - direct.p50();
        if (nginxP50 == null) {
            lab.report.add(Row.own(name, "added p50", "ms", added, "", null));
        } else {
            double base = nginxP50 - direct.p50();
            lab.report.add(new Row(
                    name,
                    "added p50",
                    "ms",
                    null,
                    base,
                    added,
                    held ? "<= 2.5 x nginx" : "",
                    held ? added <= 2.5 * base : null));
        }
        double addedP99 = own.p99() - direct.p99();
        lab.report.add(Row.own(name, "added p99", "ms", addedP99, held ? "<= 5" : "", held ? addedP99 <= 5 : null));
    }
}
