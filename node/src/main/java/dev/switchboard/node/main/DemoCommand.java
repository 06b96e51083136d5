package dev.switchboard.node.main;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.settings.SettingsException;
import dev.switchboard.node.settings.SettingsLoader;
import dev.switchboard.node.simulator.FaultRule;
import dev.switchboard.node.simulator.Simulator;
import dev.switchboard.node.simulator.SimulatorSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A cluster with three simulated providers that fail now and then, and light traffic: every page shows something. */
@Command(
        name = "demo",
        description = "Runs a cluster, simulated providers and light traffic; needs no provider key.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final long BIND_SECONDS = 10;
    private static final String LOOPBACK = "127.0.0.1";

    @Option(names = "--nodes", paramLabel = "N", description = "How many nodes, ${DEFAULT-VALUE} by default.")
    private int nodes = 3;

    @Option(names = "--port", paramLabel = "BASE", description = "HTTP on BASE, BASE+1, … (or PORT).")
    private @Nullable Integer port;

    @Option(names = "--data", paramLabel = "DIR", description = "Data folder, ${DEFAULT-VALUE} by default.")
    private Path data = Path.of("data", "demo");

    @Override
    public Integer call() throws StartFailure, SettingsException, InterruptedException, IOException {
        ClusterCommand.requireNodes(nodes);
        DataFolder.make(data);
        ActorSystem<Void> system = ActorSystem.create(
                Behaviors.empty(),
                "demo",
                ConfigFactory.parseString("akka.actor.provider = local, akka.loggers = [akka.event.slf4j.Slf4jLogger],"
                                + "akka.coordinated-shutdown.run-by-jvm-shutdown-hook = off")
                        .withFallback(ConfigFactory.defaultReference())
                        .resolve());
        try {
            Simulator simulator = Simulator.start(system, SimulatorSettings.defaults())
                    .toCompletableFuture()
                    .get(BIND_SECONDS, TimeUnit.SECONDS);
            addFaults(simulator);
            Path config = writeConfig(simulator, newKey());
            Settings settings = settings(port, config, System.getenv());
            int asked = settings.http().port();
            int base = asked == 0 ? anyBase() : asked;
            DemoTraffic traffic =
                    new DemoTraffic(base, nodes, String.valueOf(settings.auth().apiKey()));
            traffic.start();
            List<String> cluster = new ArrayList<>(List.of(
                    "cluster",
                    "--nodes",
                    Integer.toString(nodes),
                    "--data",
                    data.toString(),
                    "--config",
                    config.toString()));
            if (port != null || asked == 0) {
                cluster.addAll(List.of("--port", Integer.toString(base)));
            }
            return Main.commandLine().execute(cluster.toArray(String[]::new));
        } catch (ExecutionException | TimeoutException e) {
            throw new StartFailure("the simulator cannot be started: " + e.getMessage());
        } finally {
            system.terminate();
        }
    }

    /** What the nodes will read: their first port and the API key may be the environment's. */
    static Settings settings(@Nullable Integer port, Path config, Map<String, String> environment)
            throws SettingsException {
        Map<String, String> flags = port == null ? Map.of() : Map.of("http.port", port.toString());
        return SettingsLoader.load(config, environment, flags).settings();
    }

    /** Chosen here, for the traffic has to know where the nodes listen. */
    private int anyBase() throws StartFailure {
        return Ports.lastingRow("switchboard.http.host", LOOPBACK, nodes, List.of(), new SecureRandom());
    }

    private static void addFaults(Simulator simulator) {
        simulator
                .faults()
                .add(FaultRule.of("status=429 retry-after=20").platform("north").probability(0.04));
        simulator.faults().add(FaultRule.of("status=503").platform("south").probability(0.06));
        simulator.faults().add(FaultRule.of("cut=3").platform("east").probability(0.03));
    }

    private static String newKey() {
        byte[] bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return "sb-" + HexFormat.of().formatHex(bytes);
    }

    /** The traffic has to know the API key, so the demo sets one; the file is for the owner's eyes only. */
    private Path writeConfig(Simulator simulator, String apiKey) throws IOException {
        String base = simulator.baseUrl().toString();
        String text =
                """
                switchboard.auth.api-key = "%s"
                switchboard.catalog = none
                switchboard.bootstrap {
                  platforms = [
                    { id = north, name = "North", adapter = openai, base-url = "%s/north/v1" }
                    { id = south, name = "South", adapter = openai, base-url = "%s/south/v1" }
                    { id = east, name = "East", adapter = openai, base-url = "%s/east/v1" }
                  ]
                  models = [
                    { platform = north, id = north-large, name = "North Large", intelligence-rank = 1, context-window = 200000, rpm = 60, rpd = 5000, tpm = 200000 }
                    { platform = north, id = north-echo, name = "North Echo", intelligence-rank = 12, context-window = 32000, rpm = 120 }
                    { platform = south, id = south-reason, name = "South Reasoning", intelligence-rank = 3, context-window = 128000, rpm = 60, tpd = 2000000 }
                    { platform = south, id = south-small, name = "South Small", intelligence-rank = 20, context-window = 32000 }
                    { platform = east, id = east-medium, name = "East Medium", intelligence-rank = 7, context-window = 64000, rpm = 30, rpd = 1000 }
                  ]
                  keys = [
                    { platform = north, key = "sk-north-first", label = "first" }
                    { platform = north, key = "sk-north-second", label = "second" }
                    { platform = south, key = "sk-south-only", label = "only" }
                    { platform = east, key = "sk-east-only", label = "only" }
                  ]
                }
                """
                        .formatted(apiKey, base, base, base);
        Path file = data.resolve("demo.conf");
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, text);
    }
}
