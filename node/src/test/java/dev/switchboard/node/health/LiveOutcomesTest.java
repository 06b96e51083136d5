package dev.switchboard.node.health;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectoryCommand;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.statistics.StatisticsCommand.AttemptEnded;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LiveOutcomesTest {
    private static ActorTestKit kit;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final KeyId KEY = new KeyId("k");

    private final TestProbe<DirectoryCommand> owner = kit.createTestProbe();

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create();
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    private LiveOutcomes outcomes(KeyStatus status) {
        ProviderKey key =
                new ProviderKey(KEY, new PlatformId("alpha"), "one", "c", "f", "…", true, status, null, START, null);
        DirectorySnapshot directory =
                new DirectorySnapshot(1, List.of(), List.of(), List.of(key), Map.of(), null, null);
        return new LiveOutcomes(() -> directory, owner.getRef(), kit.system().ignoreRef());
    }

    private static AttemptEnded attempt(@Nullable FailureKind failure, Instant at) {
        return new AttemptEnded(at, "r", ModelRef.of("alpha", "m"), KEY, failure, null, 1, 1, 1, 1, 1);
    }

    @Test
    void aSuccessMakesAnUnknownKeyHealthyOncePerWhile() {
        LiveOutcomes outcomes = outcomes(KeyStatus.UNKNOWN);
        outcomes.attemptEnded(attempt(null, START));
        outcomes.attemptEnded(attempt(null, START.plusSeconds(29)));
        DirectoryCommand.Change change = owner.expectMessageClass(DirectoryCommand.Change.class);
        assertThat(change.change()).isEqualTo(new DirectoryChange.SetKeyStatus(KEY, KeyStatus.HEALTHY, null, START));
        owner.expectNoMessage();
        outcomes.attemptEnded(attempt(null, START.plusSeconds(30)));
        owner.expectMessageClass(DirectoryCommand.Change.class);
    }

    @Test
    void failuresAndHealthyKeysTellNothing() {
        outcomes(KeyStatus.UNKNOWN).attemptEnded(attempt(FailureKind.SERVER_ERROR, START));
        outcomes(KeyStatus.HEALTHY).attemptEnded(attempt(null, START));
        owner.expectNoMessage();
    }
}
