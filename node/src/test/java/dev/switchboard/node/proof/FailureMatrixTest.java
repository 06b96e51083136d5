package dev.switchboard.node.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.proof.Expected.When;
import dev.switchboard.node.simulator.FaultRule;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.ProtectionLevel;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every kind of failure, in a whole answer, before and after a stream's first word, at every level of protection: what the
 * client gets, what was called, what cools, what the session and the statistics remember (behaviour.md §4).
 */
class FailureMatrixTest {
    private static final String SAFE = "safe";
    private static final Map<FailureKind, String> WHOLE = Map.ofEntries(
            Map.entry(FailureKind.RATE_LIMITED, "status=429"),
            Map.entry(FailureKind.AUTH, "status=401"),
            Map.entry(FailureKind.CLIENT_FAULT, "status=400"),
            Map.entry(FailureKind.TOO_LARGE, "status=413"),
            Map.entry(FailureKind.MODEL_UNAVAILABLE, "status=404"),
            Map.entry(FailureKind.SERVER_ERROR, "status=500"),
            Map.entry(FailureKind.UNREACHABLE, "cut=headers"),
            Map.entry(FailureKind.TIMEOUT, "stall=headers"),
            Map.entry(FailureKind.STALLED, "stall=1"),
            Map.entry(FailureKind.EMPTY, "answer=empty"),
            Map.entry(FailureKind.MALFORMED, "body=html"),
            Map.entry(FailureKind.BROKEN, "cut=1 cut-by=close"),
            Map.entry(FailureKind.CANCELLED, "stall=headers"));
    private static final Map<FailureKind, String> BEFORE = Map.of(
            FailureKind.STALLED, "stall=first stall-noise=role",
            FailureKind.BROKEN, "cut=0 cut-by=close",
            FailureKind.SERVER_ERROR, "wrapped status=500",
            FailureKind.RATE_LIMITED, "wrapped code=rate_limit_exceeded");
    /** An upstream that has begun to answer can no longer be unreachable, empty or of another shape. */
    private static final Map<FailureKind, String> AFTER = Map.of(
            FailureKind.RATE_LIMITED, "words=20 wrapped=2 status=429",
            FailureKind.AUTH, "words=20 wrapped=2 status=401",
            FailureKind.CLIENT_FAULT, "words=20 wrapped=2 status=400",
            FailureKind.TOO_LARGE, "words=20 wrapped=2 status=413",
            FailureKind.MODEL_UNAVAILABLE, "words=20 wrapped=2 status=404",
            FailureKind.SERVER_ERROR, "words=20 wrapped=2 status=500",
            FailureKind.TIMEOUT, "words=20 wrapped=2 status=408 body=numeric",
            FailureKind.STALLED, "words=20 stall=2",
            FailureKind.BROKEN, "words=20 cut=2 cut-by=close",
            FailureKind.CANCELLED, "words=200 pace=50ms");

    private static ProofRig rig;
    private static List<Cell> cells;
    private static ExecutorService hands;

    /** One field of the table, on a platform of its own. */
    private record Cell(FailureKind kind, When when, ProtectionLevel level, String fault) {
        String platform() {
            return (level.wire() + "-" + kind.wire() + "-" + when.name().toLowerCase(java.util.Locale.ROOT))
                    .replace('_', '-');
        }

        ModelRef model() {
            return ModelRef.of(platform(), "m1");
        }
    }

