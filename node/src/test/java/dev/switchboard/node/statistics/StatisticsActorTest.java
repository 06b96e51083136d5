package dev.switchboard.node.statistics;

import static dev.switchboard.node.statistics.Samples.LARGE;
import static dev.switchboard.node.statistics.Samples.NOW;
import static dev.switchboard.node.statistics.Samples.SMALL;
import static dev.switchboard.node.statistics.Samples.delta;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import akka.Done;
import akka.actor.UnhandledMessage;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.receptionist.Receptionist;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.statistics.StatisticsCommand;
import dev.switchboard.protocol.statistics.StatisticsCommand.BucketDelta;
import dev.switchboard.protocol.statistics.StatisticsCommand.PeerDeltas;
import dev.switchboard.protocol.statistics.StatisticsCommand.RequestEnded;
import dev.switchboard.protocol.statistics.StatisticsSnapshot;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatisticsActorTest {
    private static final long HOUR = Deltas.hourOf(NOW);

    private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
    private final ManualTime time = ManualTime.get(kit.system());
    private final TestClock clock = new TestClock();
    private final FakeStore store = new FakeStore();
    private final AtomicLong dropped = new AtomicLong();
    private final List<StatisticsSnapshot> published = new CopyOnWriteArrayList<>();
    private final List<RequestEnded> tail = new CopyOnWriteArrayList<>();
    private final TestProbe<StatisticsCommand> peer = kit.createTestProbe();
    private final TestProbe<Done> done = kit.createTestProbe();

    @BeforeEach
    void registerPeer() {
        kit.system().receptionist().tell(Receptionist.register(StatisticsActor.KEY, peer.getRef()));
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void anOutcomeShowsAtOnceAndABurstIsPublishedSeldom() {
        ActorRef<Object> actor = start();
        actor.tell(Samples.attempt(LARGE, NOW, null));
        await().until(() -> latest().of(LARGE).successes() == 1);
        int before = published.size();
        for (int i = 0; i < 500; i++) {
            actor.tell(Samples.attempt(LARGE, NOW, null));
        }
        settle(actor);
        assertThat(published).hasSizeLessThanOrEqualTo(before + 1);
        time.timePasses(Duration.ofMillis(50));
        await().until(() -> latest().of(LARGE).successes() == 501);
        assertThat(published).hasSizeLessThanOrEqualTo(before + 2);
    }

    @Test
    void theOtherNodesAreToldOnceASecondInOneMessage() {
        ActorRef<Object> actor = start();
        actor.tell(Samples.attempt(LARGE, NOW, null));
        actor.tell(Samples.attempt(LARGE, NOW, FailureKind.TIMEOUT));
        actor.tell(Samples.attempt(SMALL, NOW, FailureKind.RATE_LIMITED));
        peer.expectNoMessage(Duration.ofMillis(50));
        tick();
        PeerDeltas told = (PeerDeltas) peer.receiveMessage();
        assertThat(told.node()).isEqualTo("self:1");
        assertThat(told.deltas())
                .extracting(BucketDelta::model, BucketDelta::successes, BucketDelta::counted, BucketDelta::requests)
                .containsExactlyInAnyOrder(tuple(LARGE, 1L, 2L, 2L), tuple(SMALL, 0L, 0L, 1L));
        tick();
        peer.expectNoMessage(Duration.ofMillis(50));
    }

    @Test
    void whatAPeerSaysCountsButIsNeitherWrittenNorPassedOn() {
        ActorRef<Object> actor = start();
        actor.tell(new PeerDeltas("other:2", List.of(delta(SMALL, HOUR, 3, 4))));
        await().until(() -> latest().of(SMALL).successes() == 3);
        tick();
        settle(actor);
        peer.expectNoMessage(Duration.ofMillis(50));
        assertThat(store.rows).isEmpty();
        assertThat(store.deltas).isEmpty();
    }

    @Test
    void bucketsOfTheDatabaseAreLoadedAndAddedToWhatHappenedMeanwhile() {
        store.away = true;
        store.stored.add(delta(LARGE, HOUR - 84, 10, 10));
        ActorRef<Object> actor = start();
        actor.tell(Samples.attempt(LARGE, NOW, null));
        actor.tell(new PeerDeltas("other:2", List.of(delta(SMALL, HOUR, 2, 2))));
        settle(actor);
        time.timePasses(Duration.ofMillis(50));
        await().until(() ->
                latest().of(LARGE).successes() == 1 && latest().of(SMALL).successes() == 2);
        assertThat(store.deltas).isEmpty();

        store.stored.add(delta(SMALL, HOUR, 2, 2));
        store.away = false;
        time.timePasses(Duration.ofSeconds(2));
        await().untilAsserted(() -> {
            assertThat(latest().of(LARGE).successes()).isEqualTo(6);
            assertThat(latest().of(SMALL).successes()).isEqualTo(2);
            assertThat(store.deltas).containsExactly(Deltas.of(Samples.attempt(LARGE, NOW, null)));
        });
    }

    @Test
    void reloadingHealsWhatAPeerFailedToTell() {
        ActorRef<Object> actor = start();
        time.timePasses(Duration.ofSeconds(10));
        settle(actor);
        int loads = store.tries.size();
        store.stored.add(delta(SMALL, HOUR, 7, 7));
        time.timePasses(Duration.ofMinutes(30));
        settle(actor);
        assertThat(store.tries).hasSize(loads);
        time.timePasses(Duration.ofMinutes(31));
        await().until(() -> latest().of(SMALL).successes() == 7);
    }

    @Test
    void aChangeOfMembersMakesUpForWhatWasToldTooEarly() {
        ActorRef<Object> actor = start();
        settle(actor);
        time.timePasses(Duration.ofSeconds(10));
        settle(actor);
        store.stored.add(delta(SMALL, HOUR, 7, 7));
        TestProbe<StatisticsCommand> newcomer = kit.createTestProbe();
        kit.system().receptionist().tell(Receptionist.register(StatisticsActor.KEY, newcomer.getRef()));
        await().until(() -> {
            actor.tell(Samples.attempt(LARGE, NOW, null));
            tick();
            settle(actor);
            return latest().of(SMALL).successes() == 7;
        });
        newcomer.expectMessageClass(PeerDeltas.class);
    }

    @Test
    void rowsWaitWhileTheDatabaseIsAwayAndOverflowIsCounted() {
        ActorRef<Object> actor = start();
        store.away = true;
        actor.tell(Samples.request("first", NOW, LARGE, 200));
        settle(actor);
        for (int i = 0; i < 150; i++) {
            actor.tell(Samples.request("r" + i, NOW, LARGE, 200));
            actor.tell(Samples.attempt(LARGE, NOW, null));
        }
        settle(actor);
        assertThat(tail).hasSize(151);
        assertThat(dropped).hasValue(51);
        time.timePasses(Duration.ofSeconds(10));
        int tries = store.tries.size();
        time.timePasses(Duration.ofSeconds(14));
        assertThat(store.tries.size()).as("one a second would be 14").isLessThanOrEqualTo(tries + 4);

        store.away = false;
        time.timePasses(Duration.ofSeconds(20));
        await().untilAsserted(() -> assertThat(requestIds()).hasSize(100));
        assertThat(requestIds().get(0)).isEqualTo("r50");
        assertThat(requestIds().get(99)).isEqualTo("r149");
        assertThat(dropped).hasValue(51);
        assertThat(store.deltas.stream().mapToLong(BucketDelta::successes).sum())
                .isEqualTo(150);
    }

    @Test
    void aFullBatchIsWrittenWithoutWaitingForTheTick() {
        ActorRef<Object> actor = start();
        settle(actor);
        for (int i = 0; i < 30; i++) {
            actor.tell(Samples.request("r" + i, NOW, LARGE, 200));
        }
        await().until(() -> store.rows.size() >= 30);
    }

    @Test
    void drainWritesEverythingAndAnswers() {
        ActorRef<Object> actor = start();
        for (int i = 0; i < 95; i++) {
            actor.tell(Samples.request("r" + i, NOW, LARGE, 200));
        }
        actor.tell(Samples.attempt(LARGE, NOW, FailureKind.STALLED));
        settle(actor);
        assertThat(store.rows).hasSize(96);
        assertThat(store.deltas).hasSize(1);
    }

    @Test
    void drainDoesNotWaitForADatabaseThatIsAway() {
        store.away = true;
        ActorRef<Object> actor = start();
        actor.tell(Samples.request("r", NOW, LARGE, 200));
        settle(actor);
        assertThat(store.rows).isEmpty();
    }

    @Test
    void agesChangeWhenTheHourTurns() {
        ActorRef<Object> actor = start();
        actor.tell(Samples.attempt(LARGE, NOW, null));
        await().until(() -> latest().of(LARGE).successes() == 1);
        clock.now = NOW.plus(Duration.ofHours(84));
        tick();
        await().until(() -> latest().of(LARGE).successes() == 0.5);
        clock.now = NOW.plus(Duration.ofHours(168));
        tick();
        await().until(() -> latest().models().isEmpty());
    }

    @Test
    void oldRowsAreDeletedByOneNodeOnly() {
        ActorRef<Object> first = start();
        ActorRef<Object> second = start();
        settle(first);
        settle(second);
        kit.system().receptionist().tell(Receptionist.deregister(StatisticsActor.KEY, peer.getRef()));
        await().untilAsserted(() -> {
            time.timePasses(Duration.ofHours(1));
            assertThat(store.purges).isNotEmpty();
        });
        settle(first);
        settle(second);
        int purges = store.purges.size();
        time.timePasses(Duration.ofHours(1));
        settle(first);
        settle(second);
        assertThat(store.purges).hasSize(purges + 1);
        assertThat(store.purges.get(0)).isEqualTo(NOW.minus(Duration.ofDays(30)));
    }

    @Test
    void everyCommandIsHandled() {
        List<StatisticsCommand> commands = List.of(
                Samples.attempt(LARGE, NOW, null),
                Samples.request("r", NOW, LARGE, 200),
                new PeerDeltas("other:2", List.of()));
        assertThat(commands.stream().map(Object::getClass))
                .containsExactlyInAnyOrder(StatisticsCommand.class.getPermittedSubclasses());
        TestProbe<UnhandledMessage> unhandled = kit.createUnhandledMessageProbe();
        ActorRef<Object> actor = start();
        commands.forEach(actor::tell);
        settle(actor);
        unhandled.expectNoMessage(Duration.ofMillis(50));
    }

    private ActorRef<Object> start() {
        StatisticsSettings defaults = StatisticsSettings.DEFAULT;
        StatisticsSettings settings = new StatisticsSettings(
                defaults.publishEvery(),
                defaults.tick(),
                100,
                10,
                defaults.reload(),
                defaults.retryMax(),
                defaults.logRetention());
        ActorRef<Object> actor = kit.spawn(StatisticsActor.create(new StatisticsActor.Wiring(
                "self:1",
                settings,
                clock,
                store,
                Runnable::run,
                new Meters(new SimpleMeterRegistry()),
                dropped,
                tail::add,
                published::add)));
        awaitListed(actor);
        settle(actor);
        time.timePasses(Duration.ofMillis(50));
        return actor;
    }

    /** Returns when the actor has seen itself and the peer in the receptionist's listing. */
    private void awaitListed(ActorRef<Object> actor) {
        TestProbe<Receptionist.Listing> listings = kit.createTestProbe();
        await().until(() -> {
            kit.system().receptionist().tell(Receptionist.find(StatisticsActor.KEY, listings.getRef()));
            return listings.receiveMessage()
                    .getServiceInstances(StatisticsActor.KEY)
                    .contains(actor.<StatisticsCommand>narrow());
        });
    }

    private void tick() {
        time.timePasses(Duration.ofSeconds(1));
    }

    private void settle(ActorRef<Object> actor) {
        actor.tell(new StatisticsActor.Drain(done.getRef()));
        done.receiveMessage();
    }

    private StatisticsSnapshot latest() {
        return published.isEmpty() ? StatisticsSnapshot.EMPTY : published.get(published.size() - 1);
    }

    private List<String> requestIds() {
        return store.rows.stream()
                .filter(RequestRow.class::isInstance)
                .map(row -> ((RequestRow) row).requestId())
                .toList();
    }

    private static final class FakeStore implements Store {
        private final List<BucketDelta> stored = new CopyOnWriteArrayList<>();
        private final List<BucketDelta> deltas = new CopyOnWriteArrayList<>();
        private final List<LogRow> rows = new CopyOnWriteArrayList<>();
        private final List<Instant> purges = new CopyOnWriteArrayList<>();
        private final List<String> tries = new CopyOnWriteArrayList<>();
        private volatile boolean away;

        @Override
        public List<BucketDelta> load(long afterHour) {
            answer("load");
            return Stream.concat(stored.stream(), deltas.stream())
                    .filter(delta -> delta.hour() > afterHour)
                    .toList();
        }

        @Override
        public int write(LogBuffer.Batch batch) {
            answer("write");
            rows.addAll(batch.rows());
            deltas.addAll(batch.deltas());
            return 0;
        }

        @Override
        public void purge(Instant before, long hour, Instant now) {
            answer("purge");
            purges.add(before);
        }

        private void answer(String what) {
            tries.add(what);
            if (away) {
                throw new IllegalStateException("the database is away");
            }
        }
    }

    private static final class TestClock extends Clock {
        private volatile Instant now = NOW;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
