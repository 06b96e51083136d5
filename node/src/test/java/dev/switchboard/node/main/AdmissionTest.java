package dev.switchboard.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.persistence.MemberRegister.Entry;
import dev.switchboard.node.settings.Settings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final List<String> SEEDS = List.of("a:1", "b:1", "c:1");
    private static final Entry OWN = entry("a:1", "0.2.0", "k1");
    private static final Settings.Cluster SEEDED = new Settings.Cluster(
            "a", 1, null, null, List.of(new Settings.HostPort("a", 1), new Settings.HostPort("b", 1)));

    private static Entry entry(String address, String version, String... keys) {
        return new Entry(address, "switchboard", version, List.of(keys));
    }

    @Test
    void nodesOfOneClusterRunTogether() {
        assertThat(Admission.refusal(SEEDED, OWN, List.of())).isEmpty();
        assertThat(Admission.refusal(SEEDED, OWN, List.of(OWN, entry("b:1", "0.2.0", "k1"))))
                .isEmpty();
        assertThat(Admission.refusal(SEEDED, OWN, List.of(entry("b:1", "0.1.7", "k1"), entry("c:1", "0.3.0", "k1"))))
                .as("adjacent versions")
                .isEmpty();
        assertThat(Admission.refusal(SEEDED, OWN, List.of(entry("b:1", "dev", "k1"))))
                .isEmpty();
    }

    @Test
    void anotherClusterOnTheSameDatabaseIsRefused() {
        Entry other = new Entry("b:1", "blue", "0.2.0", List.of("k1"));
        assertThat(Admission.refusal(SEEDED, OWN, List.of(other))).hasValueSatisfying(line -> assertThat(line)
                .contains("switchboard.cluster.name = switchboard", "blue", "b:1"));
    }

    @Test
    void aNodeThatCannotReadWhatOthersWriteIsRefused() {
        assertThat(Admission.refusal(SEEDED, OWN, List.of(entry("b:1", "0.2.0", "k2"))))
                .hasValueSatisfying(line -> assertThat(line).contains("switchboard.encryption-key", "b:1"));
        Entry rotating = entry("a:1", "0.2.0", "k1", "k2");
        assertThat(Admission.refusal(SEEDED, rotating, List.of(entry("b:1", "0.2.0", "k2"))))
                .as("the other cannot read the new key yet")
                .isPresent();
        assertThat(Admission.refusal(SEEDED, rotating, List.of(entry("b:1", "0.2.0", "k2", "k1"))))
                .as("both know both")
                .isEmpty();
    }

    @Test
    void versionsFurtherApartAreRefused() {
        assertThat(Admission.refusal(SEEDED, OWN, List.of(entry("b:1", "0.4.0", "k1"))))
                .hasValueSatisfying(line -> assertThat(line).contains("0.2.0", "0.4.0", "b:1"));
        assertThat(Admission.refusal(SEEDED, OWN, List.of(entry("b:1", "1.2.0", "k1"))))
                .isPresent();
    }

    @Test
    void aSecondNodeWithoutSeedsIsRefused() {
        Settings.Cluster alone = new Settings.Cluster("a", 1, null, null, List.of());
        assertThat(Admission.refusal(alone, OWN, List.of(entry("b:1", "0.2.0", "k1"))))
                .hasValueSatisfying(line -> assertThat(line).contains("switchboard.cluster.seed-nodes", "b:1"));
        assertThat(Admission.refusal(alone, OWN, List.of(OWN)))
                .as("itself, killed a moment ago")
                .isEmpty();
    }

    @Test
    void theFirstSeedFormsAClusterOnlyWhereNobodyElseLives() {
        assertThat(Admission.seeds(SEEDS, OWN, List.of())).isEqualTo(SEEDS);
        assertThat(Admission.seeds(SEEDS, OWN, List.of(OWN))).isEqualTo(SEEDS);
        assertThat(Admission.seeds(SEEDS, OWN, List.of(entry("c:1", "0.2.0", "k1"))))
                .containsExactly("c:1", "b:1", "a:1");
        assertThat(Admission.seeds(SEEDS, OWN, List.of(entry("d:1", "0.2.0", "k1"))))
                .as("a member that is no seed")
                .containsExactly("d:1", "b:1", "c:1", "a:1");
    }

    @Test
    void aClockThatDisagreesWithTheDatabaseIsNotGoneBy() {
        Clock system = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
        assertThat(SharedStart.agreed(Duration.ofMillis(-1500), system)).isSameAs(system);
        assertThat(SharedStart.agreed(Duration.ofMinutes(-5), system).instant())
                .isEqualTo(Instant.parse("2025-12-31T23:55:00Z"));
        assertThat(SharedStart.agreed(Duration.ofMinutes(5), system).instant())
                .isEqualTo(Instant.parse("2026-01-01T00:05:00Z"));
    }
}
