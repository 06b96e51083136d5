package dev.switchboard.node.main;

import dev.switchboard.node.settings.SettingsException;
import dev.switchboard.node.settings.SettingsLoader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose settings; they win over the environment, which wins over the file. */
final class SettingsOptions {
    @Option(names = "--config", paramLabel = "FILE", description = "Configuration file (or SWITCHBOARD_CONFIG).")
    private @Nullable Path config;

    @Option(names = "--data", paramLabel = "DIR", description = "Folder of the embedded database and keys.")
    private @Nullable String data;

    @Nullable
    Path file() {
        String named = System.getenv(SettingsLoader.FILE);
        if (config != null) {
            return config;
        }
        return named == null || named.isBlank() ? null : Path.of(named);
    }

    SettingsLoader.Loaded load(@Nullable Integer port) throws SettingsException {
        return load(port, System.getenv());
    }

    /** With another environment than the process's. */
    SettingsLoader.Loaded loadFrom(Map<String, String> environment) throws SettingsException {
        return load(null, environment);
    }

    /** What the file, the environment and the options say, with every problem. */
    SettingsLoader.Examined examine() {
        return SettingsLoader.examine(file(), System.getenv(), flags(null));
    }

    private SettingsLoader.Loaded load(@Nullable Integer port, Map<String, String> environment)
            throws SettingsException {
        return SettingsLoader.load(file(), environment, flags(port));
    }

    private Map<String, String> flags(@Nullable Integer port) {
        Map<String, String> flags = new HashMap<>();
        if (port != null) {
            flags.put("http.port", port.toString());
        }
        if (data != null) {
            flags.put("data-dir", data);
        }
        return flags;
    }
}
