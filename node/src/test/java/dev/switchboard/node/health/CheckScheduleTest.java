package dev.switchboard.node.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.KeyCheckRule;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CheckScheduleTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final PlatformId PLATFORM = new PlatformId("alpha");

    private final CheckSchedule schedule = new CheckSchedule(2, new SplittableRandom(7));

    private static ProviderKey key(String id, String cipher, boolean enabled, @Nullable Instant checked) {
        return new ProviderKey(
                new KeyId(id), PLATFORM, id, cipher, "f" + id, "…", enabled, KeyStatus.UNKNOWN, null, START, checked);
    }

    private static DirectorySnapshot directory(boolean enabled, ProviderKey... keys) {
        return directory(enabled, Quirks.NONE, keys);
    }

    private static DirectorySnapshot directory(boolean enabled, Quirks quirks, ProviderKey... keys) {
        Platform platform = new Platform(
                PLATFORM,
                "Alpha",
                AdapterKind.OPENAI,
                "http://127.0.0.1:1",
                Origin.CUSTOM,
                enabled,
                false,
                null,
                Map.of(),
                quirks,
                Limits.NONE,
                null);
        return new DirectorySnapshot(1, List.of(platform), List.of(), List.of(keys), Map.of(), null, null);
    }

    private List<ProviderKey> until(DirectorySnapshot directory, Instant from, Duration time) {
        List<ProviderKey> due = new ArrayList<>();
        for (Instant at = from; at.isBefore(from.plus(time)); at = at.plusMillis(500)) {
            for (ProviderKey key : schedule.due(directory, at)) {
                due.add(key);
                schedule.ended(key.id(), at);
            }
        }
        return due;
    }

    @Test
    void aNewKeyIsDueWithinSecondsAndAgainAfterAboutFiveMinutes() {
        DirectorySnapshot one = directory(true, key("a", "c1", true, null));
        assertThat(until(one, START, Duration.ofSeconds(5))).hasSize(1);
        Instant later = START.plusSeconds(5);
        assertThat(until(one, later, Duration.ofSeconds(250))).isEmpty();
        assertThat(until(one, later.plusSeconds(250), Duration.ofSeconds(100))).hasSize(1);
    }

    @Test
    void aNewSecretIsDueWithinSeconds() {
        DirectorySnapshot old = directory(true, key("a", "c1", true, null));
        until(old, START, Duration.ofSeconds(5));
        DirectorySnapshot changed = directory(true, key("a", "c2", true, START));
        assertThat(until(changed, START.plusSeconds(5), Duration.ofSeconds(5))).hasSize(1);
    }

    @Test
    void aCheckThatCostsIsMadeAsSeldomAsThePlatformSaysAlsoByTheNextOwner() {
        KeyCheckRule daily = new KeyCheckRule("chat", "{}", List.of("2xx"), List.of("401"), Duration.ofHours(24));
        Quirks quirks = new Quirks(
                Map.of(), List.of(), Map.of(), null, null, null, Map.of(), List.of(), Map.of(), List.of(), null, daily,
                null);
        assertThat(until(directory(true, quirks, key("a", "c", true, null)), START, Duration.ofHours(20)))
                .hasSize(1);
        CheckSchedule next = new CheckSchedule(2, new SplittableRandom(8));
        DirectorySnapshot known = directory(true, quirks, key("a", "c", true, START));
        assertThat(next.due(known, START)).isEmpty();
        assertThat(next.due(known, START.plus(Duration.ofHours(23)))).isEmpty();
        assertThat(next.due(known, START.plus(Duration.ofHours(25)))).hasSize(1);
    }

    @Test
    void disabledKeysAndPlatformsAreLeftAlone() {
        assertThat(until(directory(true, key("a", "c", false, null)), START, Duration.ofMinutes(10)))
                .isEmpty();
        assertThat(until(directory(false, key("a", "c", true, null)), START, Duration.ofMinutes(10)))
                .isEmpty();
    }

    @Test
    void noMoreThanSoManyRunAtOnceAndNoneIsForgotten() {
        DirectorySnapshot many =
                directory(true, key("a", "c", true, null), key("b", "c", true, null), key("c", "c", true, null));
        schedule.due(many, START);
        Instant soon = START.plus(CheckSchedule.SOON);
        List<ProviderKey> first = schedule.due(many, soon);
        assertThat(first).hasSize(2);
        assertThat(schedule.due(many, soon)).isEmpty();
        schedule.ended(first.get(0).id(), soon);
        assertThat(schedule.due(many, soon)).hasSize(1).doesNotContainAnyElementsOf(first);
    }

    @Test
    void keysCheckedBeforeAreSpreadOverTheInterval() {
        ProviderKey[] keys = new ProviderKey[50];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = key("k" + i, "c", true, START);
        }
        DirectorySnapshot known = directory(true, keys);
        int early = until(known, START, Duration.ofSeconds(30)).size();
        assertThat(early).isLessThan(20);
        assertThat(until(known, START.plusSeconds(30), CheckSchedule.INTERVAL)).hasSizeGreaterThanOrEqualTo(50 - early);
    }
}
