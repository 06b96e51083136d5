package dev.switchboard.node.main;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import dev.switchboard.node.settings.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Akka's configuration: ours over the libraries' defaults, addresses and database from the settings. */
final class AkkaConfig {
    private static final String RESOURCE = "switchboard/reference/akka.conf";

    /** The server's idle-timeout in the reference. */
    private static final Duration IDLE = Duration.ofMinutes(5);

    private static final Duration ANSWER_AFTER_BUDGET = Duration.ofMinutes(1);

    private AkkaConfig() {}

    /**
     * Puts the layers together.
     *
     * @param remotingPort the port that other nodes reach this node by; 0 takes a free one
     * @param database the layer of the persistence room
     * @param own the {@code akka} block of the configuration file; wins over everything
     */
    static Config of(Settings settings, int remotingPort, Config database, Config own) {
        Map<String, Object> values = new HashMap<>();
        Settings.Cluster cluster = settings.cluster();
        values.put("akka.remote.artery.canonical.hostname", cluster.host());
        values.put("akka.remote.artery.canonical.port", remotingPort);
        if (cluster.bindHost() != null) {
            values.put("akka.remote.artery.bind.hostname", cluster.bindHost());
        }
        if (cluster.bindPort() != null) {
            values.put("akka.remote.artery.bind.port", cluster.bindPort());
        }
        values.put("akka.cluster.app-version", Version.current().equals("dev") ? "0.0.0" : Version.current());
        values.put("akka.cluster.roles", List.of("node"));
        values.put("akka.http.server.max-connections", settings.http().clients().maxConnections());
        Duration longestQuiet = settings.routing().budget().plus(ANSWER_AFTER_BUDGET);
        if (longestQuiet.compareTo(IDLE) > 0) {
            values.put("akka.http.server.idle-timeout", longestQuiet);
        }
        values.put(
                "akka.cluster.split-brain-resolver.active-strategy",
                cluster.downing().wire());
        encryption(cluster.tls(), values);
        discovery(cluster, values);
        Config reference = ConfigFactory.parseResources(
                AkkaConfig.class.getClassLoader(),
                RESOURCE,
                ConfigParseOptions.defaults().setAllowMissing(false));
        return own.withFallback(ConfigFactory.parseMap(values, "settings"))
                .withFallback(database)
                .withFallback(reference)
                .withFallback(ConfigFactory.defaultReference())
                .resolve();
    }

    /** Akka's own provider reads the files again every five minutes, so certificates are renewed without a restart. */
    private static void encryption(Settings.@Nullable RemotingTls tls, Map<String, Object> values) {
        if (tls == null) {
            return;
        }
        String artery = "akka.remote.artery.";
        values.put(artery + "transport", "tls-tcp");
        values.put(artery + "ssl.ssl-engine-provider", "akka.remote.artery.tcp.ssl.RotatingKeysSSLEngineProvider");
        String keys = artery + "ssl.rotating-keys-engine.";
        values.put(keys + "cert-file", tls.certificate().toAbsolutePath().toString());
        values.put(keys + "key-file", tls.key().toAbsolutePath().toString());
        values.put(keys + "ca-cert-file", tls.authority().toAbsolutePath().toString());
    }

    private static void discovery(Settings.Cluster cluster, Map<String, Object> values) {
        Settings.Discovery discovery = cluster.discovery();
        if (discovery == null) {
            return;
        }
        String http = "akka.management.http.";
        values.put(http + "hostname", cluster.host());
        values.put(http + "port", discovery.managementPort());
        values.put(http + "bind-hostname", cluster.bindHost() == null ? cluster.host() : cluster.bindHost());
        values.put(http + "bind-port", discovery.managementPort());
        String bootstrap = "akka.management.cluster.bootstrap.";
        String points = bootstrap + "contact-point-discovery.";
        values.put(points + "service-name", discovery.service());
        values.put(points + "required-contact-point-nr", discovery.contactPoints());
        values.put(bootstrap + "contact-point.fallback-port", discovery.managementPort());
        if (discovery.portName() != null) {
            values.put(points + "port-name", discovery.portName());
        }
        switch (discovery.method()) {
            case CONFIG -> {
                values.put(points + "discovery-method", "config");
                // Several nodes of one machine differ by their ports.
                values.put(bootstrap + "contact-point.filter-on-fallback-port", false);
                values.put(
                        "akka.discovery.config.services",
                        Map.of(
                                discovery.service(),
                                Map.of(
                                        "endpoints",
                                        discovery.endpoints().stream()
                                                .map(each -> Map.of("host", each.host(), "port", each.port()))
                                                .toList())));
            }
            case DNS -> {
                values.put(points + "discovery-method", "akka-dns");
                values.put("akka.io.dns.resolver", "async-dns");
            }
            case KUBERNETES -> values.put(points + "discovery-method", "kubernetes-api");
        }
    }
}
