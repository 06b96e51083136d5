package dev.switchboard.node.settings;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads what concerns the HTTP servers: the public one and that of operations. */
final class HttpReader {
    private HttpReader() {}

    static Settings.Http http(Reader in) {
        Settings.Clients clients = Settings.Clients.DEFAULT;
        long maxBody = in.bytes("http.max-body", 20 << 20, 1024);
        return new Settings.Http(
                in.text("http.host", "127.0.0.1"),
                in.number("http.port", 8080, 0, 65535),
                maxBody,
                in.bytes("http.body-memory", Settings.Http.bodyMemory(maxBody), maxBody),
                new Settings.Clients(
                        in.number("http.max-connections", clients.maxConnections(), 1, 1_000_000),
                        in.time("http.header-timeout", clients.headerTimeout()),
                        in.time("http.keep-alive-timeout", clients.keepAliveTimeout()),
                        in.time("http.write-timeout", clients.writeTimeout())),
                tls(in));
    }

    /** Apart where either its address or its port is set; the port alone is one of the public server's address. */
    static Settings.Ops ops(Reader in, Settings.Http http) {
        String host = in.optionalText("ops.host");
        boolean portAlone = host == null && in.has("ops.port");
        return new Settings.Ops(portAlone ? http.host() : host, in.number("ops.port", 9080, 0, 65535));
    }

    private static Settings.@Nullable Tls tls(Reader in) {
        Path certificate = path(in, "http.tls.certificate");
        Path key = path(in, "http.tls.key");
        if (certificate == null && key == null) {
            return null;
        }
        if (certificate == null || key == null) {
            String missing = certificate == null ? "certificate" : "key";
            in.problem("http.tls." + missing, "is missing; TLS needs both files");
            return null;
        }
        return new Settings.Tls(certificate, key);
    }

    private static @Nullable Path path(Reader in, String setting) {
        String text = in.optionalText(setting);
        try {
            return text == null ? null : Path.of(text);
        } catch (InvalidPathException e) {
            in.problem(setting, "is not a path");
            return null;
        }
    }
}
