package dev.switchboard.node.sharding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.Address;
import akka.actor.CoordinatedShutdown;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.receptionist.Receptionist;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.session.SessionCommand;
import dev.switchboard.protocol.session.SessionView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One node with its courier and, on another, a courier that is played by the test. */
class CourierTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private ActorTestKit node;
    private ActorTestKit other;
    private Courier courier;
    private Entities<SessionCommand> sessions;
    private TestProbe<SessionCommand> region;
    private TestProbe<SessionCommand> entity;
    private TestProbe<SessionView> asker;
    private TestProbe<Parcel> played;
    private Letters letters;
    private String playedName;
    private ActorRef<Parcel> real;

    @BeforeEach
    void start() {
        node = kit();
        other = kit();
        Address seed = Cluster.get(node.system()).selfMember().address();
        for (ActorTestKit each : List.of(node, other)) {
            Cluster.get(each.system()).manager().tell(Join.create(seed));
        }
        region = node.createTestProbe(SessionCommand.class);
        entity = node.createTestProbe(SessionCommand.class);
        asker = node.createTestProbe(SessionView.class);
        played = other.createTestProbe(Parcel.class);
        letters = new Letters(other.system());
        playedName = letters.name(played.ref());
        courier = new Courier(node.system());
        sessions = courier.entities(OwnerType.SESSION, SessionCommand.class, id -> region.ref());
        await().atMost(SOON).until(() -> Cluster.get(node.system()).selfMember().status() == MemberStatus.up());
        courier.open();
        other.system().receptionist().tell(Receptionist.register(Courier.KEY, played.ref()));
        real = awaitReal();
        awaitAnswersTravel();
    }

    @AfterEach
    void stop() {
        other.shutdownTestKit();
        node.shutdownTestKit();
    }

    private static ActorTestKit kit() {
        return ActorTestKit.create(
                "switchboard",
                ConfigFactory.parseString(
                                """
                                akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                                akka.cluster.jmx.multi-mbeans-in-same-jvm = on
                                akka.coordinated-shutdown { exit-jvm = off, run-by-jvm-shutdown-hook = off }
                                akka.coordinated-shutdown.run-by-actor-system-terminate = off
                                """)
                        .withFallback(ConfigFactory.parseResources("switchboard/reference/akka.conf"))
                        .withFallback(ConfigFactory.load())
                        .resolve());
    }

    private ActorRef<Parcel> awaitReal() {
        TestProbe<Receptionist.Listing> listings = other.createTestProbe(Receptionist.Listing.class);
        other.system().receptionist().tell(Receptionist.subscribe(Courier.KEY, listings.ref()));
        List<ActorRef<Parcel>> found = new ArrayList<>();
        await().atMost(SOON).until(() -> {
            listings.receiveMessage(SOON).getServiceInstances(Courier.KEY).stream()
                    .filter(each -> !each.path().address().hasLocalScope())
                    .forEach(found::add);
            return !found.isEmpty();
        });
        return found.get(0);
    }

    private void awaitAnswersTravel() {
        TestProbe<SessionView> far = other.createTestProbe(SessionView.class);
        await().atMost(SOON).until(() -> courier.answer(OwnerType.SESSION, "x", farAway(far), SessionView.EMPTY));
        played.receiveMessage(SOON);
    }

    /** As the node sees an actor of the other one. */
    private ActorRef<SessionView> farAway(TestProbe<SessionView> far) {
        return akka.actor.typed.ActorRefResolver.get(node.system()).resolveActorRef(letters.name(far.ref()));
    }

    private void playedSends(Letter... sent) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Letter letter : sent) {
            bytes.write(letters.write(letter));
        }
        real.tell(new Parcel(playedName, bytes.toByteArray()));
    }

    private void playedAnswers(String session) throws IOException {
        ActorRef<Object> to = akka.actor.typed.ActorRefResolver.get(other.system())
                .resolveActorRef(new Letters(node.system()).name(asker.ref()));
        playedSends(new Letter.Answered(OwnerType.SESSION, session, SessionView.EMPTY, to));
        asker.expectMessage(SOON, SessionView.EMPTY);
    }

    private List<Letter> delivered(int parcels) throws IOException {
        List<Letter> got = new ArrayList<>();
        for (int i = 0; i < parcels; i++) {
            letters.read(played.receiveMessage(SOON).letters(), got::add);
        }
        return got;
    }

    private SessionCommand.Open open() {
        return new SessionCommand.Open(Mode.FAST, asker.ref());
    }

    private static Object modeOf(Letter letter) {
        return ((SessionCommand.Open) letter.message()).mode();
    }

    @Test
    void anOwnerThatNobodyHasAnsweredForIsToldThroughSharding() {
        sessions.tell("s1", open());
        region.expectMessage(open());
        played.expectNoMessage();
    }

    @Test
    void afterAnAnswerItsOwnersAreToldInParcels() throws IOException {
        playedAnswers("s1");
        sessions.tell("s1", open());
        List<Letter> got = delivered(1);
        assertThat(got).hasSize(1).allMatch(Letter.Told.class::isInstance);
        assertThat(got.get(0).owner()).isEqualTo("s1");
        assertThat(modeOf(got.get(0))).isEqualTo(Mode.FAST);
        region.expectNoMessage();
    }

    @Test
    void whatIsSentAtOnceTravelsTogetherAndInOrder() throws IOException {
        playedAnswers("s1");
        for (int i = 0; i < 200; i++) {
            sessions.tell(
                    "s1",
                    new SessionCommand.LiftBan(
                            new PlatformId("p" + i),
                            node.<akka.Done>createTestProbe().ref()));
        }
        List<Letter> got = new ArrayList<>();
        int parcels = 0;
        for (; got.size() < 200; parcels++) {
            got.addAll(delivered(1));
        }
        assertThat(parcels).isLessThan(100);
        assertThat(got.stream().map(each -> ((SessionCommand.LiftBan) each.message())
                        .platform()
                        .value()))
                .containsExactlyElementsOf(
                        IntStream.range(0, 200).mapToObj(i -> "p" + i).toList());
    }

    @Test
    void whatArrivesIsToldToAnOwnerHereOrElseThroughSharding() throws IOException {
        SessionCommand.Trace trace = new SessionCommand.Trace(
                new dev.switchboard.protocol.session.RouteDecision(java.time.Instant.EPOCH, "r", List.of(), List.of()));
        playedSends(new Letter.Told(OwnerType.SESSION, "s1", trace));
        region.expectMessage(SOON, trace);
        sessions.serves("s1", entity.ref());
        playedSends(new Letter.Told(OwnerType.SESSION, "s1", trace));
        entity.expectMessage(SOON, trace);
        sessions.leaves("s1", entity.ref());
        playedSends(new Letter.Told(OwnerType.SESSION, "s1", trace));
        region.expectMessage(SOON, trace);
    }

    @Test
    void whatComesBackGoesThroughShardingAndIsNotSentThereAgain() throws IOException {
        playedAnswers("s1");
        sessions.tell("s1", open());
        Letter told = delivered(1).get(0);
        playedSends(new Letter.Returned(told.type(), told.owner(), told.message()));
        region.expectMessage(SOON, open());
        sessions.tell("s1", open());
        region.expectMessage(SOON, open());
        played.expectNoMessage();
    }

    @Test
    void aParcelThatCannotBeReadHarmsNoOther() throws IOException {
        real.tell(new Parcel(playedName, new byte[] {42}));
        playedAnswers("s1");
    }

    @Test
    void aNodeThatIsGoneIsToldNothing() throws IOException {
        playedAnswers("s1");
        other.system().receptionist().tell(Receptionist.deregister(Courier.KEY, played.ref()));
        await().atMost(SOON).until(() -> !courier.tell(OwnerType.SESSION, "s1", open()));
        sessions.tell("s1", open());
        region.expectMessage(SOON, open());
    }

    @Test
    void aNodeThatLeavesSendsBackWhatItsShardingCouldLose() throws Exception {
        CompletableFuture<akka.Done> held = new CompletableFuture<>();
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(node.system());
        shutdown.addTask(CoordinatedShutdown.PhaseClusterShardingShutdownRegion(), "hold", () -> held);
        shutdown.run(
                CoordinatedShutdown.unknownReason(),
                java.util.Optional.of(CoordinatedShutdown.PhaseBeforeClusterShutdown()));
        SessionCommand.Trace trace = new SessionCommand.Trace(
                new dev.switchboard.protocol.session.RouteDecision(java.time.Instant.EPOCH, "r", List.of(), List.of()));
        await().atMost(SOON).untilAsserted(() -> {
            playedSends(new Letter.Told(OwnerType.SESSION, "s1", trace));
            assertThat(delivered(1)).containsExactly(new Letter.Returned(OwnerType.SESSION, "s1", trace));
        });
        sessions.serves("s1", entity.ref());
        playedSends(new Letter.Told(OwnerType.SESSION, "s1", trace));
        entity.expectMessage(SOON, trace);
        held.complete(akka.Done.getInstance());
    }
}