    @BeforeAll
    static void start() throws Exception {
        cells = new ArrayList<>();
        for (ProtectionLevel level : ProtectionLevel.values()) {
            // NOT_JSON takes a request for JSON: JsonAnswersTest.
            for (FailureKind kind : EnumSet.complementOf(EnumSet.of(FailureKind.NOT_JSON))) {
                cells.add(new Cell(kind, When.WHOLE, level, WHOLE.get(kind)));
                cells.add(new Cell(kind, When.BEFORE, level, BEFORE.getOrDefault(kind, WHOLE.get(kind))));
                if (AFTER.containsKey(kind)) {
                    cells.add(new Cell(kind, When.AFTER, level, AFTER.get(kind)));
                }
            }
        }
        ProofRig.Plan plan = new ProofRig.Plan()
                .set("upstream.response-timeout = 2s")
                .set("stream.stall-timeout = 2s")
                .platform(SAFE, 1)
                .model(SAFE, "ok", 9, 32000);
        for (Cell cell : cells) {
            plan.set("protection.\"" + cell.platform() + "\" = " + cell.level().wire())
                    .platform(cell.platform(), 2)
                    .model(cell.platform(), "m1", 1, 8000)
                    .model(cell.platform(), "m2", 2, 16000);
        }
        rig = ProofRig.start(plan);
        for (Cell cell : cells) {
            rig.fault(FaultRule.of(cell.fault()).platform(cell.platform()).model("m1"));
        }
        for (Cell cell : cells) {
            rig.node.provider(cell.platform());
        }
        // An owner that had to begin without its memory holds back guarded platforms for this long.
        await().pollDelay(Duration.ofMillis(2_200)).until(() -> true);
        hands = Executors.newFixedThreadPool(6);
    }

    @AfterAll
    static void stop() throws Exception {
        hands.shutdownNow();
        rig.close();
    }

    @TestFactory
    Stream<DynamicTest> everyKindEveryPhaseEveryLevel() {
        Map<Cell, CompletableFuture<Void>> runs = new TreeMap<>(java.util.Comparator.comparing(Cell::platform));
        for (Cell cell : cells) {
            runs.put(cell, CompletableFuture.runAsync(() -> prove(cell), hands));
        }
        return cells.stream()
                .map(cell -> DynamicTest.dynamicTest(
                        cell.platform(), () -> runs.get(cell).get(2, TimeUnit.MINUTES)));
    }

    private static void prove(Cell cell) {
        try {
            Expected expected = Expected.of(cell.kind(), cell.when(), cell.level(), cell.model(), cell.fault());
            String sessionKey = pinnedSession(cell);
            Instant before = Instant.now();
            if (cell.kind() == FailureKind.CANCELLED) {
                leave(cell);
            } else {
                answer(cell, expected);
            }
            calls(cell, expected);
            cooldowns(cell, expected, before);
            session(cell, expected, sessionKey, before);
            statistics(cell, expected);
        } catch (Exception e) {
            throw new AssertionError(cell.platform() + ": " + e, e);
        }
    }

    /** A session with a pin on the cell's first model and key. */
    private static String pinnedSession(Cell cell) throws Exception {
        Answer first = rig.send(ProofRig.ask(SAFE + "/ok").session(cell.platform()));
        assertThat(first.isComplete()).as(first.text()).isTrue();
        rig.pin(first.sessionKey(), cell.model(), rig.key(cell.platform(), 1).id());
        return first.sessionKey();
    }

    private static ProofRig.Ask request(Cell cell) {
        return ProofRig.ask(cell.platform() + "/m1", cell.platform() + "/m2", SAFE + "/ok")
                .session(cell.platform())
                .stream(cell.when() != When.WHOLE);
    }

