package dev.switchboard.node.settings;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code switchboard.cluster}. */
final class ClusterReader {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}");
    private static final Pattern HOST = Pattern.compile("[^/@\\s]+");
    private static final String AKKA = "akka://";
    private static final List<String> TLS =
            List.of("cluster.tls.certificate", "cluster.tls.key", "cluster.tls.authority");

    private ClusterReader() {}

    static Settings.Cluster read(Reader in) {
        String name = in.text("cluster.name", Settings.Cluster.DEFAULT_NAME);
        if (!NAME.matcher(name).matches()) {
            in.problem("cluster.name", "must be letters, digits, '-' and '_', 63 at most, the first no sign");
        }
        List<Settings.HostPort> seeds = addresses(in, "cluster.seed-nodes", name);
        Settings.@Nullable Discovery discovery = discovery(in);
        if (discovery != null && !seeds.isEmpty()) {
            in.problem("cluster.seed-nodes", "must be empty where cluster.discovery.method finds the nodes");
        }
        return new Settings.Cluster(
                name,
                in.text("cluster.host", "127.0.0.1"),
                in.number("cluster.port", 25520, 0, 65535),
                in.optionalText("cluster.bind-host"),
                in.optionalNumber("cluster.bind-port", 0, 65535),
                seeds,
                downing(in),
                tls(in),
                discovery);
    }

    private static Settings.Downing downing(Reader in) {
        String text = in.text("cluster.downing", Settings.Downing.KEEP_MAJORITY.wire());
        for (Settings.Downing downing : Settings.Downing.values()) {
            if (downing.wire().equals(text)) {
                return downing;
            }
        }
        in.problem("cluster.downing", "must be keep-majority or lease-majority");
        return Settings.Downing.KEEP_MAJORITY;
    }

    /** All three files, or none. */
    private static Settings.@Nullable RemotingTls tls(Reader in) {
        List<Path> files = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (String path : TLS) {
            String text = in.optionalText(path);
            if (text == null) {
                missing.add(path);
                continue;
            }
            try {
                Path file = Path.of(text);
                files.add(file);
                if (!Files.isReadable(file) || Files.isDirectory(file)) {
                    in.problem(path, "cannot be read");
                }
            } catch (InvalidPathException e) {
                in.problem(path, "is not a path");
            }
        }
        if (missing.size() == TLS.size()) {
            return null;
        }
        missing.forEach(path -> in.problem(path, "is missing; TLS needs certificate, key and authority"));
        return files.size() == TLS.size() ? new Settings.RemotingTls(files.get(0), files.get(1), files.get(2)) : null;
    }

    private static Settings.@Nullable Discovery discovery(Reader in) {
        // Everything is read, also where nodes do not look for each other: what is wrong shows before it is switched
        // on.
        Settings.Discovery.Method method = method(in);
        List<Settings.HostPort> endpoints = addresses(in, "cluster.discovery.endpoints", null);
        if (method == Settings.Discovery.Method.CONFIG && endpoints.isEmpty()) {
            in.problem("cluster.discovery.endpoints", "must name the management address of every node");
        }
        String service = in.text("cluster.discovery.service", Settings.Cluster.DEFAULT_NAME);
        int points = in.number("cluster.discovery.contact-points", 2, 1, 100);
        int port = in.number("cluster.discovery.management-port", 8558, 1, 65535);
        String portName = in.optionalText("cluster.discovery.port-name");
        return method == null ? null : new Settings.Discovery(method, service, points, endpoints, port, portName);
    }

    /** Null for none. */
    private static Settings.Discovery.@Nullable Method method(Reader in) {
        String text = in.text("cluster.discovery.method", "none");
        if (text.equals("none")) {
            return null;
        }
        try {
            return Settings.Discovery.Method.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            in.problem("cluster.discovery.method", "must be none, config, dns or kubernetes");
            return null;
        }
    }

    /** {@code host:port} each; where {@code system} names the cluster also {@code akka://system@host:port}. */
    private static List<Settings.HostPort> addresses(Reader in, String path, @Nullable String system) {
        List<Settings.HostPort> addresses = new ArrayList<>();
        for (String text : in.texts(path)) {
            String address = text;
            int at = text.indexOf('@');
            if (system != null && at > 0 && text.startsWith(AKKA)) {
                address = text.substring(at + 1);
                String named = text.substring(AKKA.length(), at);
                if (!named.equals(system)) {
                    in.problem(
                            path,
                            text + " is of a system named " + named + ", this cluster's is " + system + ": must be "
                                    + AKKA + system + "@" + address + " or " + address);
                    continue;
                }
            }
            int colon = address.lastIndexOf(':');
            int port = port(address.substring(colon + 1));
            if (colon > 0
                    && port > 0
                    && HOST.matcher(address.substring(0, colon)).matches()) {
                addresses.add(new Settings.HostPort(address.substring(0, colon), port));
            } else {
                in.problem(path, text + " is not host:port");
            }
        }
        return List.copyOf(addresses);
    }

    /** 0 for what is no port that can be connected to. */
    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            return port > 65535 ? 0 : port;
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
