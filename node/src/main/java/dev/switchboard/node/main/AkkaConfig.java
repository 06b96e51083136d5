package dev.switchboard.node.main;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import dev.switchboard.node.settings.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
}
