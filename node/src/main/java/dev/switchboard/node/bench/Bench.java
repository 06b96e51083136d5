package dev.switchboard.node.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Runs the scenarios of docs/performance.md and reports them. */
public final class Bench {
    /** The scenarios by number. */
    public static final Set<Integer> ALL = Set.of(1, 2, 3, 4, 5);

    private Bench() {}

    /**
     * What to measure; times in seconds.
     *
     * @param quick one round, less of everything
     * @param bundledClient the bundled load client even where wrk is installed
     */
    public record Choice(
            Set<Integer> scenarios, int rounds, int seconds, int warmSeconds, boolean quick, boolean bundledClient) {}

    /** Measures, prints the table as it grows, and writes {@code json}. */
    public static void run(Choice choice, Path json, PrintStream out)
            throws IOException, InterruptedException, SQLException {
        if (!Files.isReadable(Path.of("/proc/self/stat"))) {
            throw new IOException("CPU and memory are read from /proc: this needs Linux");
        }
        Path folder = Files.createTempDirectory("switchboard-bench-");
        try {
            Report report = new Report(out);
            Lab lab = new Lab(
                    new Lab.Plan(
                            choice.rounds(),
                            choice.seconds(),
                            choice.warmSeconds(),
                            choice.quick(),
                            choice.bundledClient()),
                    folder,
                    report);
            if (lab.nginx == null) {
                report.note("nginx is not installed: its columns are empty, the bundled upstream answers");
            }
            measure(choice.scenarios(), lab);
            for (int scenario : ALL.stream().sorted().toList()) {
                if (!choice.scenarios().contains(scenario)) {
                    report.note("scenario " + scenario + " was not measured");
                }
            }
            report.write(json, about(choice));
            out.println("written to " + json.toAbsolutePath().normalize());
        } finally {
            delete(folder);
        }
    }

    private static void measure(Set<Integer> scenarios, Lab lab)
            throws IOException, InterruptedException, SQLException {
        if (scenarios.contains(1)) {
            new Scenarios(lab).throughput();
        }
        if (scenarios.contains(2)) {
            new Scenarios(lab).latency();
        }
        if (scenarios.contains(3)) {
            new StreamScenario(lab).run();
        }
        if (scenarios.contains(4)) {
            new GrowthScenario(lab).run();
        }
        if (scenarios.contains(5)) {
            new StartScenario(lab).run();
        }
    }

    private static ObjectNode about(Choice choice) {
        ObjectNode about = new ObjectMapper().createObjectNode();
        about.put("at", Instant.now().toString());
        about.put("processors", Runtime.getRuntime().availableProcessors());
        about.put("java", System.getProperty("java.vm.version"));
        about.put("rounds", choice.rounds());
        about.put("seconds", choice.seconds());
        about.put("warmSeconds", choice.warmSeconds());
        about.put("options", String.join(" ", Programs.jvmOptions()));
        return about;
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }
}
