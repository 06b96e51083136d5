package dev.switchboard.node.main;

import akka.actor.typed.ActorSystem;
import com.zaxxer.hikari.HikariDataSource;
import dev.switchboard.node.http.TlsCertificate;
import dev.switchboard.node.persistence.DatabaseConfig;
import dev.switchboard.node.persistence.DatabaseException;
import dev.switchboard.node.persistence.MemberRegister;
import dev.switchboard.node.persistence.Schema;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.settings.SettingsLoader;
import dev.switchboard.node.socket.EventLoops;
import dev.switchboard.node.socket.Listener;
import dev.switchboard.node.vault.EncryptionKeyException;
import dev.switchboard.node.vault.Vault;
import dev.switchboard.node.vault.VaultKeys;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One running node. Everything that can be refused is refused before the actor system is started. */
final class Node {
    // Ranking draws two numbers a model: measured a third cheaper than ThreadLocalRandom.
    private static final ThreadLocal<SplittableRandom> RANDOM = ThreadLocal.withInitial(SplittableRandom::new);
    private static final long BIND_SECONDS = 10;
    private static final String HTTP_PORT = "switchboard.http.port";
    private static final String OPS_PORT = "switchboard.ops.port";

    private Node() {}

    /** Starts the node and returns once its HTTP server is bound; prints how to reach it when it is ready. */
    static void start(SettingsLoader.Loaded loaded, PrintStream out) throws StartFailure, InterruptedException {
        Settings settings = loaded.settings();
        Logs.apply(settings.log());
        boolean embedded = settings.database().url() == null;
        @Nullable DataFolder held = null;
        if (embedded) {
            held = DataFolder.hold(settings.dataDir());
        } else {
            DataFolder.make(settings.dataDir());
        }
        int remotingPort = requirePorts(loaded, embedded);
        TlsCertificate tls = certificate(settings.http());
        requireRemotingKey(settings.cluster().tls());
        Vault vault = vault(settings);
        DatabaseConfig database;
        Ending.PROCESS.hold();
        try {
            database = DatabaseConfig.of(settings.database(), settings.dataDir());
            Schema.migrate(database);
        } catch (DatabaseException e) {
            throw new StartFailure(oneLine(e.getMessage()));
        }
        Ending.PROCESS.checkpoint();
        MemberRegister.Entry own = new MemberRegister.Entry(
                settings.cluster().host() + ":" + remotingPort,
                settings.cluster().name(),
                Version.current(),
                vault.keyIds());
        SharedStart start = embedded
                ? SharedStart.ALONE
                : SharedStart.check(settings.cluster(), own, MemberRegister.of(database), Clock.systemUTC());

        ActorSystem<Void> system = EventLoops.system(
                settings.cluster().name(),
                AkkaConfig.of(settings, remotingPort, database.akkaConfig(), loaded.akkaOverrides()));
        HikariDataSource pool = database.openPool("switchboard", 4);
        try {
            Rooms rooms = Rooms.open(system, loaded, vault, pool, start.clock(), tls, RANDOM::get);
            Ending.PROCESS.hold();
            Membership.begin(
                    system,
                    settings.cluster(),
                    embedded ? null : new MemberRegister(pool::getConnection),
                    own,
                    start.live());
            Listener.Binding binding =
                    bound(HTTP_PORT, settings.http().port(), rooms.servers().bind());
            Listener.@Nullable Binding ops =
                    bound(OPS_PORT, settings.ops().port(), rooms.servers().bindOps());
            Shutdown.arrange(system, rooms, binding, ops, pool, held);
            Shutdown.followSupervisor(system, System.getenv(ClusterCommand.SUPERVISOR));
            Banner.printWhenReady(system, rooms, out);
        } catch (StartFailure e) {
            system.terminate();
            throw e;
        } catch (ExecutionException | TimeoutException e) {
            system.terminate();
            throw new StartFailure("the built-in provider cannot listen on the loopback: " + oneLine(e.getMessage()));
        }
    }

