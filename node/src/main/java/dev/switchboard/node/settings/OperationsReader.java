package dev.switchboard.node.settings;

import java.net.URI;
import java.util.List;
import java.util.Locale;

/** Reads what concerns whoever runs the node: logs and telemetry. */
final class OperationsReader {
    private static final List<String> LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");

    private OperationsReader() {}

    static Settings.Log log(Reader in) {
        String format = in.text("log.format", "text").toLowerCase(Locale.ROOT);
        if (!format.equals("text") && !format.equals("json")) {
            in.problem("log.format", "must be text or json");
        }
        String level = in.text("log.level", "INFO").toUpperCase(Locale.ROOT);
        if (!LEVELS.contains(level)) {
            in.problem("log.level", "must be one of " + String.join(", ", LEVELS));
        }
        return new Settings.Log(format.equals("json"), level, in.flag("log.requests", false));
    }

    static Settings.Telemetry telemetry(Reader in) {
        String endpoint = in.optionalText("telemetry.endpoint");
        if (endpoint != null && !isAddress(endpoint)) {
            in.problem("telemetry.endpoint", "must be an http or https address");
        }
        return new Settings.Telemetry(endpoint);
    }

    private static boolean isAddress(String text) {
        try {
            URI uri = URI.create(text);
            return uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
