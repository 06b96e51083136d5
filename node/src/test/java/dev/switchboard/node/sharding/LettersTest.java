package dev.switchboard.node.sharding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.domain.Usage;
import dev.switchboard.protocol.provider.GrantNumber;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.provider.LeaseResult;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.session.Ban;
import dev.switchboard.protocol.session.Pin;
import dev.switchboard.protocol.session.RouteDecision;
import dev.switchboard.protocol.session.SessionCommand;
import dev.switchboard.protocol.session.SessionEffect;
import dev.switchboard.protocol.session.SessionView;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing of a message is lost on its way, and what is no message is refused. */
class LettersTest {
    private static final Instant TIME = Instant.parse("2026-03-04T05:06:07.123456789Z");
    private static final ModelRef MODEL = ModelRef.of("alpha", "meta/large-ü");
    private static final KeyId KEY = new KeyId("k1");
    private static final LeaseId LEASE = new LeaseId("l1");
    private static final SessionKey SESSION = new SessionKey("s1");

    private static ActorTestKit kit;
    private static Letters letters;

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create(ConfigFactory.parseString(
                        """
                        akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                        akka.cluster.jmx.enabled = off
                        akka.coordinated-shutdown { exit-jvm = off, run-by-jvm-shutdown-hook = off }
                        """)
                .withFallback(ConfigFactory.parseResources("switchboard/reference/akka.conf"))
                .withFallback(ConfigFactory.load())
                .resolve());
        letters = new Letters(kit.system());
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    private static <T> ActorRef<T> actor() {
        return kit.spawn(Behaviors.<T>ignore());
    }

    private static RouteDecision decision(int candidates) {
        return new RouteDecision(
                TIME,
                "r-1",
                IntStream.range(0, candidates)
                        .mapToObj(i -> new RouteDecision.Candidate(
                                ModelRef.of("p" + i, "m" + i),
                                i % 3 == 0 ? null : i / 7.0,
                                i % 3 == 0 ? "cooling" : null))
                        .toList(),
                List.of(
                        new RouteDecision.Attempt(MODEL, null, "timeout", 12_000),
                        new RouteDecision.Attempt(MODEL, "label", "success", 7)));
    }

    static Stream<Object> messages() {
        var owner = LettersTest.<dev.switchboard.protocol.turn.TurnMessage>actor();
        Pin pin = new Pin(MODEL, KEY);
        List<Ban> bans = List.of(
                new Ban(new PlatformId("beta"), TIME, FailureKind.RATE_LIMITED),
                new Ban(new PlatformId("gamma"), Instant.MAX, FailureKind.AUTH));
        return Stream.of(
                new SessionCommand.Open(Mode.SMART, actor()),
                new SessionCommand.TurnSucceeded(MODEL, KEY, true, decision(5)),
                new SessionCommand.TurnSucceeded(MODEL, KEY, false, decision(RouteDecision.MOST_CANDIDATES)),
                new SessionCommand.TurnSucceeded(MODEL, KEY, false, decision(0)),
                new SessionCommand.TurnSucceeded(MODEL, KEY, false, null),
                new SessionCommand.AttemptFailed(
                        MODEL, KEY, new SessionEffect(bans.get(0), SessionEffect.PinDrop.IF_PLATFORM)),
                new SessionCommand.Trace(decision(2)),
                SessionView.EMPTY,
                new SessionView(pin, bans, 17),
                new SessionView(new Pin(MODEL, null), List.of(), Long.MAX_VALUE),
                new ProviderCommand.Acquire(
                        LEASE,
                        MODEL,
                        SESSION,
                        KEY,
                        Set.of(new KeyId("x"), new KeyId("y")),
                        99,
                        true,
                        "r",
                        owner,
                        owner.narrow()),
                new ProviderCommand.Acquire(LEASE, MODEL, SESSION, null, Set.of(), 0, false, "r", owner, actor()),
                new ProviderCommand.Settle(LEASE, new LeaseResult.Completed(new Usage(3, 4, true))),
                new ProviderCommand.Settle(LEASE, new LeaseResult.Failed(FailureKind.TIMEOUT, TIME, null)),
                new ProviderCommand.Settle(LEASE, new LeaseResult.Cancelled()),
                new ProviderCommand.LearnLimits(MODEL, KEY, new Limits(1L, null, 3L, null)),
                new ProviderCommand.Announce(LEASE, MODEL, KEY, SESSION, 1, true, false, "r", TIME, owner),
                new LeaseReply.Granted(LEASE, KEY, true, null),
                new LeaseReply.Granted(LEASE, KEY, false, new GrantNumber(Long.MAX_VALUE, 7)),
                new ProviderCommand.Recall(List.of(new ProviderCommand.EndedLease(
                        LEASE, MODEL, KEY, new GrantNumber(1, 2), TIME, new LeaseResult.Cancelled()))),
                new LeaseReply.Denied(LEASE, LeaseReply.Reason.TPD, TIME),
                new LeaseReply.Denied(LEASE, LeaseReply.Reason.NO_KEYS, null));
    }

