package dev.switchboard.node.main;

import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.settings.SettingsLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The ports of several nodes on one machine, of which no two are the same and each is free.
 *
 * @param http of the public servers
 * @param ops of the operations servers; empty where they are not apart
 * @param remoting by which the nodes reach each other
 * @param bind where remoting listens; empty where that is the same
 */
record ClusterPorts(List<Integer> http, List<Integer> ops, List<Integer> remoting, List<Integer> bind) {
    private static final int HIGHEST = 65_535;

    /** A node's port, and the settings that say so. */
    private record Claim(int node, String hostSetting, String host, String setting, int port) {
        boolean meets(Claim other) {
            return port == other.port && (host.equals(other.host) || isWildcard(host) || isWildcard(other.host));
        }

        private static boolean isWildcard(String host) {
            return host.equals("0.0.0.0") || host.equals("::") || host.equals("[::]");
        }
    }

    /**
     * Counts up from the settings' ports, one a node; remoting takes any where its port is not set. Fails with one line
     * where there is no such port, or it is taken.
     *
     * @param httpSetting what people know the first HTTP port by
     */
    static ClusterPorts choose(SettingsLoader.Loaded loaded, int nodes, String httpSetting, RandomGenerator random)
            throws StartFailure {
        Settings settings = loaded.settings();
        Settings.Cluster cluster = settings.cluster();
        List<Claim> claims = new ArrayList<>();
        List<Integer> http = claim(
                claims,
                nodes,
                "switchboard.http.host",
                settings.http().host(),
                httpSetting,
                settings.http().port(),
                random);
        String opsHost = settings.ops().host();
        List<Integer> ops = opsHost == null
                ? List.of()
                : claim(
                        claims,
                        nodes,
                        "switchboard.ops.host",
                        opsHost,
                        "switchboard.ops.port",
                        settings.ops().port(),
                        random);
        String bindHost = cluster.bindHost();
        @Nullable Integer bindPort = cluster.bindPort();
        String hostSetting = bindHost == null ? "switchboard.cluster.host" : "switchboard.cluster.bind-host";
        String host = bindHost == null ? cluster.host() : bindHost;
        List<Integer> bind = bindPort == null
                ? List.of()
                : claim(claims, nodes, hostSetting, host, "switchboard.cluster.bind-port", bindPort, random);
        boolean fixed =
                cluster.port() != 0 && !"default".equals(loaded.sources().of("cluster.port"));
        List<Integer> remoting = new ArrayList<>();
        if (fixed && bind.isEmpty()) {
            remoting = claim(claims, nodes, hostSetting, host, "switchboard.cluster.port", cluster.port(), random);
        } else if (fixed) {
            remoting = counted(nodes, "switchboard.cluster.port", cluster.port());
        }
        requireDistinct(claims);
        for (Claim claim : claims) {
            Ports.requireFree(claim.hostSetting(), claim.host(), claim.setting(), claim.port());
        }
        if (!fixed) {
            List<Integer> taken =
                    new ArrayList<>(claims.stream().map(Claim::port).toList());
            for (int i = 0; i < nodes; i++) {
                int port = Ports.lasting(hostSetting, host, taken, random);
                taken.add(port);
                remoting.add(port);
            }
        }
        return new ClusterPorts(http, ops, List.copyOf(remoting), bind);
    }

    /** Where the first is 0, any row of free ports: each node keeps its own when it is started again. */
    private static List<Integer> claim(
            List<Claim> claims,
            int nodes,
            String hostSetting,
            String host,
            String setting,
            int first,
            RandomGenerator random)
            throws StartFailure {
        List<Integer> taken = claims.stream().map(Claim::port).toList();
        List<Integer> ports =
                counted(nodes, setting, first == 0 ? Ports.lastingRow(hostSetting, host, nodes, taken, random) : first);
        for (int i = 0; i < nodes; i++) {
            claims.add(new Claim(i + 1, hostSetting, host, setting, ports.get(i)));
        }
        return ports;
    }

    private static List<Integer> counted(int nodes, String setting, int first) throws StartFailure {
        if (first < 0 || first + nodes - 1 > HIGHEST) {
            throw new StartFailure(setting + " = " + first + ": " + nodes + " nodes take ports " + first + " to "
                    + (first + nodes - 1) + ", and the highest there is is " + HIGHEST);
        }
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            ports.add(first + i);
        }
        return List.copyOf(ports);
    }

    private static void requireDistinct(List<Claim> claims) throws StartFailure {
        for (Claim claim : claims) {
            for (Claim other : claims) {
                if (claim == other) {
                    break;
                }
                if (claim.meets(other)) {
                    throw new StartFailure(claim.setting() + " = " + claim.port() + " for node " + claim.node()
                            + ": is the port of node " + other.node() + " by " + other.setting());
                }
            }
        }
    }
}
