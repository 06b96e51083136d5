package dev.switchboard.node.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionStage;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class WriteBehindTest {
    private static final String ID = "owner|1";

    private final MemoryStore<String> store = new MemoryStore<>();
    private final Deque<WriteBehind.Event> mailbox = new ArrayDeque<>();
    private final List<Duration> pauses = new ArrayList<>();
    private final Deque<WriteBehind.Event> retries = new ArrayDeque<>();
    private final WriteBehind<String> writes = new WriteBehind<>(store, ID, 0, new Mailbox(), () -> 0.5);

    private final class Mailbox implements WriteBehind.Port {
        @Override
        public void pipe(CompletionStage<? extends WriteBehind.Event> stage) {
            stage.thenAccept(mailbox::addLast);
        }

        @Override
        public void after(Duration pause, WriteBehind.Event event) {
            pauses.add(pause);
            retries.addLast(event);
        }
    }

    private WriteBehind.Progress deliver() {
        WriteBehind.Progress progress = writes.progress();
        while (!mailbox.isEmpty()) {
            progress = writes.onEvent(mailbox.removeFirst());
        }
        return progress;
    }

    private WriteBehind.Progress pauseEnds() {
        writes.onEvent(retries.removeFirst());
        return deliver();
    }

    @Test
    void newerStatesReplaceTheOneThatWaits() {
        store.mode(MemoryStore.Mode.HANGING);
        assertThat(writes.save("a")).isEqualTo(WriteBehind.Progress.WRITING);
        writes.save("b");
        writes.save("c");
        assertThat(store.writes()).isEqualTo(1);
        store.mode(MemoryStore.Mode.NORMAL);
        store.release();
        assertThat(deliver()).isEqualTo(WriteBehind.Progress.CLEAN);
        assertThat(store.writes()).isEqualTo(2);
        assertThat(store.row(ID)).isEqualTo(new StateStore.Loaded<>("c", 2));
        assertThat(writes.revision()).isEqualTo(2);
    }

    @Test
    void whileTheDatabaseIsAwayItTriesAgainWithGrowingPauses() {
        store.mode(MemoryStore.Mode.AWAY);
        writes.save("a");
        assertThat(deliver()).isEqualTo(WriteBehind.Progress.RETRYING);
        writes.save("b");
        for (int i = 0; i < 7; i++) {
            assertThat(pauseEnds()).isEqualTo(WriteBehind.Progress.RETRYING);
        }
        assertThat(pauses.stream().map(Duration::toMillis))
                .containsExactly(500L, 1000L, 2000L, 4000L, 8000L, 15000L, 15000L, 15000L);
        store.mode(MemoryStore.Mode.NORMAL);
        assertThat(pauseEnds()).isEqualTo(WriteBehind.Progress.CLEAN);
        assertThat(store.row(ID)).isEqualTo(new StateStore.Loaded<>("b", 1));
    }

    @Test
    void aWriteThatHappenedAlthoughItFailedIsNoConflict() {
        store.mode(MemoryStore.Mode.WRITES_THEN_FAILS);
        writes.save("a");
        deliver();
        writes.save("b");
        store.mode(MemoryStore.Mode.NORMAL);
        assertThat(pauseEnds()).isEqualTo(WriteBehind.Progress.CLEAN);
        assertThat(store.row(ID)).isEqualTo(new StateStore.Loaded<>("b", 2));
    }

    @Test
    void aWriteThatHappenedIsNotRepeated() {
        store.mode(MemoryStore.Mode.WRITES_THEN_FAILS);
        writes.save("a");
        deliver();
        store.mode(MemoryStore.Mode.NORMAL);
        assertThat(pauseEnds()).isEqualTo(WriteBehind.Progress.CLEAN);
        assertThat(store.row(ID)).isEqualTo(new StateStore.Loaded<>("a", 1));
        assertThat(store.writes()).isEqualTo(1);
    }

    @Test
    void anotherWriterIsAConflictAndNothingIsOverwritten() {
        store.put(ID, 1, "theirs");
        writes.save("mine");
        assertThat(deliver()).isEqualTo(WriteBehind.Progress.CONFLICT);
        assertThat(writes.save("again")).isEqualTo(WriteBehind.Progress.CONFLICT);
        assertThat(store.row(ID)).isEqualTo(new StateStore.Loaded<>("theirs", 1));
    }

    @Test
    void anotherWriterWhileTheDatabaseWasAwayIsAConflict() {
        store.mode(MemoryStore.Mode.AWAY);
        writes.save("mine");
        deliver();
        store.put(ID, 1, "theirs");
        store.mode(MemoryStore.Mode.NORMAL);
        assertThat(pauseEnds()).isEqualTo(WriteBehind.Progress.CONFLICT);
    }

    @Test
    void deletingStartsTheRevisionsAnew() {
        writes.save("a");
        deliver();
        writes.delete();
        assertThat(deliver()).isEqualTo(WriteBehind.Progress.CLEAN);
        assertThat(store.row(ID).revision()).isZero();
        writes.save("b");
        deliver();
        assertThat(store.row(ID)).isEqualTo(new StateStore.Loaded<>("b", 1));
    }

    @Test
    void hurryDoesNotWaitForThePause() {
        store.mode(MemoryStore.Mode.AWAY);
        writes.save("a");
        deliver();
        store.mode(MemoryStore.Mode.NORMAL);
        writes.hurry();
        assertThat(deliver()).isEqualTo(WriteBehind.Progress.CLEAN);
        assertThat(store.row(ID).state()).isEqualTo("a");
    }

    /** What an owner and a database may do, in any order. */
    enum Step {
        SAVE,
        DELETE,
        AWAY,
        HANG,
        LOSE_ANSWERS,
        BACK,
        RELEASE,
        DELIVER,
        PAUSE_ENDS
    }

    @Property(tries = 500)
    void whateverHappensTheLastStateIsStored(@ForAll @Size(max = 40) List<Step> steps) {
        WriteBehindTest run = new WriteBehindTest();
        String last = null;
        int count = 0;
        for (Step step : steps) {
            switch (step) {
                case SAVE -> {
                    last = "s" + count++;
                    run.writes.save(last);
                }
                case DELETE -> {
                    last = null;
                    run.writes.delete();
                }
                case AWAY -> run.store.mode(MemoryStore.Mode.AWAY);
                case HANG -> run.store.mode(MemoryStore.Mode.HANGING);
                case LOSE_ANSWERS -> run.store.mode(MemoryStore.Mode.WRITES_THEN_FAILS);
                case BACK -> run.store.mode(MemoryStore.Mode.NORMAL);
                case RELEASE -> run.store.release();
                case DELIVER -> run.deliver();
                case PAUSE_ENDS -> {
                    if (!run.retries.isEmpty()) {
                        run.pauseEnds();
                    }
                }
            }
            assertThat(run.store.hanging()).isLessThanOrEqualTo(1);
        }
        run.store.mode(MemoryStore.Mode.NORMAL);
        run.store.release();
        run.deliver();
        while (!run.retries.isEmpty()) {
            run.pauseEnds();
        }
        assertThat(run.deliver()).isEqualTo(WriteBehind.Progress.CLEAN);
        assertThat(run.store.row(ID).state()).isEqualTo(last);
        assertThat(run.store.row(ID).revision()).isEqualTo(run.writes.revision());
    }
}
