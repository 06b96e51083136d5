package dev.switchboard.node.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.bench.Lab.Upstream;
import dev.switchboard.node.bench.Report.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Scenario 3: many open streams, and a few fast ones. */
final class StreamScenario {
    private static final int FAST = 64;
    private static final int FAST_EVENTS = 400;
    private static final int FOREVER = 1_000_000;
    private static final int OTHER_HANDLES = 500;

    private final Lab lab;

    private record Shape(int count, int intervalMs, boolean held) {}

    private record Seen(JsonNode client, double bytesAStream, double cpuAnEvent) {}

    StreamScenario(Lab lab) {
        this.lab = lab;
    }

    void run() throws IOException, InterruptedException {
        List<Shape> shapes = lab.plan.quick()
                ? List.of(new Shape(1000, 1000, false))
                : List.of(new Shape(1000, 1000, false), new Shape(5000, 1000, true), new Shape(10_000, 5000, true));
        try (Upstream upstream = lab.bundledUpstream();
                @Nullable Upstream proxy = lab.proxy(upstream.port())) {
            for (Shape shape : shapes) {
                try (Gateway gateway = lab.gateway(upstream.port(), 10, 1)) {
                    open(within(shape), upstream, gateway);
                }
            }
            try (Gateway gateway = lab.gateway(upstream.port(), 10, 1)) {
                fast(upstream, proxy, gateway);
            }
        }
    }

    /** A gateway has two connections for each stream. */
    private Shape within(Shape shape) throws IOException {
        int most = (int) Math.min(Integer.MAX_VALUE, (ProcessStat.fileHandles() - OTHER_HANDLES) / 2);
        if (shape.count() <= most) {
            return shape;
        }
        lab.report.note(String.format(
                "a process may open %,d files here: %,d streams instead of %,d",
                ProcessStat.fileHandles(), most, shape.count()));
        return new Shape(most, shape.intervalMs(), shape.held());
    }

    private void open(Shape shape, Upstream upstream, Gateway gateway) throws IOException, InterruptedException {
        int seconds = Math.max(lab.plan.seconds(), 2 * shape.intervalMs() / 1000);
        Seen direct = hold(shape, upstream.port(), null, seconds);
        warm(gateway);
        Seen own = hold(shape, gateway.port(), gateway, seconds);
        String name = "3 streams";
        String which = String.format("%,d each %d s: ", shape.count(), shape.intervalMs() / 1000);
        JsonNode before = direct.client();
        JsonNode after = own.client();
        boolean held = shape.held();
        double broken = after.path("broken").asDouble() + after.path("silent").asDouble();
        lab.report.add(new Row(
                name,
                which + "broken or silent",
                "",
                before.path("broken").asDouble(),
                null,
                broken,
                "0",
                broken == 0));
        lab.report.add(new Row(
                name,
                which + "events a second",
                "1/s",
                before.path("eventsPerSecond").asDouble(),
                null,
                after.path("eventsPerSecond").asDouble(),
                "",
                null));
        double late = after.path("p99Ms").asDouble();
        lab.report.add(new Row(
                name,
                which + "p99 lateness",
                "ms",
                before.path("p99Ms").asDouble(),
                null,
                late,
                held ? "<= 500" : "",
                held ? late <= 500 : null));
        lab.report.add(Row.own(
                name,
                which + "resident memory each",
                "kB",
                own.bytesAStream() / 1000,
                held ? "<= 90" : "",
                held ? own.bytesAStream() <= 90_000 : null));
        lab.report.add(Row.own(
                name,
                which + "CPU an event",
                "us",
                own.cpuAnEvent(),
                held ? "<= 150" : "",
                held ? own.cpuAnEvent() <= 150 : null));
    }

    /** A gateway whose stream path is compiled, as it is in service. */
    private void warm(Gateway gateway) throws IOException, InterruptedException {
        lab.load
                .streams(gateway.port(), FAST, 0, FAST_EVENTS, lab.plan.warmSeconds() / 2, 1)
                .await(120);
        TimeUnit.SECONDS.sleep(2);
    }

    private Seen hold(Shape shape, int port, @Nullable Gateway gateway, int seconds)
            throws IOException, InterruptedException {
        long idle = gateway == null ? 0 : gateway.residentBytes();
        int ramp = Math.max(3, shape.count() / 500);
        Child client = lab.load.streams(port, shape.count(), shape.intervalMs(), FOREVER, seconds, ramp);
        while (!client.output().contains("open") && client.isAlive()) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        long cpu = gateway == null ? 0 : gateway.cpuMicros();
        long start = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep(seconds * 1000L - 1000);
        long used = gateway == null ? 0 : gateway.cpuMicros() - cpu;
        double lasted = (System.nanoTime() - start) / 1e9;
        long resident = gateway == null ? 0 : gateway.residentBytes();
        JsonNode seen = Load.lastLine(client.await(60));
        double events = lasted * shape.count() * 1000 / shape.intervalMs();
        return new Seen(seen, (resident - idle) / (double) shape.count(), used / events);
    }

    private void fast(Upstream upstream, @Nullable Upstream proxy, Gateway gateway)
            throws IOException, InterruptedException {
        int seconds = lab.plan.seconds();
        fast(gateway.port(), lab.plan.warmSeconds());
        List<Double> direct = new ArrayList<>();
        List<Double> nginx = new ArrayList<>();
        List<Double> own = new ArrayList<>();
        List<Double> cpu = new ArrayList<>();
        for (int round = 0; round < lab.plan.rounds(); round++) {
            direct.add(fast(upstream.port(), seconds));
            if (proxy != null) {
                nginx.add(fast(proxy.port(), seconds));
            }
            long before = gateway.cpuMicros();
            double rate = fast(gateway.port(), seconds);
            own.add(rate);
            cpu.add((gateway.cpuMicros() - before) / (rate * (seconds + 1)));
        }
        double rate = Lab.median(own);
        Double proxied = proxy == null ? null : Lab.median(nginx);
        lab.report.add(
                new Row("3b fast", "64 streams: events a second", "1/s", Lab.median(direct), proxied, rate, "", null));
        if (proxied != null) {
            double share = rate / proxied;
            lab.report.add(Row.own("3b fast", "share of nginx as proxy", "", share, ">= 0.30", share >= 0.30));
        }
        lab.report.add(Row.own("3b fast", "CPU an event", "us", Lab.median(cpu), "", null));
    }

    private double fast(int port, int seconds) throws IOException, InterruptedException {
        Child client = lab.load.streams(port, FAST, 0, FAST_EVENTS, seconds, 1);
        return Load.lastLine(client.await(seconds + 60)).path("eventsPerSecond").asDouble();
    }
}
