package dev.switchboard.node.relay;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.japi.Pair;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.stream.testkit.TestPublisher;
import akka.stream.testkit.TestSubscriber;
import akka.stream.testkit.javadsl.TestSink;
import akka.stream.testkit.javadsl.TestSource;
import akka.util.ByteString;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerStageTest {
    private static ActorTestKit kit;

    private final CompletableFuture<StreamEnd> end = new CompletableFuture<>();

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create();
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    private AnswerStage stage(boolean wantsUsage) {
        return new AnswerStage(
                new AnswerStage.Spec(
                        wantsUsage, 10, 0, () -> 5_000_000, thrown -> Failure.of(FailureKind.BROKEN, "reset")),
                end);
    }

    private static RelayEvent delta(String delta) {
        return json("\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":null}]");
    }

    private static RelayEvent json(String fields) {
        ByteString json = ByteString.fromString("{\"id\":\"c\",\"created\":1,\"model\":\"m\"," + fields + "}");
        ChunkFacts facts = ChunkFacts.read(json);
        assertThat(facts).isNotNull();
        return new RelayEvent.Chunk(json, facts);
    }

    private static final RelayEvent ROLE = delta("{\"role\":\"assistant\",\"content\":\"\"}");
    private static final RelayEvent HELLO = delta("{\"content\":\"hello\"}");
    private static final RelayEvent STOP = json("\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]");
    private static final RelayEvent USAGE =
            json("\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2,\"total_tokens\":9}");

    private List<RelayEvent> run(boolean wantsUsage, RelayEvent... events) throws Exception {
        return Source.from(List.of(events))
                .via(stage(wantsUsage))
                .runWith(Sink.seq(), kit.system())
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS);
    }

    private static List<String> kinds(List<RelayEvent> events) {
        List<String> kinds = new ArrayList<>();
        for (RelayEvent event : events) {
            kinds.add(
                    event instanceof RelayEvent.Chunk chunk
                            ? chunk.json().utf8String()
                            : event instanceof RelayEvent.Failed failed
                                    ? failed.failure().kind().name()
                                    : event.toString());
        }
        return kinds;
    }

    @Test
    void heldFramesLeaveWithTheCommit() throws Exception {
        assertThat(run(false, ROLE, HELLO, STOP, RelayEvent.Done.DONE))
                .containsExactly(ROLE, HELLO, STOP, RelayEvent.Done.DONE);
        StreamEnd ended = end.get(1, TimeUnit.SECONDS);
        assertThat(ended.failure()).isNull();
        assertThat(ended.usage().inputTokens()).isEqualTo(10);
        assertThat(ended.usage().outputTokens()).isEqualTo(2);
        assertThat(ended.usage().estimated()).isTrue();
        assertThat(ended.ttfbMs()).isEqualTo(5);
    }

    @Test
    void nothingLeavesBeforeTheCommit() {
        var probes = TestSource.<RelayEvent>create(kit.system().classicSystem())
                .via(stage(false))
                .toMat(TestSink.create(kit.system().classicSystem()), Keep.both())
                .run(kit.system());
        probes.second().request(10);
        probes.first().sendNext(ROLE).sendNext(ROLE);
        probes.second().expectNoMessage(java.time.Duration.ofMillis(50));
        probes.first().sendNext(HELLO);
        probes.second().expectNext(ROLE);
        probes.second().expectNext(ROLE);
        probes.second().expectNext(HELLO);
    }

    @Test
    void anAnswerWithoutContentIsEmpty() throws Exception {
        assertThat(kinds(run(false, ROLE, STOP, USAGE, RelayEvent.Done.DONE))).containsExactly("EMPTY");
        assertThat(end.get(1, TimeUnit.SECONDS).failure())
                .extracting(Failure::kind)
                .isEqualTo(FailureKind.EMPTY);
    }

    @Test
    void anEndWithoutFinishIsBroken() throws Exception {
        assertThat(kinds(run(false, ROLE))).containsExactly("BROKEN");
    }

    @Test
    void anEndWithoutFinishAfterTheCommitIsAFailure() throws Exception {
        assertThat(kinds(run(false, HELLO))).hasSize(2).endsWith("BROKEN");
    }

    @Test
    void aFinishReasonIsEnough() throws Exception {
        assertThat(run(false, HELLO, STOP)).containsExactly(HELLO, STOP, RelayEvent.Done.DONE);
    }

    @Test
    void doneIsEnough() throws Exception {
        List<RelayEvent> events = run(false, HELLO, RelayEvent.Done.DONE);
        assertThat(events).hasSize(3).startsWith(HELLO).endsWith(RelayEvent.Done.DONE);
        assertThat(kinds(events).get(1)).contains("\"finish_reason\":\"stop\"");
        RelayEvent call = delta(
                "{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}");
        assertThat(kinds(run(false, call, RelayEvent.Done.DONE)).get(1)).contains("\"finish_reason\":\"tool_calls\"");
    }

    private static RelayEvent second(String delta, String finish) {
        return json("\"choices\":[{\"index\":1,\"delta\":" + delta + ",\"finish_reason\":" + finish + "}]");
    }

    @Test
    void aChoiceThatIsNotFinishedIsBroken() throws Exception {
        RelayEvent other = second("{\"content\":\"hel\"}", "null");
        assertThat(kinds(run(false, HELLO, other, STOP))).hasSize(4).endsWith("BROKEN");
        assertThat(end.get(1, TimeUnit.SECONDS).failure())
                .extracting(Failure::kind)
                .isEqualTo(FailureKind.BROKEN);
    }

    @Test
    void choicesThatAreAllFinishedAreComplete() throws Exception {
        RelayEvent other = second("{\"content\":\"hel\"}", "null");
        RelayEvent length = second("{}", "\"length\"");
        assertThat(run(false, HELLO, other, STOP, length))
                .containsExactly(HELLO, other, STOP, length, RelayEvent.Done.DONE);
    }

    @Test
    void doneFinishesTheChoicesThatAreNot() throws Exception {
        RelayEvent other = second("{\"content\":\"hel\"}", "null");
        List<RelayEvent> events = run(false, HELLO, other, STOP, RelayEvent.Done.DONE);
        assertThat(events).hasSize(5).startsWith(HELLO, other, STOP).endsWith(RelayEvent.Done.DONE);
        assertThat(kinds(events).get(3)).contains("\"index\":1", "\"finish_reason\":\"stop\"");
    }

    @Test
    void unreadableEventsAreSkippedAndCounted() throws Exception {
        assertThat(run(false, RelayEvent.Skipped.SKIPPED, HELLO, RelayEvent.Skipped.SKIPPED, STOP))
                .containsExactly(HELLO, STOP, RelayEvent.Done.DONE);
        assertThat(end.get(1, TimeUnit.SECONDS).skipped()).isEqualTo(2);
    }

    @Test
    void onlyUnreadableEventsAreMalformed() throws Exception {
        assertThat(kinds(run(false, RelayEvent.Skipped.SKIPPED))).containsExactly("MALFORMED");
    }

    @Test
    void usageLeavesOnlyWhenAsked() throws Exception {
        assertThat(run(false, HELLO, STOP, USAGE, RelayEvent.Done.DONE))
                .containsExactly(HELLO, STOP, RelayEvent.Done.DONE);
        assertThat(end.get(1, TimeUnit.SECONDS).usage().inputTokens()).isEqualTo(7);
    }

    @Test
    void usageLeavesWhenAsked() throws Exception {
        assertThat(run(true, HELLO, STOP, USAGE, RelayEvent.Done.DONE))
                .containsExactly(HELLO, STOP, USAGE, RelayEvent.Done.DONE);
    }

    /** The text has five characters, the prompt ten tokens. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "prompt_tokens":7,"completion_tokens":3 | "prompt_tokens":7,"completion_tokens":3,"total_tokens":10
                    "prompt_tokens":7 | "prompt_tokens":7,"completion_tokens":2,"total_tokens":9,"estimated":true
                    "completion_tokens":3 | "completion_tokens":3,"prompt_tokens":10,"total_tokens":13,"estimated":true
                    "prompt_tokens":7,"total_tokens":12 | "prompt_tokens":7,"total_tokens":12,"completion_tokens":5
                    "input_tokens":7,"output_tokens":3 | "input_tokens":7,"output_tokens":3,"prompt_tokens":7,"completion_tokens":3,"total_tokens":10
                    """)
    void numbersThatUsageLacksAreFilledIn(String given, String told) throws Exception {
        RelayEvent usage = json("\"choices\":[],\"usage\":{" + given + "}");
        assertThat(kinds(run(true, HELLO, STOP, usage, RelayEvent.Done.DONE)).get(2))
                .contains("\"usage\":{" + told + "}");
        assertThat(end.get(1, TimeUnit.SECONDS).usage().estimated()).isEqualTo(told.contains("estimated"));
    }

    @Test
    void usageBesideTheFinishIsTakenOutWhenNotAsked() throws Exception {
        RelayEvent stop = json("\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],"
                + "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}");
        assertThat(kinds(run(false, HELLO, stop))).hasSize(3).noneMatch(text -> text.contains("usage"));
    }

    @Test
    void zerosAreNoUsage() throws Exception {
        RelayEvent zeros = json("\"choices\":[],\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0}");
        assertThat(run(false, HELLO, STOP, zeros, RelayEvent.Done.DONE))
                .containsExactly(HELLO, STOP, RelayEvent.Done.DONE);
        assertThat(kinds(run(true, HELLO, STOP, zeros, RelayEvent.Done.DONE)).get(2))
                .contains("\"estimated\":true");
    }

    @Test
    void missingUsageIsEstimatedFromTheWholeTextAndMarked() throws Exception {
        RelayEvent call = delta("{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}");
        assertThat(kinds(run(true, HELLO, HELLO, call, STOP, RelayEvent.Done.DONE))
                        .get(4))
                .contains("\"id\":\"c\"")
                .contains("\"choices\":[]")
                .contains(
                        "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":4,\"total_tokens\":14,\"estimated\":true}");
    }

    @Test
    void onlyReasoningBecomesContentBeforeTheFinish() throws Exception {
        RelayEvent think = delta("{\"reasoning_content\":\"hm \"}");
        RelayEvent more = delta("{\"reasoning\":\"yes\"}");
        List<String> kinds = kinds(run(false, think, more, STOP, RelayEvent.Done.DONE));
        assertThat(kinds).hasSize(5);
        assertThat(kinds.get(2)).contains("\"delta\":{\"content\":\"hm yes\"}");
        assertThat(kinds.get(3)).contains("stop");
    }

    @Test
    void reasoningBesideTextStaysReasoning() throws Exception {
        RelayEvent think = delta("{\"reasoning_content\":\"hm \"}");
        assertThat(run(false, think, HELLO, STOP, RelayEvent.Done.DONE))
                .containsExactly(think, HELLO, STOP, RelayEvent.Done.DONE);
    }

    @Test
    void aWrappedErrorEndsTheAnswer() throws Exception {
        RelayEvent error = new RelayEvent.Failed(Failure.of(FailureKind.RATE_LIMITED, "slow"));
        assertThat(run(false, HELLO, error, STOP)).containsExactly(HELLO, error);
    }

    @Test
    void aClientThatLeavesIsTheEnd() throws Exception {
        Pair<TestPublisher.Probe<RelayEvent>, TestSubscriber.Probe<RelayEvent>> probes = TestSource.<RelayEvent>create(
                        kit.system().classicSystem())
                .via(stage(false))
                .toMat(TestSink.create(kit.system().classicSystem()), Keep.both())
                .run(kit.system());
        probes.second().request(1);
        probes.first().sendNext(HELLO);
        probes.second().expectNext(HELLO);
        probes.second().cancel();
        probes.first().expectCancellation();
        assertThat(end.get(1, TimeUnit.SECONDS).failure())
                .extracting(Failure::kind)
                .isEqualTo(FailureKind.CANCELLED);
    }

    @Test
    void upstreamIsReadToItsEndAfterDone() throws Exception {
        var probes = TestSource.<RelayEvent>create(kit.system().classicSystem())
                .via(stage(false))
                .toMat(TestSink.create(kit.system().classicSystem()), Keep.both())
                .run(kit.system());
        probes.second().request(5);
        probes.first().sendNext(HELLO).sendNext(STOP).sendNext(RelayEvent.Done.DONE);
        probes.second().expectNext(HELLO);
        probes.second().expectNext(STOP);
        probes.second().expectNext(RelayEvent.Done.DONE);
        probes.second().expectComplete();
        probes.first().sendNext(RelayEvent.Skipped.SKIPPED).sendComplete();
        assertThat(end.get(1, TimeUnit.SECONDS).failure()).isNull();
    }

    @Test
    void anUpstreamThatStaysOpenAfterDoneIsLeft() {
        var probes = TestSource.<RelayEvent>create(kit.system().classicSystem())
                .via(stage(false))
                .toMat(TestSink.create(kit.system().classicSystem()), Keep.both())
                .run(kit.system());
        probes.second().request(5);
        probes.first().sendNext(HELLO).sendNext(STOP).sendNext(RelayEvent.Done.DONE);
        probes.second().expectNext(HELLO);
        probes.second().expectNext(STOP);
        probes.second().expectNext(RelayEvent.Done.DONE);
        probes.second().expectComplete();
        probes.first().expectCancellation();
    }
}