    private static void answer(Cell cell, Expected expected) throws Exception {
        Answer answer = rig.send(request(cell));
        String trace = rig.decision(answer.sessionKey(), 2).toString();
        assertThat(answer.problem()).as(trace).isNull();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.sessionStatus()).isEqualTo("none");
        if (cell.when() == When.AFTER) {
            assertThat(answer.error().path("type").asText())
                    .as(trace)
                    .isEqualTo(cell.kind() == FailureKind.STALLED ? "stream_timeout" : "stream_error");
            assertThat(answer.content()).isNotEmpty();
            assertThat(answer.routedVia()).isEqualTo(cell.model().toString());
        } else {
            assertThat(answer.isComplete()).as(answer.text()).isTrue();
            assertThat(answer.routedVia())
                    .isEqualTo(expected.servedBySibling() ? cell.platform() + "/m2" : SAFE + "/ok");
            assertThat(answer.fallbacks()).isEqualTo(expected.failures());
        }
    }

    private static void leave(Cell cell) throws Exception {
        try (LeavingClient client = rig.leaving(request(cell))) {
            if (cell.when() == When.AFTER) {
                client.readUntil("data: ");
            }
            await().atMost(ProofRig.SOON)
                    .until(() -> !rig.calls(cell.platform()).isEmpty());
        }
        await().atMost(Duration.ofSeconds(2))
                .until(() -> rig.journal().load(cell.platform()).open() == 0);
        assertThat(rig.journal().cancelled()).anyMatch(gone -> gone.platform().equals(cell.platform()));
    }

    private static void calls(Cell cell, Expected expected) throws Exception {
        List<String> calls = new ArrayList<>();
        for (int i = 1; i <= expected.failures(); i++) {
            calls.add("m1 sk-" + cell.platform() + "-" + i);
        }
        List<String> seen = rig.calls(cell.platform());
        assertThat(seen.stream().filter(call -> call.startsWith("m1"))).containsExactlyElementsOf(calls);
        assertThat(seen).hasSize(expected.failures() + (expected.servedBySibling() ? 1 : 0));
        await().atMost(ProofRig.SOON)
                .until(() -> rig.node.provider(cell.platform()).leases().isEmpty());
    }

    private static void cooldowns(Cell cell, Expected expected, Instant before) throws Exception {
        int rows = (expected.keyCools() == null ? 0 : expected.failures()) + (expected.modelCools() == null ? 0 : 1);
        await().atMost(ProofRig.SOON)
                .untilAsserted(() -> assertThat(rig.cooldowns(cell.platform())).hasSize(rows));
        for (JsonNode row : rig.cooldowns(cell.platform())) {
            boolean key = row.path("scope").asText().equals("key");
            assertThat(row.path("reason").asText()).isEqualTo(cell.kind().wire());
            assertUntil(row, before, key ? expected.keyCools() : expected.modelCools());
            if (!key) {
                assertThat(row.path("model").asText()).isEqualTo("m1");
            }
            assertThat(row.path("keyId").isNull()).isNotEqualTo(key);
        }
        for (int i = 1; i <= 2; i++) {
            assertThat(rig.key(cell.platform(), i).usable()).isTrue();
        }
    }

    private static void assertUntil(JsonNode row, Instant before, @Nullable Duration time) {
        assertThat(time).isNotNull();
        assertThat(Instant.parse(row.path("until").asText()))
                .isCloseTo(before.plus(time), within(8, ChronoUnit.SECONDS));
    }

    private static void session(Cell cell, Expected expected, String key, Instant before) throws Exception {
        JsonNode decision = rig.decision(key, 2);
        JsonNode session = rig.session(key);
        if (expected.ban()) {
            assertThat(session.path("bans")).hasSize(1);
            assertThat(session.at("/bans/0/platform").asText()).isEqualTo(cell.platform());
            assertThat(session.at("/bans/0/reason").asText())
                    .isEqualTo(cell.kind().wire());
            assertUntil(session.at("/bans/0"), before, Duration.ofMinutes(30));
        } else {
            assertThat(session.path("bans")).isEmpty();
        }
        assertThat(session.path("model").asText(null)).isEqualTo(expected.pinKept() ? "m1" : null);
        assertThat(session.path("keyLabel").asText(null)).isEqualTo(expected.keyKept() ? cell.platform() + "-1" : null);
        List<String> outcomes = new ArrayList<>();
        decision.path("attempts")
                .forEach(attempt -> outcomes.add(attempt.path("outcome").asText()));
        List<String> told = new ArrayList<>();
        for (int i = 0; i < expected.failures(); i++) {
            told.add(cell.kind().wire());
        }
        if (cell.when() != When.AFTER && cell.kind() != FailureKind.CANCELLED) {
            told.add("success");
        }
        assertThat(outcomes).isEqualTo(told);
        assertThat(decision.path("candidates")).hasSize(3);
    }

    private static void statistics(Cell cell, Expected expected) {
        await().atMost(ProofRig.SOON).untilAsserted(() -> {
            long counted = cell.kind().countsAgainstModel() ? expected.failures() : 0;
            assertThat(rig.node.counts(cell.platform(), "m1").counted()).isEqualTo(counted);
            assertThat(rig.node.counts(cell.platform(), "m1").successes()).isZero();
            assertThat(rig.node.counts(cell.platform(), "m2").successes())
                    .isEqualTo(expected.servedBySibling() ? 1 : 0);
        });
    }
}
