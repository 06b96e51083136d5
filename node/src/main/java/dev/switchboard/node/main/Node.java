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
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One running node. Everything that can be refused is refused before the actor system is started. */
final class Node {
    // Ranking draws two numbers a model: measured a third cheaper than ThreadLocalRandom.
    private static final ThreadLocal<SplittableRandom> RANDOM = ThreadLocal.withInitial(SplittableRandom::new);
    private static final long BIND_SECONDS = 10;

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
        Vault vault;
        DatabaseConfig database;
        Ending.PROCESS.hold();
        try {
            vault = VaultKeys.load(settings.encryptionKey(), settings.dataDir());
            database = DatabaseConfig.of(settings.database(), settings.dataDir());
            Schema.migrate(database);
        } catch (EncryptionKeyException | DatabaseException e) {
            throw new StartFailure(String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " "));
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
                    rooms.servers().bind().toCompletableFuture().get(BIND_SECONDS, TimeUnit.SECONDS);
            Listener.@Nullable Binding ops =
                    rooms.servers().bindOps().toCompletableFuture().get(BIND_SECONDS, TimeUnit.SECONDS);
            Shutdown.arrange(system, rooms, binding, ops, pool, held);
            Shutdown.followSupervisor(system, System.getenv(ClusterCommand.SUPERVISOR));
            Banner.printWhenReady(system, rooms, out);
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            system.terminate();
            throw new StartFailure("switchboard.http.port = " + settings.http().port() + ": "
                    + String.valueOf(cause.getMessage()).replaceAll("\\s*\\R\\s*", " "));
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
                "switchboard.http.port", settings.http().host(), settings.http().port());
        if (settings.ops().host() != null) {
            Ports.requireFree(
                    "switchboard.ops.port",
                    settings.ops().host(),
                    settings.ops().port());
        }
        Settings.Cluster cluster = settings.cluster();
        String host = cluster.bindHost() == null ? cluster.host() : cluster.bindHost();
        int port = cluster.bindPort() == null ? cluster.port() : cluster.bindPort();
        boolean mayMove = embedded
                && cluster.seedNodes().isEmpty()
                && "default".equals(loaded.sources().of("cluster.port"));
        if (mayMove) {
            try {
                return Ports.isFree(InetAddress.getByName(host), port) ? port : Ports.anyFree(host);
            } catch (UnknownHostException e) {
                throw new StartFailure("switchboard.cluster.host = " + host + ": unknown host");
            }
        }
        Ports.requireFree("switchboard.cluster.port", host, port);
        return cluster.port();
    }
}
