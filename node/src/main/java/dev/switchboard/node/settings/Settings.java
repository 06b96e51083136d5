package dev.switchboard.node.settings;

import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.domain.ProtectionLevel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All settings of one node, validated (contract.md §2). Times are positive; sizes are bytes. */
public record Settings(
        Http http,
        Ops ops,
        Auth auth,
        @Nullable String encryptionKey,
        Path dataDir,
        Database database,
        Cluster cluster,
        Session session,
        Stream stream,
        Upstream upstream,
        Cooldown cooldown,
        Routing routing,
        Map<String, ProtectionLevel> protection,
        Anthropic anthropic,
        boolean builtinCatalog,
        Log log,
        Retention retention,
        Telemetry telemetry,
        boolean logBodies,
        Bootstrap bootstrap) {

    /**
     * The public HTTP server.
     *
     * @param maxBody in bytes
     * @param tls null for plain HTTP
     */
    public record Http(String host, int port, long maxBody, long bodyMemory, Clients clients, @Nullable Tls tls) {
        /** Plain HTTP, limits as by default. */
        public Http(String host, int port, long maxBody) {
            this(host, port, maxBody, bodyMemory(maxBody), Clients.DEFAULT, null);
        }

        /** Unless configured: an eighth of the heap, since a request takes several times its body; one body always fits. */
        static long bodyMemory(long maxBody) {
            return Math.max(maxBody, Runtime.getRuntime().maxMemory() / 8);
        }
    }

    /**
     * What a client's connection may cost.
     *
     * @param maxConnections open at a time; further ones wait in the system's backlog
     * @param headerTimeout from the connection's begin to the end of its first request's headers
     * @param keepAliveTimeout from a request's end to the end of the next one's headers
     * @param writeTimeout how long a client may take nothing of an answer in parts
     */
    public record Clients(
            int maxConnections, Duration headerTimeout, Duration keepAliveTimeout, Duration writeTimeout) {
        /** Unless configured. */
        public static final Clients DEFAULT =
                new Clients(16_384, Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofMinutes(2));
    }

    /** PEM files: the certificate with those that vouch for it, and its private key. */
    public record Tls(Path certificate, Path key) {}

    /** Where {@code /livez}, {@code /readyz} and {@code /metrics} are bound; null host means on the public server. */
    public record Ops(@Nullable String host, int port) {}

    /** Access keys; null where one is to be generated and kept. */
    public record Auth(@Nullable String apiKey, @Nullable String adminKey, List<String> corsOrigins, SignIn signIn) {
        /** Sign-ins as by default. */
        public Auth(@Nullable String apiKey, @Nullable String adminKey, List<String> corsOrigins) {
            this(apiKey, adminKey, corsOrigins, SignIn.DEFAULT);
        }

        /** Without the keys. */
        @Override
        public String toString() {
            return "Auth[corsOrigins=" + corsOrigins + "]";
        }
    }

    /**
     * Signing in to the dashboard.
     *
     * @param ttl how long a sign-in lasts
     * @param attempts from one address in ten minutes, in the whole cluster
     */
    public record SignIn(Duration ttl, int attempts) {
        /** Twelve hours, ten attempts. */
        public static final SignIn DEFAULT = new SignIn(Duration.ofHours(12), 10);
    }

    /** The shared database; a null URL is the embedded one in the data folder. */
    public record Database(@Nullable String url, @Nullable String user, @Nullable String password) {
        /** Without the password. */
        @Override
        public String toString() {
            return "Database[url=" + url + ", user=" + user + "]";
        }
    }

    /**
     * Name, remoting address and how the nodes find each other; neither seeds nor discovery means this node itself.
     *
     * @param name of the actor system: nodes of another name never join
     * @param tls null where remoting is not encrypted
     * @param discovery null where seeds form the cluster
     */
    public record Cluster(
            String name,
            String host,
            int port,
            @Nullable String bindHost,
            @Nullable Integer bindPort,
            List<HostPort> seedNodes,
            Downing downing,
            @Nullable RemotingTls tls,
            @Nullable Discovery discovery) {
        /** The name of a cluster that is not named otherwise. */
        public static final String DEFAULT_NAME = "switchboard";

        /** Default name and downing, no TLS, no discovery. */
        public Cluster(
                String host,
                int port,
                @Nullable String bindHost,
                @Nullable Integer bindPort,
                List<HostPort> seedNodes) {
            this(DEFAULT_NAME, host, port, bindHost, bindPort, seedNodes, Downing.KEEP_MAJORITY, null, null);
        }
    }

    /** Who lives on after a partition (behaviour.md §10). */
    public enum Downing {
        /** The side with more nodes. */
        KEEP_MAJORITY("keep-majority"),
        /** The side that gets the lease in the shared database; so either of two nodes may die. */
        LEASE_MAJORITY("lease-majority");

        private final String wire;

        Downing(String wire) {
            this.wire = wire;
        }

        /** As it is written in configurations. */
        public String wire() {
            return wire;
        }
    }

    /** PEM files: this node's certificate and private key, and the authority that signed those of all nodes. */
    public record RemotingTls(Path certificate, Path key, Path authority) {}

    /**
     * How nodes find each other without seeds.
     *
     * @param service what is looked up: a DNS name, or a label of pods; any name for a list of endpoints
     * @param contactPoints how many nodes must be found before a new cluster may be formed
     * @param endpoints the management addresses of all nodes; for the list alone
     * @param managementPort where nodes ask each other
     * @param portName the name of that port in DNS (SRV records) or in the pods; null where addresses alone are looked up
     */
    public record Discovery(
            Method method,
            String service,
            int contactPoints,
            List<HostPort> endpoints,
            int managementPort,
            @Nullable String portName) {
        /** Where is looked. */
        public enum Method {
            /** The list of endpoints in the configuration. */
            CONFIG,
            /** DNS: SRV records where a port name is given, else addresses. */
            DNS,
            /** The pods that Kubernetes' API knows. */
            KUBERNETES
        }
    }

    /** A host and a port. */
    public record HostPort(String host, int port) {}

    /** Times of a session (behaviour.md §1, §2). */
    public record Session(Duration ttl, Duration banTtl, Duration providerBanCooldown) {}

    /** Times of a stream (behaviour.md §5); {@code earlyHeaders} is null where early headers are off. */
    public record Stream(Duration keepAlive, Duration stallTimeout, @Nullable Duration earlyHeaders) {}

    /**
     * Times and ways towards providers.
     *
     * @param maxConnections open connections of this node to one provider's address at a time, at least 1
     * @param allowPrivateAddresses whether custom platforms may be at loopback and private addresses
     * @param fetchImages whether images that a request names by URL are fetched for providers that take them inline only
     * @param proxy what public addresses are reached through; null for directly
     */
    public record Upstream(
            Duration connectTimeout,
            Duration responseTimeout,
            int maxConnections,
            boolean allowPrivateAddresses,
            boolean fetchImages,
            @Nullable Proxy proxy) {
        /** Connections to one address unless configured. */
        public static final int MAX_CONNECTIONS = 16_384;

        /** Private addresses are allowed, no proxy. */
        public Upstream(Duration connectTimeout, Duration responseTimeout) {
            this(connectTimeout, responseTimeout, MAX_CONNECTIONS, true, true, null);
        }
    }

    /** An HTTP proxy that takes {@code CONNECT}; user and password are null where it asks for none. */
    public record Proxy(HostPort at, @Nullable String user, @Nullable String password) {
        /** Without the password. */
        @Override
        public String toString() {
            return "Proxy[" + at + "]";
        }
    }

    /** Times of cooldowns (behaviour.md §4). */
    public record Cooldown(Duration transientTime, Duration max, Duration rateLimitedKey) {}

    /** Limits of the attempt loop, and whether limits that providers state are kept. */
    public record Routing(int maxAttempts, Duration budget, boolean explicitModelFallback, boolean learnLimits) {}

    /** Models by patterns of names, {@code *} for any text; the matching pattern with the most letters counts. */
    public record Anthropic(Map<String, String> models) {}

    /**
     * What the log holds.
     *
     * @param json one JSON object a line in place of text
     * @param level the least severe level of our own lines, such as {@code INFO}
     * @param requests whether each request and each failed attempt is a line
     */
    public record Log(boolean json, String level, boolean requests) {}

    /** How long rows of the request log are kept. */
    public record Retention(Duration requests) {}

    /** Where traces and metrics are sent by OTLP; null for nowhere. */
    public record Telemetry(@Nullable String endpoint) {}

    /** Rows to create if absent. */
    public record Bootstrap(List<BootPlatform> platforms, List<BootModel> models, List<BootKey> keys) {
        /** Nothing to create. */
        public static final Bootstrap NONE = new Bootstrap(List.of(), List.of(), List.of());
    }

    /** A platform of the configuration. */
    public record BootPlatform(
            PlatformId id,
            String name,
            @Nullable AdapterKind adapter,
            String baseUrl,
            boolean keyless,
            @Nullable Duration responseTimeout) {}

    /** A model of the configuration. */
    public record BootModel(
            ModelRef ref,
            String name,
            int intelligenceRank,
            int contextWindow,
            Limits limits,
            boolean tools,
            boolean vision,
            boolean enabled,
            boolean embedding) {
        /** A model that answers chats. */
        public BootModel(
                ModelRef ref,
                String name,
                int intelligenceRank,
                int contextWindow,
                Limits limits,
                boolean tools,
                boolean vision,
                boolean enabled) {
            this(ref, name, intelligenceRank, contextWindow, limits, tools, vision, enabled, false);
        }
    }

    /** A provider key of the configuration. */
    public record BootKey(PlatformId platform, String key, String label) {
        /** Without the key. */
        @Override
        public String toString() {
            return "BootKey[platform=" + platform + ", label=" + label + "]";
        }
    }

    /** The protection level of a model: its own, else its platform's, else {@code model-skip} (behaviour.md §4). */
    public ProtectionLevel protectionOf(ModelRef model) {
        ProtectionLevel own = protection.get(model.toString());
        if (own != null) {
            return own;
        }
        return protection.getOrDefault(model.platform().value(), ProtectionLevel.MODEL_SKIP);
    }
}
