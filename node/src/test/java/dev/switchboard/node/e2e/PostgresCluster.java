package dev.switchboard.node.e2e;

import dev.switchboard.node.persistence.TcpProxy;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.InetSocketAddress;
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
    private final Map<Integer, TcpProxy> clients = new TreeMap<>();
    private final Map<Integer, Prepared> prepared = new HashMap<>();
    private final @Nullable Namespaces machines;
    private final String direct;

    /** Starts the database and nothing else; {@code environment} is that of every node, over what makes it a member. */
    PostgresCluster(Path folder, int size, Map<String, String> environment) throws Exception {
        this(folder, size, environment, null);
    }

    /** The same on machines of their own, where {@code machines} is given. */
    PostgresCluster(Path folder, int size, Map<String, String> environment, @Nullable Namespaces machines)
            throws Exception {
        this.folder = folder;
        this.environment = environment;
        this.machines = machines;
        server = EXTERNAL == null ? EmbeddedPostgres.start() : null;
        direct = server == null ? EXTERNAL : server.getJdbcUrl("postgres", "postgres");
        String gateway = machines == null ? "127.0.0.1" : machines.gateway();
        URI address = URI.create(direct.substring("jdbc:".length()));
        database = new TcpProxy(
                new InetSocketAddress(gateway, 0), new InetSocketAddress(address.getHost(), address.getPort()));
        url = direct.replaceFirst("//[^/]+/", "//" + gateway + ":" + database.port() + "/");
        rig = new ClusterRig(folder, gateway);
        ports = rig.ports.subList(0, size);
        remoting = TestPorts.inARow(size);
        if (machines != null) {
            for (int i = 0; i < size; i++) {
                clients.put(
                        ports.get(i),
                        new TcpProxy(
                                new InetSocketAddress("127.0.0.1", ports.get(i)),
                                new InetSocketAddress(machines.host(i), ports.get(i))));
            }
        }
    }

    private String host(int index) {
        return machines == null ? "127.0.0.1" : machines.host(index);
    }

    /** How the clients reach a node that is on a machine of its own. */
    TcpProxy clientsOf(int port) {
        TcpProxy clients = this.clients.get(port);
        if (clients == null) {
            throw new IllegalStateException("node " + port + " is on this machine");
        }
        return clients;
    }

    /** From its next start the node with this port has more in its environment, and is run from another build. */
    void prepare(int port, Map<String, String> more, Path target) {
        prepared.put(port, new Prepared(more, target));
    }

    private record Prepared(Map<String, String> environment, Path target) {
        static final Prepared NOTHING = new Prepared(Map.of(), NodeUnderTest.Launch.HERE.target());
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
            rig.awaitReady(node(port), port);
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
        Prepared how = prepared.getOrDefault(port, Prepared.NOTHING);
        Map<String, String> all = environmentOf(index);
        all.putAll(how.environment());
        List<String> prefix = machines == null ? List.of() : machines.prefix(index);
        nodes.put(
                port,
                NodeUnderTest.run(
                        new NodeUnderTest.Launch(prefix, how.target()), folder, all, arguments(port, "data-" + index)));
    }

    /** Starts a node again and waits until it is ready; answers how many seconds it took. */
    double again(int port) throws Exception {
        long begun = System.nanoTime();
        launch(port);
        rig.awaitReady(node(port), port);
        return (System.nanoTime() - begun) / 1e9;
    }

    /** A process that is no member yet, with some of the environment changed. */
    NodeUnderTest stranger(Map<String, String> changed) throws Exception {
        Map<String, String> all = environmentOf(0);
        all.put("SWITCHBOARD_CLUSTER_PORT", Integer.toString(TestPorts.inARow(1).get(0)));
        all.putAll(changed);
        return NodeUnderTest.run(folder, all, arguments(0, "data-stranger"));
    }

    /** A node of another cluster with a database of its own and these seeds. */
    NodeUnderTest companion(String name) throws Exception {
        execute("CREATE DATABASE " + name);
        Map<String, String> all = environmentOf(0);
        all.put("SWITCHBOARD_CLUSTER_PORT", Integer.toString(TestPorts.inARow(1).get(0)));
        all.put("SWITCHBOARD_CLUSTER_NAME", name);
        all.put("DATABASE_URL", url.replaceFirst("/postgres($|\\?)", "/" + name + "$1"));
        return NodeUnderTest.run(folder, all, arguments(0, "data-" + name));
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
                "SWITCHBOARD_HOST",
                host(index),
                "SWITCHBOARD_CLUSTER_HOST",
                host(index),
                "SWITCHBOARD_CLUSTER_PORT",
                Integer.toString(remoting.get(index))));
        List<String> seeds = new ArrayList<>();
        for (int i = 0; i < remoting.size(); i++) {
            seeds.add(host(i) + ":" + remoting.get(i));
        }
        if (management.isEmpty() && !environment.containsKey("SWITCHBOARD_CLUSTER_DISCOVERY")) {
            all.put("SWITCHBOARD_CLUSTER_SEEDS", String.join(",", seeds));
        } else if (!management.isEmpty()) {
            all.put("SWITCHBOARD_CLUSTER_DISCOVERY", "config");
            all.put("SWITCHBOARD_CLUSTER_MANAGEMENT_PORT", Integer.toString(management.get(index)));
            all.put(
                    "SWITCHBOARD_CLUSTER_ENDPOINTS",
                    management.stream().map(each -> "127.0.0.1:" + each).collect(Collectors.joining(",")));
        }
        all.putAll(environment);
        return all;
    }

    /** The remoting address of the node with this port, as the API takes it. */
    String address(int port) {
        int index = ports.indexOf(port);
        return prepared.getOrDefault(port, Prepared.NOTHING)
                        .environment()
                        .getOrDefault("SWITCHBOARD_CLUSTER_HOST", host(index))
                + ":" + remoting.get(index);
    }

    /** Any other node's port. */
    int other(int port) {
        return ports.stream().filter(each -> each != port).findFirst().orElseThrow();
    }

    /** Runs a statement in the nodes' database. */
    void execute(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection(direct, "postgres", "postgres");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** How many connections to the database there are, but for the one that asks. */
    long connections() throws Exception {
        try (Connection connection = DriverManager.getConnection(direct, "postgres", "postgres");
                var statement = connection.createStatement();
                var row = statement.executeQuery(
                        "SELECT count(*) - 1 FROM pg_stat_activity WHERE datname = 'postgres'")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Whether the session has a row. */
    boolean stored(String session) throws Exception {
        return holds("SELECT 1 FROM durable_state WHERE persistence_id = ?", "session|" + session);
    }

    /** Whether a query with one parameter has a row. */
    boolean holds(String query, Object parameter) throws Exception {
        try (Connection connection = DriverManager.getConnection(direct, "postgres", "postgres");
                var statement = connection.prepareStatement(query)) {
            statement.setObject(1, parameter);
            return statement.executeQuery().next();
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
        clients.values().forEach(TcpProxy::close);
        rig.close();
        database.close();
        if (server != null) {
            server.close();
        }
    }
}
