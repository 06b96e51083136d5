package dev.switchboard.node.persistence;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.switchboard.node.settings.Settings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** The database of this node: embedded H2 in the data folder, or PostgreSQL by URL (contract.md §2). */
public final class DatabaseConfig {
    private static final String SETTING = "switchboard.database.url";
    private static final int CONNECTION_TIMEOUT_MS = 5_000;
    private static final int MAX_LIFETIME_MS = 30 * 60 * 1000;
    private static final int AKKA_CONNECTIONS = 6;

    /** Akka's are 30 and 60 s: for so long the directory would stay away after the database is back. */
    private static final String BREAKER_RESET = "3s";

    /** Connections to an H2 that closed itself call themselves valid even so, which this query does not. */
    private static final String ALIVE = "SELECT 1";

    /** The two databases that the schema is kept for. */
    public enum Kind {
        H2(EmbeddedDriver.class.getName(), "slick.jdbc.H2Profile$"),
        POSTGRESQL("org.postgresql.Driver", "slick.jdbc.PostgresProfile$");

        private final String driver;
        private final String slickProfile;

        Kind(String driver, String slickProfile) {
            this.driver = driver;
            this.slickProfile = slickProfile;
        }
    }

    private final Kind kind;
    private final String url;
    private final @Nullable String user;
    private final @Nullable String password;

    private DatabaseConfig(Kind kind, String url, @Nullable String user, @Nullable String password) {
        this.kind = kind;
        this.url = url;
        this.user = user;
        this.password = password;
    }

    /**
     * The database that the settings name; without a URL the embedded one in {@code dataDir}. Throws {@link
     * DatabaseException} for a URL that is neither H2's nor PostgreSQL's.
     */
    public static DatabaseConfig of(Settings.Database database, Path dataDir) {
        @Nullable String given = database.url();
        @Nullable String user = blankToNull(database.user());
        @Nullable String password = blankToNull(database.password());
        if (given == null || given.isBlank()) {
            String file =
                    dataDir.toAbsolutePath().normalize().resolve("switchboard").toString();
            if (file.contains(";")) {
                throw new DatabaseException(
                        "switchboard.data-dir = " + dataDir + ": the embedded database takes no ';' in its path", null);
            }
            return h2("jdbc:h2:file:" + file, user, password == null ? EmbeddedPassword.read(dataDir) : password);
        }
        if (given.startsWith("jdbc:postgresql:")) {
            return new DatabaseConfig(Kind.POSTGRESQL, given, user, password);
        }
        if (given.startsWith("jdbc:h2:")) {
            return h2(given, user, password);
        }
        throw new DatabaseException(
                SETTING + " = " + withoutPassword(given) + ": not a jdbc:postgresql:// or jdbc:h2: URL", null);
    }

    /** H2 loses acknowledged writes on a kill without WRITE_DELAY=0, and Akka's tables have lower-case names. */
    private static DatabaseConfig h2(String base, @Nullable String user, @Nullable String password) {
        String url = base;
        String upper = base.toUpperCase(Locale.ROOT);
        if (!upper.contains("DATABASE_TO_UPPER=")) {
            url += ";DATABASE_TO_UPPER=FALSE";
        }
        if (!upper.contains("DB_CLOSE_ON_EXIT=")) {
            url += ";DB_CLOSE_ON_EXIT=FALSE";
        }
        if (!upper.contains("WRITE_DELAY=")) {
            url += ";WRITE_DELAY=0";
        }
        return new DatabaseConfig(Kind.H2, url, user == null ? "sa" : user, password == null ? "" : password);
    }

    /** Which database it is. */
    public Kind kind() {
        return kind;
    }

    /** The JDBC URL; may hold a password, so it is never logged: see {@link #toString}. */
    String url() {
        return url;
    }

    @Nullable
    String user() {
        return user;
    }

    @Nullable
    String password() {
        return password;
    }

