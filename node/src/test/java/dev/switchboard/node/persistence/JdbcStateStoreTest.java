package dev.switchboard.node.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

class JdbcStateStoreTest {
    static <T> T await(CompletionStage<T> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class OnDatabase {
        private final DatabaseConfig.Kind kind;
        private DatabaseConfig database;
        private ActorTestKit kit;
        private StateStore<SampleState> store;

        OnDatabase(DatabaseConfig.Kind kind) {
            this.kind = kind;
        }

        @BeforeAll
        void start() {
            database = TestDatabases.fresh(kind);
            kit = ActorTestKit.create("store", TestDatabases.systemConfig(database));
            store = new JdbcStateStore<>(kit.system(), SampleState.class);
        }

        @AfterAll
        void stop() {
            kit.shutdownTestKit();
        }

        private void sql(String statement) throws SQLException {
            try (Connection connection = database.connect();
                    Statement run = connection.createStatement()) {
                assertThat(run.executeUpdate(statement)).isEqualTo(1);
            }
        }

        @Test
        void whatIsSavedIsLoaded() throws Exception {
            assertThat(await(store.load("a"))).isEqualTo(new StateStore.Loaded<>(null, 0));
            await(store.save("a", 1, SampleState.of("one")));
            await(store.save("a", 2, SampleState.of("two")));
            assertThat(await(store.load("a"))).isEqualTo(new StateStore.Loaded<>(SampleState.of("two"), 2));
        }

        @Test
        void anotherRevisionIsAConflict() throws Exception {
            await(store.save("b", 1, SampleState.of("one")));
            assertThatThrownBy(() -> await(store.save("b", 1, SampleState.of("again"))))
                    .isInstanceOf(StateStore.RevisionConflictException.class);
            assertThatThrownBy(() -> await(store.save("b", 3, SampleState.of("skipped"))))
                    .isInstanceOf(StateStore.RevisionConflictException.class);
            assertThatThrownBy(() -> await(store.delete("b", 3)))
                    .isInstanceOf(StateStore.RevisionConflictException.class);
            assertThat(await(store.load("b"))).isEqualTo(new StateStore.Loaded<>(SampleState.of("one"), 1));
        }

        @Test
        void thousandsAtOnceAreEachWrittenAndAConflictIsOnlyItsOwn() throws Exception {
            int many = 1_000;
            List<CompletionStage<Done>> writes = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                writes.add(store.save("many-" + i, 1, SampleState.of("one")));
            }
            for (CompletionStage<Done> write : writes) {
                await(write);
            }
            writes.clear();
            for (int i = 0; i < many; i++) {
                writes.add(store.save("many-" + i, i % 100 == 7 ? 3 : 2, SampleState.of("two " + i)));
            }
            for (int i = 0; i < many; i++) {
                CompletionStage<Done> write = writes.get(i);
                if (i % 100 == 7) {
                    assertThatThrownBy(() -> await(write)).isInstanceOf(StateStore.RevisionConflictException.class);
                    assertThat(await(store.load("many-" + i)).revision()).isEqualTo(1);
                } else {
                    await(write);
                    assertThat(await(store.load("many-" + i)))
                            .isEqualTo(new StateStore.Loaded<>(SampleState.of("two " + i), 2));
                }
            }
            assertThat(await(new JdbcStateStore<>(kit.system(), SampleState.class)
                            .latest("many-", Instant.now().minusSeconds(60), 5)))
                    .hasSize(5);
        }

        @Test
        void oneThatCannotBeSerializedFailsAlone() throws Exception {
            JdbcStateStore<Object> any = new JdbcStateStore<>(kit.system(), Object.class);
            await(store.save("f", 1, SampleState.of("one")));
            CompletionStage<Done> bad = any.save("g", 2, new Object());
            CompletionStage<Done> good = any.save("f", 2, SampleState.of("two"));
            assertThatThrownBy(() -> await(bad)).isNotNull();
            await(good);
            assertThat(await(store.load("f")).revision()).isEqualTo(2);
        }

        @Test
        void afterADeletionTheNextWriteIsTheFirst() throws Exception {
            await(store.save("c", 1, SampleState.of("one")));
            await(store.save("c", 2, SampleState.of("two")));
            await(store.delete("c", 3));
            assertThat(await(store.load("c"))).isEqualTo(new StateStore.Loaded<>(null, 0));
            await(store.save("c", 1, SampleState.of("new")));
            assertThat(await(store.load("c"))).isEqualTo(new StateStore.Loaded<>(SampleState.of("new"), 1));
        }

        @Test
        void anUnreadableRowIsNotAnEmptyOne() throws Exception {
            await(store.save("d", 1, SampleState.of("one")));
            sql("UPDATE durable_state SET state_serial_manifest = 'gone.Class' WHERE persistence_id = 'd'");
            assertThatThrownBy(() -> await(store.load("d")))
                    .isInstanceOf(StateStore.UnreadableStateException.class)
                    .hasMessageContaining("d");
        }

        @Test
        void aRowOfAnotherTypeIsUnreadable() throws Exception {
            await(store.save("e", 1, SampleState.of("one")));
            StateStore<String> other = new JdbcStateStore<>(kit.system(), String.class);
            assertThatThrownBy(() -> await(other.load("e"))).isInstanceOf(StateStore.UnreadableStateException.class);
        }
    }

    @Nested
    class OnH2 extends OnDatabase {
        OnH2() {
            super(DatabaseConfig.Kind.H2);
        }
    }

    @Nested
    class OnPostgres extends OnDatabase {
        OnPostgres() {
            super(DatabaseConfig.Kind.POSTGRESQL);
        }
    }
}
