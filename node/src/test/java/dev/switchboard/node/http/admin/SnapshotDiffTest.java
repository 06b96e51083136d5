package dev.switchboard.node.http.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SnapshotDiffTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final ModelRef MODEL = ModelRef.of("alpha", "m");

    private final SnapshotDiff diff = new SnapshotDiff();

    private static DirectorySnapshot keys(KeyStatus... statuses) {
        List<ProviderKey> keys = new java.util.ArrayList<>();
        for (KeyStatus status : statuses) {
            keys.add(new ProviderKey(
                    new KeyId("k" + keys.size()),
                    new PlatformId("alpha"),
                    "label",
                    "c",
                    "f",
                    "…",
                    true,
                    status,
                    null,
                    START,
                    null));
        }
        return new DirectorySnapshot(1, List.of(), List.of(), keys, Map.of(), null, null);
    }

    private static CooldownSnapshot.Entry cooling(Instant until) {
        return new CooldownSnapshot.Entry(
                "m-1", "model", MODEL.platform(), MODEL, null, FailureKind.SERVER_ERROR, until);
    }

    @Test
    void theFirstLookTellsNothing() {
        assertThat(diff.look(keys(KeyStatus.HEALTHY), List.of(cooling(START)), List.of("a")))
                .isEmpty();
    }

    @Test
    void cooldownsStartGrowAndEnd() {
        diff.look(keys(), List.of(), List.of());
        assertThat(diff.look(keys(), List.of(cooling(START)), List.of()))
                .singleElement()
                .satisfies(frame -> assertThat(frame.bytes().utf8String())
                        .startsWith("event: cooldown\ndata: {\"state\":\"started\"")
                        .endsWith("\n\n"));
        assertThat(diff.look(keys(), List.of(cooling(START)), List.of())).isEmpty();
        assertThat(diff.look(keys(), List.of(cooling(START.plusSeconds(1))), List.of()))
                .hasSize(1);
        assertThat(diff.look(keys(), List.of(), List.of()))
                .extracting(EventFrame::data)
                .isEqualTo(List.of(new EventRows.Cooldown(
                        "ended", "m-1", "model", "alpha", "m", null, FailureKind.SERVER_ERROR, START.plusSeconds(1))));
    }

    @Test
    void keysAreAddedChangedAndRemoved() {
        diff.look(keys(KeyStatus.UNKNOWN), List.of(), List.of());
        assertThat(diff.look(keys(KeyStatus.HEALTHY, KeyStatus.UNKNOWN), List.of(), List.of()))
                .extracting(frame -> ((EventRows.Key) frame.data()).change())
                .containsExactly("changed", "added");
        assertThat(diff.look(keys(KeyStatus.HEALTHY), List.of(), List.of()))
                .extracting(frame -> ((EventRows.Key) frame.data()).change())
                .containsExactly("removed");
    }

    @Test
    void membersGoAwayAndComeBack() {
        diff.look(keys(), List.of(), List.of());
        assertThat(diff.look(keys(), List.of(), List.of("a")))
                .extracting(EventFrame::data)
                .isEqualTo(List.of(new EventRows.Member("a", "Unreachable")));
        assertThat(diff.look(keys(), List.of(), List.of()))
                .extracting(EventFrame::data)
                .isEqualTo(List.of(new EventRows.Member("a", "Reachable")));
    }
}