    private static Vault vault(Settings settings) throws StartFailure {
        Ending.PROCESS.hold();
        try {
            return VaultKeys.load(settings.encryptionKey(), settings.dataDir());
        } catch (EncryptionKeyException e) {
            throw new StartFailure(oneLine(e.getMessage()));
        } finally {
            Ending.PROCESS.checkpoint();
        }
    }

    /** Fails with one line where files, keys or the database that the settings name cannot be used by any node. */
    static void requireUsable(Settings settings) throws StartFailure {
        certificate(settings.http());
        requireRemotingKey(settings.cluster().tls());
        vault(settings);
        if (settings.database().url() == null) {
            return;
        }
        try (Connection probe =
                DatabaseConfig.of(settings.database(), settings.dataDir()).connect()) {
            if (!probe.isValid((int) BIND_SECONDS)) {
                throw new SQLException("the connection is not valid");
            }
        } catch (DatabaseException | SQLException e) {
            throw new StartFailure(oneLine(e.getMessage()));
        }
    }

    /** The certificate of the files in the settings; null where there are none. */
    static @Nullable TlsCertificate certificate(Settings.Http http) throws StartFailure {
        Settings.Tls files = http.tls();
        try {
            return files == null ? null : TlsCertificate.load(files.certificate(), files.key());
        } catch (TlsCertificate.UnusableException e) {
            throw new StartFailure("switchboard.http.tls: " + e.getMessage());
        }
    }

    /** Akka reads the files only when the first node connects, and says no more than that it could not. */
    static void requireRemotingKey(Settings.@Nullable RemotingTls files) throws StartFailure {
        try {
            if (files != null) {
                TlsCertificate.loadRsa(files.certificate(), files.key());
            }
        } catch (TlsCertificate.UnusableException e) {
            throw new StartFailure("switchboard.cluster.tls: " + e.getMessage());
        }
    }

    /** The remoting port: the configured one; a lone node on the embedded database takes a free one where it is taken. */
    private static int requirePorts(SettingsLoader.Loaded loaded, boolean embedded) throws StartFailure {
        Settings settings = loaded.settings();
        Ports.requireFree(
                "switchboard.http.host",
                settings.http().host(),
                HTTP_PORT,
                settings.http().port());
        String opsHost = settings.ops().host();
        if (opsHost != null) {
            Ports.requireFree(
                    "switchboard.ops.host", opsHost, OPS_PORT, settings.ops().port());
        }
        Settings.Cluster cluster = settings.cluster();
        String bindHost = cluster.bindHost();
        Integer bindPort = cluster.bindPort();
        String hostSetting = bindHost == null ? "switchboard.cluster.host" : "switchboard.cluster.bind-host";
        String host = bindHost == null ? cluster.host() : bindHost;
        int port = bindPort == null ? cluster.port() : bindPort;
        boolean mayMove = embedded
                && cluster.seedNodes().isEmpty()
                && "default".equals(loaded.sources().of("cluster.port"));
        if (mayMove) {
            return Ports.isFree(Ports.address(hostSetting, host), port) ? port : Ports.anyFree(host);
        }
        Ports.requireFree(
                hostSetting,
                host,
                bindPort == null ? "switchboard.cluster.port" : "switchboard.cluster.bind-port",
                port);
        return cluster.port();
    }

    /** Waits until a server listens; fails with a line that names the setting where it cannot. */
    private static <T extends @Nullable Object> T bound(String setting, int port, CompletionStage<T> binding)
            throws StartFailure, InterruptedException {
        String reason;
        try {
            return binding.toCompletableFuture().get(BIND_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            reason = String.valueOf(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
        } catch (TimeoutException e) {
            reason = "does not listen after " + BIND_SECONDS + " s";
        }
        throw new StartFailure(setting + " = " + port + ": " + oneLine(reason));
    }

    private static String oneLine(@Nullable String text) {
        return String.valueOf(text).replaceAll("\\s*\\R\\s*", " ");
    }
}
