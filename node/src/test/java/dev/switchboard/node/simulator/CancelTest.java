package dev.switchboard.node.simulator;

import static dev.switchboard.node.simulator.SimulatorHarness.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client that goes away is noticed at once, whatever the response is doing. */
class CancelTest {
    private SimulatorHarness harness;

    @BeforeEach
    void start() throws Exception {
        harness = new SimulatorHarness();
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    @ParameterizedTest
    @CsvSource({
        "[[stall]],true,false",
        "[[stall]],false,true",
        "[[slow-first=30s]],false,false",
        "one two [[stall=1]],true,false",
        "one two [[stall=1]],true,true",
        "one two [[stall=first]],true,false",
        "one two [[stall=1 stall-noise=comments stall-every=20ms]],true,false",
        "[[words=5000 pace=20ms]],true,false",
        "[[giant=2000]],true,true",
        "[[endless-headers]],false,false",
    })
    void cancelIsNoticedWithinASecond(String text, boolean stream, boolean reset) throws Exception {
        SimulatorJournal journal = harness.simulator.journal();
        Instant left;
        try (Socket socket = harness.socket()) {
            SimulatorHarness.write(socket, chat("echo", text, stream));
            await().atMost(Duration.ofSeconds(5)).until(() -> journal.openRequests() == 1);
            SimulatorHarness.drain(socket, Duration.ofMillis(150), 1_500);
            if (reset) {
                socket.setSoLinger(true, 0);
            }
            left = Instant.now();
        }
        await().atMost(Duration.ofSeconds(5)).until(() -> journal.cancelledCount() == 1);
        SimulatorJournal.Cancelled cancelled = journal.cancelled().get(0);
        assertThat(Duration.between(left, cancelled.at())).isLessThan(Duration.ofSeconds(1));
        assertThat(cancelled.platform()).isEqualTo("alpha");
        assertThat(cancelled.model()).isEqualTo("echo");
        await().atMost(Duration.ofSeconds(2)).until(() -> journal.openConnections() == 0);
        assertThat(List.of(journal.openRequests(), journal.openStreams())).containsExactly(0, 0);
        assertThat(journal.load("alpha").open()).isZero();
    }

    @Test
    void completeAnswersAndOrderedCutsAreNoCancels() throws Exception {
        SimulatorJournal journal = harness.simulator.journal();
        harness.openAi("hi");
        harness.openAiStream("hi there");
        harness.wire(chat("echo", "a b [[cut=1]]", true), Duration.ofSeconds(2), Integer.MAX_VALUE);
        harness.wire(chat("echo", "[[cut]]", false), Duration.ofSeconds(2), Integer.MAX_VALUE);
        await().atMost(Duration.ofSeconds(2)).until(() -> journal.openRequests() == 0);
        assertThat(journal.cancelledCount()).isZero();
        assertThat(journal.requestCount()).isEqualTo(4);
        assertThat(journal.openStreams()).isZero();
    }

    @Test
    void countsWhatIsOpenAndItsPeak() throws Exception {
        SimulatorJournal journal = harness.simulator.journal();
        try (Socket one = harness.socket();
                Socket two = harness.socket()) {
            SimulatorHarness.write(one, chat("echo", "a b [[stall=1]]", true));
            SimulatorHarness.write(two, chat("echo", "a b [[stall]]", true));
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> journal.openRequests() == 2 && journal.openStreams() == 1);
            assertThat(journal.openConnections()).isEqualTo(2);
        }
        await().atMost(Duration.ofSeconds(2)).until(() -> journal.openRequests() == 0);
        assertThat(journal.load("alpha").peak()).isEqualTo(2);
    }

    @Test
    void stoppingEndsEveryConnectionAndFreesThePort() throws Exception {
        try (Socket socket = harness.socket()) {
            SimulatorHarness.write(socket, chat("echo", "a b [[stall=1]]", true));
            SimulatorJournal journal = harness.simulator.journal();
            await().atMost(Duration.ofSeconds(5)).until(() -> journal.openStreams() == 1);
            harness.simulator.stop().toCompletableFuture().get(5, TimeUnit.SECONDS);
            assertThat(SimulatorHarness.drain(socket, Duration.ofSeconds(2), Integer.MAX_VALUE)
                            .end())
                    .isNotEqualTo(SimulatorHarness.End.OPEN);
            await().atMost(Duration.ofSeconds(2)).until(() -> journal.openConnections() == 0);
        }
    }
}
