package dev.switchboard.node.settings;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One row of the table of settings (contract.md §2).
 *
 * @param path the key under {@code switchboard}
 * @param env the environment variable that overrides it, if there is one
 * @param secret whether its value is never shown
 * @param live whether the dashboard may change it without a restart
 * @param description one sentence for people
 */
public record Setting(String path, @Nullable String env, boolean secret, boolean live, String description) {
    /** Every setting, in the order of the reference configuration. */
    public static final List<Setting> ALL = List.of(
            fixed("http.host", "SWITCHBOARD_HOST", "The address the public server binds."),
            fixed("http.port", "PORT", "The port the public server binds; 0 takes a free one."),
            fixed("http.max-body", "SWITCHBOARD_MAX_BODY", "The largest request body."),
            fixed(
                    "http.body-memory",
                    null,
                    "The most bytes of all request bodies in flight; unset, an eighth of the heap."),
            fixed(
                    "http.tls.certificate",
                    "SWITCHBOARD_TLS_CERTIFICATE",
                    "The PEM file of the certificate; unset for HTTP."),
            fixed("http.tls.key", "SWITCHBOARD_TLS_KEY", "The PEM file of the certificate's private key."),
            fixed("http.max-connections", null, "Clients' open connections at a time."),
            fixed("http.header-timeout", null, "Time from a connection's begin to the end of its first headers."),
            fixed("http.keep-alive-timeout", null, "Time from a request's end to the end of the next one's headers."),
            fixed("http.write-timeout", null, "How long a client may take nothing of an answer that comes in parts."),
            fixed(
                    "ops.host",
                    "SWITCHBOARD_OPS_HOST",
                    "The address of the operations server; with it or its port it is apart."),
            fixed("ops.port", "SWITCHBOARD_OPS_PORT", "The port of the operations server; 9080 with only its address."),
            secret("auth.api-key", "SWITCHBOARD_API_KEY", "The key of /v1."),
            secret("auth.admin-key", "ADMIN_DASHBOARD_KEY", "The key of /api and the dashboard."),
            fixed("auth.cors-origins", "ADMIN_CORS_ORIGINS", "Origins that browsers may call from."),
            fixed("auth.sign-in.ttl", null, "How long a sign-in to the dashboard lasts."),
            fixed("auth.sign-in.attempts", null, "Sign-in attempts from one address in ten minutes."),
            secret("encryption-key", "ENCRYPTION_KEY", "The key that provider keys are encrypted with."),
            fixed("data-dir", "SWITCHBOARD_DATA", "The folder of the embedded database and the encryption key."),
            fixed("database.url", "DATABASE_URL", "The JDBC address of the shared database."),
            fixed("database.user", "DATABASE_USER", "The database user."),
            secret("database.password", "DATABASE_PASSWORD", "The database password."),
            fixed("cluster.name", "SWITCHBOARD_CLUSTER_NAME", "The name of the cluster; nodes of another never join."),
            fixed("cluster.host", "SWITCHBOARD_CLUSTER_HOST", "The address other nodes reach this node by."),
            fixed("cluster.port", "SWITCHBOARD_CLUSTER_PORT", "The remoting port of this node."),
            fixed(
                    "cluster.bind-host",
                    "SWITCHBOARD_CLUSTER_BIND_HOST",
                    "Where remoting listens, when it differs from the address."),
            fixed(
                    "cluster.bind-port",
                    "SWITCHBOARD_CLUSTER_BIND_PORT",
                    "The port remoting listens on, when it differs."),
            fixed("cluster.seed-nodes", "SWITCHBOARD_CLUSTER_SEEDS", "The nodes that form the cluster."),
            fixed(
                    "cluster.downing",
                    "SWITCHBOARD_CLUSTER_DOWNING",
                    "Who lives on after a partition: keep-majority or lease-majority."),
            fixed("cluster.tls.certificate", "SWITCHBOARD_CLUSTER_TLS_CERTIFICATE", "This node's certificate, PEM."),
            fixed("cluster.tls.key", "SWITCHBOARD_CLUSTER_TLS_KEY", "The certificate's key, PEM."),
            fixed("cluster.tls.authority", "SWITCHBOARD_CLUSTER_TLS_AUTHORITY", "Who signed all nodes' certificates."),
            fixed(
                    "cluster.discovery.method",
                    "SWITCHBOARD_CLUSTER_DISCOVERY",
                    "How nodes find each other without seeds: none, config, dns or kubernetes."),
            fixed("cluster.discovery.service", "SWITCHBOARD_CLUSTER_SERVICE", "The name that is looked up."),
            fixed(
                    "cluster.discovery.contact-points",
                    "SWITCHBOARD_CLUSTER_CONTACT_POINTS",
                    "How many nodes must be found before a new cluster is formed."),
            fixed(
                    "cluster.discovery.endpoints",
                    "SWITCHBOARD_CLUSTER_ENDPOINTS",
                    "The management addresses of all nodes, for the method config."),
            fixed(
                    "cluster.discovery.management-port",
                    "SWITCHBOARD_CLUSTER_MANAGEMENT_PORT",
                    "Where nodes that look for each other ask each other."),
            fixed("cluster.discovery.port-name", null, "The management port's name in DNS or in the pods."),
            live("session.ttl", "A session is forgotten this long after its last use."),
            live("session.ban-ttl", "How long a provider ban keeps a conversation from a platform."),
            live(
                    "session.provider-ban-cooldown",
                    "How long a provider-ban platform stays reserved to the session that used it last."),
            live("stream.keep-alive", "Silence after which a stream's client gets a comment line."),
            live("stream.stall-timeout", "Time without content after which a stream has stalled."),
            live("stream.early-headers", "When headers go out although no event has come; off for never."),
            fixed("upstream.connect-timeout", null, "Time for a provider to accept a connection."),
            live("upstream.response-timeout", "Time for a provider to send response headers."),
            fixed("upstream.max-connections", null, "Open connections of a node to one provider's address at a time."),
            secret(
                    "upstream.proxy",
                    "SWITCHBOARD_UPSTREAM_PROXY",
                    "The HTTP proxy that public addresses are reached through."),
            new Setting(
                    "upstream.allow-private-addresses",
                    "SWITCHBOARD_ALLOW_PRIVATE_ADDRESSES",
                    false,
                    true,
                    "Whether custom platforms may be at loopback and private addresses."),
            live(
                    "upstream.fetch-images",
                    "Whether images named by URL are fetched for providers that take them inline only."),
            live("cooldown.transient", "The first cooldown of a model after a transient failure."),
            live("cooldown.max", "The longest cooldown that failed probes double to."),
            live("cooldown.rate-limited-key", "The cooldown of a rate-limited key without Retry-After."),
            new Setting("routing.max-attempts", "MAX_FALLBACK_RETRIES", false, true, "Attempts for one request."),
            live("routing.budget", "Wall time until a response must be committed."),
            live("routing.explicit-model-fallback", "Whether an explicit model may be answered by another."),
            live("routing.learn-limits", "Whether rate limits that providers state themselves are kept to."),
            new Setting(
                    "protection",
                    "THREAD_PROTECTION_PLATFORMS",
                    false,
                    true,
                    "How strongly conversations are protected from a failing platform or model."),
            fixed("anthropic.models", null, "Names that clients of Anthropic's API ask for, and the models they get."),
            fixed("catalog", null, "The catalogue of models: builtin or none."),
            fixed("log.format", "SWITCHBOARD_LOG_FORMAT", "What log lines look like: text or json."),
            new Setting("log.level", "SWITCHBOARD_LOG_LEVEL", false, true, "The least severe lines that are logged."),
            live("log.requests", "Whether each request and each failed attempt is a line of the log."),
            live("retention.requests", "How long rows of the request log are kept."),
            fixed(
                    "telemetry.endpoint",
                    "OTEL_EXPORTER_OTLP_ENDPOINT",
                    "Where traces and metrics go by OTLP; nothing is traced without it."),
            new Setting("log-bodies", "LOG_SENSITIVE_DATA", false, true, "Whether prompts may appear in logs."),
            fixed("bootstrap", null, "Platforms, models and keys to create if absent."));

    private static Setting fixed(String path, @Nullable String env, String description) {
        return new Setting(path, env, false, false, description);
    }

    private static Setting secret(String path, @Nullable String env, String description) {
        return new Setting(path, env, true, false, description);
    }

    private static Setting live(String path, String description) {
        return new Setting(path, null, false, true, description);
    }

    /** The option of the command line that overrides it, if there is one. */
    public @Nullable String option() {
        return switch (path) {
            case "http.port" -> "--port";
            case "data-dir" -> "--data";
            default -> null;
        };
    }

    /** The setting of that path. */
    public static Optional<Setting> find(String path) {
        return ALL.stream().filter(setting -> setting.path().equals(path)).findFirst();
    }
}
