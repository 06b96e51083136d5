package dev.switchboard.node.main;

import dev.switchboard.node.bench.Bench;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures this build from outside: throughput, latency, streams, growth, start. */
@Command(
        name = "bench",
        description = "Measures this build beside a direct call and nginx as a proxy; prints a table, writes JSON.",
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    @Option(
            names = "--scenario",
            paramLabel = "N",
            split = ",",
            description = "1 JSON, 2 added latency, 3 streams, 4 growth, 5 start and warm-up; all by default.")
    private Set<Integer> scenarios = new TreeSet<>(Bench.ALL);

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds, of which the median counts; 3 by default.")
    private @Nullable Integer rounds;

    @Option(names = "--seconds", paramLabel = "N", description = "Length of a measurement; 10 by default.")
    private @Nullable Integer seconds;

    @Option(names = "--warm-up", paramLabel = "N", description = "Seconds of load before measuring; 60 by default.")
    private @Nullable Integer warmUp;

    @Option(names = "--quick", description = "One short round, for a first look: the figures are rough.")
    private boolean quick;

    @Option(names = "--bundled-client", description = "Load by the bundled client even where wrk is installed.")
    private boolean bundledClient;

    @Option(names = "--json", paramLabel = "FILE", description = "Where the JSON goes, ${DEFAULT-VALUE} by default.")
    private Path json = Path.of("bench.json");

    @Override
    public Integer call() throws StartFailure, IOException, InterruptedException, SQLException {
        for (int scenario : scenarios) {
            if (!Bench.ALL.contains(scenario)) {
                throw new StartFailure("--scenario = " + scenario + ": there are 1 to " + Bench.ALL.size());
            }
        }
        Bench.Choice choice = new Bench.Choice(
                scenarios,
                atLeastOne("--rounds", rounds, quick ? 1 : 3),
                atLeastOne("--seconds", seconds, quick ? 5 : 10),
                atLeastOne("--warm-up", warmUp, quick ? 15 : 60),
                quick,
                bundledClient);
        Bench.run(choice, json, System.out);
        return 0;
    }

    private static int atLeastOne(String name, @Nullable Integer given, int otherwise) throws StartFailure {
        if (given != null && given < 1) {
            throw new StartFailure(name + " = " + given + ": must be at least 1");
        }
        return given == null ? otherwise : given;
    }
}