    private static List<Letter> read(byte[] bytes) throws IOException {
        List<Letter> read = new ArrayList<>();
        letters.read(bytes, read::add);
        return read;
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyMessageArrivesAsItWas(Object message) throws IOException {
        for (Letter letter : List.of(
                new Letter.Told(OwnerType.PROVIDER, "alpha", message),
                new Letter.Returned(OwnerType.SESSION, "s-ü", message),
                new Letter.Answered(OwnerType.SESSION, "s1", message, actor()))) {
            assertThat(read(letters.write(letter))).containsExactly(letter);
        }
    }

    @Test
    void lettersComeInTheOrderInWhichTheyWereSent() throws IOException {
        ByteArrayOutputStream parcel = new ByteArrayOutputStream();
        List<Letter> sent = messages()
                .<Letter>map(message -> new Letter.Told(OwnerType.SESSION, "s", message))
                .toList();
        for (Letter letter : sent) {
            parcel.write(letters.write(letter));
        }
        assertThat(read(parcel.toByteArray())).isEqualTo(sent);
    }

    @Test
    void aSharedListOfCandidatesIsSharedOnTheOtherSide() throws IOException {
        List<RouteDecision.Candidate> shared = decision(40).candidates();
        List<RouteDecision> read = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            RouteDecision decision = new RouteDecision(TIME, "r-" + i, shared, List.of());
            Letter letter = read(letters.write(new Letter.Told(
                            OwnerType.SESSION, "s", new SessionCommand.TurnSucceeded(MODEL, KEY, true, decision))))
                    .get(0);
            read.add(((SessionCommand.TurnSucceeded) letter.message()).decision());
        }
        assertThat(read.get(0).candidates())
                .isEqualTo(shared)
                .isSameAs(read.get(1).candidates());
    }

    @Test
    void whatIsCutOffIsRefused() throws IOException {
        byte[] whole = letters.write(new Letter.Told(
                OwnerType.SESSION, "s", new SessionCommand.TurnSucceeded(MODEL, KEY, true, decision(3))));
        for (int length = 1; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(cut))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void anotherKindOfLetterIsRefused() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(9);
        out.writeByte(0);
        out.writeUTF("s");
        out.writeByte(99);
        assertThatThrownBy(() -> read(bytes.toByteArray())).isInstanceOf(IOException.class);
    }

    @Test
    void whatHasNoFormOfBytesIsRefused() {
        assertThatThrownBy(() -> letters.write(new Letter.Told(OwnerType.SESSION, "s", new Object())))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aParcelIsTheSameAfterItsWay() throws Exception {
        ParcelSerializer serializer = new ParcelSerializer();
        Parcel parcel = new Parcel("akka://a@b:1/ü", new byte[] {1, 2, 3});
        Parcel read = (Parcel) serializer.fromBinary(serializer.toBinary(parcel), serializer.manifest(parcel));
        assertThat(read.from()).isEqualTo(parcel.from());
        assertThat(read.letters()).isEqualTo(parcel.letters());
        assertThatThrownBy(() -> serializer.fromBinary(serializer.toBinary(parcel), "other"))
                .isInstanceOf(java.io.NotSerializableException.class);
    }
}
