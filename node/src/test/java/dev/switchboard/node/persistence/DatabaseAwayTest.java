package dev.switchboard.node.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import dev.switchboard.node.settings.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.h2.tools.Server;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The database goes away and comes back: what was handed in meanwhile is stored. */
class DatabaseAwayTest {
    private static final Duration LONG = Duration.ofSeconds(40);

    private final AtomicReference<WriteBehind.@Nullable Progress> progress = new AtomicReference<>();

    @Test
    void onPostgres() throws Exception {
        DatabaseConfig direct = TestDatabases.fresh(DatabaseConfig.Kind.POSTGRESQL);
        URI address = URI.create(direct.url().substring("jdbc:".length()));
        try (TcpProxy proxy = new TcpProxy(address.getPort())) {
            String url = direct.url().replace(":" + address.getPort() + "/", ":" + proxy.port() + "/");
            DatabaseConfig through = DatabaseConfig.of(new Settings.Database(url, null, null), Path.of("."));
            storesWhatItWasGivenMeanwhile(through, proxy::cut, proxy::mend);
        }
    }

    @Test
    void onH2() throws Exception {
        Path folder = TestDatabases.temporaryFolder();
        Server first = h2Server(folder, 0);
        int port = first.getPort();
        AtomicReference<@Nullable Server> second = new AtomicReference<>();
        DatabaseConfig database = DatabaseConfig.of(
                new Settings.Database("jdbc:h2:tcp://127.0.0.1:" + port + "/./away", null, null), folder);
        Schema.migrate(database);
        try {
            storesWhatItWasGivenMeanwhile(database, first::stop, () -> second.set(h2Server(folder, port)));
        } finally {
            first.stop();
            Server again = second.get();
            if (again != null) {
                again.stop();
            }
        }
    }

    private static Server h2Server(Path folder, int port) {
        try {
            return Server.createTcpServer(
                            "-tcpPort", Integer.toString(port), "-baseDir", folder.toString(), "-ifNotExists")
                    .start();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Behavior<Object> owner(StateStore<SampleState> store) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            WriteBehind<SampleState> writes = WriteBehind.of(context, timers, store, "away|1", 0);
            return Behaviors.receive(Object.class)
                    .onMessage(SampleState.class, state -> {
                        progress.set(writes.save(state));
                        return Behaviors.same();
                    })
                    .onMessage(WriteBehind.Event.class, event -> {
                        progress.set(writes.onEvent(event));
                        return Behaviors.same();
                    })
                    .build();
        }));
    }

    private void storesWhatItWasGivenMeanwhile(DatabaseConfig database, Runnable cut, Runnable mend) throws Exception {
        ActorTestKit kit = ActorTestKit.create("away", TestDatabases.systemConfig(database));
        try {
            StateStore<SampleState> store = new JdbcStateStore<>(kit.system(), SampleState.class);
            ActorRef<Object> owner = kit.spawn(owner(store));
            owner.tell(SampleState.of("before"));
            await().atMost(LONG).until(() -> progress.get() == WriteBehind.Progress.CLEAN);
            cut.run();
            owner.tell(SampleState.of("meanwhile"));
            await().atMost(LONG).until(() -> progress.get() == WriteBehind.Progress.RETRYING);
            owner.tell(SampleState.of("newest"));
            mend.run();
            await().atMost(LONG).until(() -> progress.get() == WriteBehind.Progress.CLEAN);
            assertThat(JdbcStateStoreTest.await(store.load("away|1")))
                    .isEqualTo(new StateStore.Loaded<>(SampleState.of("newest"), 2));
        } finally {
            kit.shutdownTestKit();
        }
    }
}