    /**
     * Settings for Akka: journal, snapshot store and durable state store on one shared pool. Slick runs their JDBC
     * calls on threads of that pool, never on a dispatcher of actors. The pool starts without the database.
     */
    public Config akkaConfig() {
        Map<String, Object> values = new HashMap<>();
        values.put("akka.persistence.journal.plugin", "jdbc-journal");
        values.put("akka.persistence.snapshot-store.plugin", "jdbc-snapshot-store");
        values.put("akka.persistence.state.plugin", "jdbc-durable-state-store");
        for (String plugin :
                new String[] {"jdbc-journal", "jdbc-snapshot-store", "jdbc-read-journal", "jdbc-durable-state-store"}) {
            values.put(plugin + ".use-shared-db", "slick");
        }
        for (String plugin : new String[] {"jdbc-journal", "jdbc-snapshot-store"}) {
            values.put(plugin + ".circuit-breaker.reset-timeout", BREAKER_RESET);
        }
        String shared = "akka-persistence-jdbc.shared-databases.slick.";
        values.put(shared + "profile", kind.slickProfile);
        String db = shared + "db.";
        values.put(db + "connectionPool", "HikariCP");
        values.put(db + "driver", kind.driver);
        values.put(db + "url", url);
        if (user != null) {
            values.put(db + "user", user);
        }
        if (password != null) {
            values.put(db + "password", password);
        }
        values.put(db + "poolName", "akka-persistence");
        values.put(db + "connectionTimeout", CONNECTION_TIMEOUT_MS);
        values.put(db + "validationTimeout", 2_000);
        values.put(db + "maxLifetime", MAX_LIFETIME_MS);
        values.put(db + "keepAliveConnection", false);
        values.put(db + "initializationFailFast", false);
        values.put(db + "queueSize", 2_000);
        values.put(db + "numThreads", AKKA_CONNECTIONS);
        values.put(db + "maxConnections", AKKA_CONNECTIONS);
        values.put(db + "minConnections", 1);
        if (kind == Kind.H2) {
            values.put(db + "connectionTestQuery", ALIVE);
        }
        driverProperties(15).forEach((name, value) -> values.put(db + "properties." + name, value));
        values.put("switchboard.cluster-lease.url", url);
        Map<String, Object> login = new HashMap<>(driverProperties(2));
        login.computeIfPresent("connectTimeout", (name, seconds) -> "2");
        if (user != null) {
            login.put("user", user);
        }
        if (password != null) {
            login.put("password", password);
        }
        values.put("switchboard.cluster-lease.login", login);
        return ConfigFactory.parseMap(values, "database settings");
    }

    /**
     * Opens a pool for our own SQL; the caller closes it. Opening does not fail when the database is away: taking a
     * connection then fails after 5 seconds. The pool's calls block, so they belong on a dispatcher of their own.
     *
     * @param size the most connections it takes, at least 1; nodes times pools must fit the database's limit
     */
    public HikariDataSource openPool(String name, int size) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setDriverClassName(kind.driver);
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setConnectionTimeout(CONNECTION_TIMEOUT_MS);
        config.setValidationTimeout(2_000);
        config.setMaxLifetime(MAX_LIFETIME_MS);
        config.setInitializationFailTimeout(-1);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        if (kind == Kind.H2) {
            config.setConnectionTestQuery(ALIVE);
        }
        driverProperties(60).forEach(config::addDataSourceProperty);
        return new HikariDataSource(config);
    }

    /** Opens one connection outside any pool, within a few seconds; throws {@link DatabaseException} otherwise. */
    public Connection connect() {
        Properties properties = new Properties();
        if (user != null) {
            properties.setProperty("user", user);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        driverProperties(60).forEach(properties::setProperty);
        try {
            return DriverManager.getConnection(url, properties);
        } catch (SQLException e) {
            throw failure("cannot be reached", e);
        }
    }

    DatabaseException failure(String what, Throwable cause) {
        String reason = String.valueOf(cause.getMessage()).lines().findFirst().orElse("no reason given");
        return new DatabaseException(SETTING + " = " + this + ": " + what + ": " + withoutPassword(reason), cause);
    }

    /** Bounds the wait for a server that does not answer; H2 refuses settings that it does not know. */
    private Map<String, String> driverProperties(int socketTimeoutSeconds) {
        if (kind == Kind.H2) {
            return Map.of();
        }
        return Map.of(
                "connectTimeout", "5",
                "loginTimeout", "5",
                "socketTimeout", Integer.toString(socketTimeoutSeconds),
                "tcpKeepAlive", "true",
                "ApplicationName", "switchboard");
    }

    private static String withoutPassword(String text) {
        return text.replaceAll("(?i)(password=)[^&;\\s]*", "$1***").replaceAll("//[^/@\\s]*@", "//***@");
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    /** The URL without its password. */
    @Override
    public String toString() {
        return withoutPassword(url);
    }
}
