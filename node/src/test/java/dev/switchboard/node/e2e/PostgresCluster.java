package dev.switchboard.node.e2e;

import dev.switchboard.node.persistence.TcpProxy;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Nodes started one by one on PostgreSQL, which can be cut off. The system property {@code switchboard.test.postgres-url}
 * names a server that runs already, with an empty database.
 */
final class PostgresCluster implements AutoCloseable {
    private static final @Nullable String EXTERNAL = System.getProperty("switchboard.test.postgres-url");

    final ClusterRig rig;
    final TcpProxy database;
    /** HTTP ports of the nodes. */
    final List<Integer> ports;

    private final @Nullable EmbeddedPostgres server;
    private final Path folder;
    private final String url;
    private final List<Integer> remoting;
    private final Map<String, String> environment;
    private final List<Integer> management = new ArrayList<>();
    private final Map<Integer, NodeUnderTest> nodes = new TreeMap<>();

    /** Starts the database and nothing else; {@code environment} is that of every node, over what makes it a member. */
    PostgresCluster(Path folder, int size, Map<String, String> environment) throws Exception {
        this.folder = folder;
        this.environment = environment;
        server = EXTERNAL == null ? EmbeddedPostgres.start() : null;
        String direct = server == null ? EXTERNAL : server.getJdbcUrl("postgres", "postgres");
        database = new TcpProxy(URI.create(direct.substring("jdbc:".length())).getPort());
        url = direct.replaceFirst("//[^/]+/", "//127.0.0.1:" + database.port() + "/");
        rig = new ClusterRig(folder);
        ports = rig.ports.subList(0, size);
        remoting = ClusterRig.freePorts(size);
    }

    /** Has the nodes find each other by a list of their management ports instead of seeds. */
    void discoverBy(List<Integer> managementPorts) {
        management.addAll(managementPorts);
    }

    /** Starts all nodes and waits until they are ready; answers how many seconds it took. */
    double form() throws Exception {
        long begun = System.nanoTime();
        for (int port : ports) {
            launch(port);
        }
        for (int port : ports) {
            rig.awaitReady(port);
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        rig.keys(node(ports.get(0)).apiKey(), node(ports.get(0)).adminKey());
        return seconds;
    }

    NodeUnderTest node(int port) {
        NodeUnderTest node = nodes.get(port);
        if (node == null) {
            throw new IllegalStateException("no node on " + port);
        }
        return node;
    }

    /** Starts the node with this port, again if it ran before. */
    void launch(int port) throws Exception {
        NodeUnderTest before = nodes.get(port);
        if (before != null) {
            before.close();
        }
        int index = ports.indexOf(port);
        nodes.put(port, NodeUnderTest.run(folder, environmentOf(index), arguments(port, "data-" + index)));
    }

    /** A process that is no member yet, with some of the environment changed. */
    NodeUnderTest stranger(Map<String, String> changed) throws Exception {
        Map<String, String> all = environmentOf(0);
        all.put(
                "SWITCHBOARD_CLUSTER_PORT",
                Integer.toString(ClusterRig.freePorts(1).get(0)));
        all.putAll(changed);
        return NodeUnderTest.run(folder, all, arguments(0, "data-stranger"));
    }

    private String[] arguments(int port, String data) {
        return new String[] {
            "start",
            "--port",
            Integer.toString(port),
            "--data",
            folder.resolve(data).toString(),
            "--config",
            rig.config.toString()
        };
    }

    private Map<String, String> environmentOf(int index) {
        Map<String, String> all = new HashMap<>(Map.of(
                "DATABASE_URL",
                url,
                "DATABASE_USER",
                "postgres",
                "DATABASE_PASSWORD",
                "postgres",
                "ENCRYPTION_KEY",
                "0123456789abcdef".repeat(4),
                "SWITCHBOARD_CLUSTER_HOST",
                "127.0.0.1",
                "SWITCHBOARD_CLUSTER_PORT",
                Integer.toString(remoting.get(index))));
        List<String> seeds = new ArrayList<>();
        remoting.forEach(each -> seeds.add("127.0.0.1:" + each));
        if (management.isEmpty()) {
            all.put("SWITCHBOARD_CLUSTER_SEEDS", String.join(",", seeds));
        } else {
            all.put("SWITCHBOARD_CLUSTER_DISCOVERY", "config");
            all.put("SWITCHBOARD_CLUSTER_MANAGEMENT_PORT", Integer.toString(management.get(index)));
            all.put(
                    "SWITCHBOARD_CLUSTER_ENDPOINTS",
                    management.stream().map(each -> "127.0.0.1:" + each).collect(Collectors.joining(",")));
        }
        all.putAll(environment);
        return all;
    }

    /** Whether the session has a row. */
    boolean stored(String session) throws Exception {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "postgres");
                var query = connection.prepareStatement("SELECT 1 FROM durable_state WHERE persistence_id = ?")) {
            query.setString(1, "session|" + session);
            return query.executeQuery().next();
        }
    }

    /** The HTTP port of the node that hosts a session, as the node on {@code asked} sees it. */
    int ownerOf(String session, int asked) throws Exception {
        return rig.portOf(
                rig.api(asked, "/api/sessions/" + session).path("node").asText(), asked);
    }

    @Override
    public void close() throws Exception {
        for (NodeUnderTest node : nodes.values()) {
            node.close();
        }
        rig.close();
        database.close();
        if (server != null) {
            server.close();
        }
    }
}
