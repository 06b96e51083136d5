package dev.switchboard.node.main;

import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.settings.SettingsException;
import dev.switchboard.node.settings.SettingsLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs several nodes on this machine, each a process of its own, and starts one again that ends by itself. */
@Command(name = "cluster", description = "Runs several nodes on this machine.", mixinStandardHelpOptions = true)
final class ClusterCommand implements Callable<Integer> {
    /** Tells a node which process started it: it drains when that one is gone. */
    static final String SUPERVISOR = "SWITCHBOARD_SUPERVISOR_PID";

    /** What a draining node may take before it is killed. */
    static final Duration STOP_LIMIT = Duration.ofSeconds(70);

    private static final int MOST_NODES = 16;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private SettingsOptions options;

    @Option(names = "--nodes", paramLabel = "N", description = "How many nodes, ${DEFAULT-VALUE} by default.")
    private int nodes = 3;

    @Option(names = "--port", paramLabel = "BASE", description = "HTTP on BASE, BASE+1, … (or PORT).")
    private @Nullable Integer port;

    @Override
    public Integer call() throws StartFailure, SettingsException, IOException, InterruptedException {
        requireNodes(nodes);
        SettingsLoader.Loaded loaded = options.load(port);
        Settings settings = loaded.settings();
        ClusterPorts ports = ClusterPorts.choose(
                loaded, nodes, port == null ? "switchboard.http.port" : "--port", new SecureRandom());
        if (settings.database().url() != null) {
            DataFolder.make(settings.dataDir());
            Node.requireUsable(settings);
            return run(processes(loaded, ports, Map.of()));
        }
        try (DataFolder held = DataFolder.hold(settings.dataDir())) {
            Node.requireUsable(settings);
            try (SharedDatabase database = SharedDatabase.open(settings.dataDir())) {
                return run(processes(
                        loaded,
                        ports,
                        Map.of(
                                "DATABASE_URL", database.url(),
                                "DATABASE_USER", database.user(),
                                "DATABASE_PASSWORD", database.password())));
            }
        }
    }

    static void requireNodes(int nodes) throws StartFailure {
        if (nodes < 1 || nodes > MOST_NODES) {
            throw new StartFailure("--nodes = " + nodes + ": must be between 1 and " + MOST_NODES);
        }
    }

    private List<NodeProcess> processes(
            SettingsLoader.Loaded loaded, ClusterPorts ports, Map<String, String> database) {
        Settings.Cluster cluster = loaded.settings().cluster();
        String seeds = ports.remoting().stream()
                .map(each -> cluster.host() + ":" + each)
                .collect(Collectors.joining(","));
        Set<String> said = ConcurrentHashMap.newKeySet();
        Path file = options.file();
        List<NodeProcess> processes = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            List<String> arguments = new ArrayList<>(List.of(
                    "start",
                    "--port",
                    Integer.toString(ports.http().get(i)),
                    "--data",
                    loaded.settings().dataDir().toString()));
            if (file != null) {
                arguments.add("--config");
                arguments.add(file.toString());
            }
            Map<String, String> environment = new HashMap<>(database);
            environment.put("SWITCHBOARD_CLUSTER_HOST", cluster.host());
            environment.put(
                    "SWITCHBOARD_CLUSTER_PORT",
                    Integer.toString(ports.remoting().get(i)));
            if (!ports.bind().isEmpty()) {
                environment.put(
                        "SWITCHBOARD_CLUSTER_BIND_PORT",
                        Integer.toString(ports.bind().get(i)));
            }
            if (!ports.ops().isEmpty()) {
                environment.put(
                        "SWITCHBOARD_OPS_PORT", Integer.toString(ports.ops().get(i)));
            }
            environment.put("SWITCHBOARD_CLUSTER_SEEDS", seeds);
            // These nodes know each other.
            environment.put("SWITCHBOARD_CLUSTER_DISCOVERY", "none");
            if (nodes == 2 && "default".equals(loaded.sources().of("cluster.downing"))) {
                environment.put("SWITCHBOARD_CLUSTER_DOWNING", Settings.Downing.LEASE_MAJORITY.wire());
            }
            environment.put(SUPERVISOR, Long.toString(ProcessHandle.current().pid()));
            processes.add(new NodeProcess("node " + (i + 1), arguments, environment, said));
        }
        return processes;
    }

    private static int run(List<NodeProcess> processes) throws InterruptedException {
        Ending.PROCESS.started(() -> stop(processes));
        ExecutorService pool = Executors.newFixedThreadPool(processes.size());
        try {
            List<Future<Integer>> ends = new ArrayList<>();
            for (NodeProcess process : processes) {
                ends.add(pool.submit(() -> {
                    int code = process.supervise(System.out, System.err);
                    if (code == Main.UNUSABLE) {
                        // What one node cannot use at its first start, none can: the settings are shared.
                        processes.forEach(NodeProcess::stop);
                    }
                    return code;
                }));
            }
            boolean unusable = false;
            for (Future<Integer> end : ends) {
                unusable |= end.get() == Main.UNUSABLE;
            }
            return unusable ? Main.UNUSABLE : 0;
        } catch (ExecutionException e) {
            stop(processes);
            throw new IllegalStateException("a node could not be supervised", e.getCause());
        } finally {
            pool.shutdown();
        }
    }

    /** Has all of them drain and waits for their ends. */
    private static void stop(List<NodeProcess> processes) {
        processes.forEach(NodeProcess::stop);
        try {
            for (NodeProcess process : processes) {
                process.awaitEnd(STOP_LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
