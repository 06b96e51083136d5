package dev.switchboard.node.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.routing.Decision;
import dev.switchboard.node.routing.FailurePolicy;
import dev.switchboard.node.routing.PolicyTimes;
import dev.switchboard.node.routing.RoutePlan;
import dev.switchboard.node.routing.Skip;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.domain.ProtectionLevel;
import dev.switchboard.protocol.provider.LeaseReply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever fails and whatever is denied, the attempts of a request come to an end and nothing refused is tried again. */
class LadderPropertiesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final PolicyTimes TIMES = new PolicyTimes(
            Duration.ofSeconds(15), Duration.ofMinutes(2), Duration.ofMinutes(2), Duration.ofMinutes(30));

    @Property(tries = 2000)
    void theAttemptsEndAndRepeatNothing(
            @ForAll @IntRange(min = 1, max = 4) int platforms,
            @ForAll @IntRange(min = 1, max = 4) int models,
            @ForAll @IntRange(min = 1, max = 3) int keys,
            @ForAll long seed) {
        Random random = new Random(seed);
        TurnWorld world = new TurnWorld();
        List<RoutePlan.Candidate> candidates = new ArrayList<>();
        Map<PlatformId, ProtectionLevel> levels = new HashMap<>();
        for (int p = 0; p < platforms; p++) {
            world.platform("p" + p, "http://127.0.0.1", keys);
            levels.put(
                    new PlatformId("p" + p), ProtectionLevel.values()[random.nextInt(ProtectionLevel.values().length)]);
            for (int m = 0; m < models; m++) {
                String ref = "p" + p + "/m" + m;
                world.model(ref, 1000 * (1 + random.nextInt(3)));
                candidates.add(new RoutePlan.Candidate(ModelRef.parse(ref), random.nextDouble(), false, false));
            }
        }
        Collections.shuffle(candidates, random);
        DirectorySnapshot directory = world.directory();
        Ladder ladder = new Ladder(
                new RoutePlan(candidates, List.of(), false),
                directory,
                model -> levels.get(model.platform()) == ProtectionLevel.PROVIDER_BAN);
        new Run(ladder, directory, levels, random).climb(platforms * models * (keys + 1));
    }

    /** One request against providers that deny and fail at random. */
    private static final class Run {
        private final Ladder ladder;
        private final DirectorySnapshot directory;
        private final Map<PlatformId, ProtectionLevel> levels;
        private final Random random;
        private final Set<PlatformId> platformsOut = new HashSet<>();
        private final Set<ModelRef> modelsOut = new HashSet<>();
        private final Set<KeyId> keysOut = new HashSet<>();
        private final Set<String> tried = new HashSet<>();
        private int largestRefused;

        Run(Ladder ladder, DirectorySnapshot directory, Map<PlatformId, ProtectionLevel> levels, Random random) {
            this.ladder = ladder;
            this.directory = directory;
            this.levels = levels;
            this.random = random;
        }

        void climb(int mostSteps) {
            int steps = 0;
            boolean stopped = false;
            for (Optional<ModelRef> next = ladder.next(); next.isPresent() && !stopped; next = ladder.next()) {
                assertThat(++steps).as("steps").isLessThanOrEqualTo(mostSteps);
                ModelRef model = next.get();
                assertThat(platformsOut).doesNotContain(model.platform());
                assertThat(modelsOut).doesNotContain(model);
                assertThat(directory.model(model).contextWindow()).isGreaterThan(largestRefused);
                List<KeyId> usable = directory.keysOf(model.platform()).stream()
                        .map(ProviderKey::id)
                        .filter(key -> !ladder.keysOut(model).contains(key))
                        .toList();
                if (usable.isEmpty()) {
                    deny(model, LeaseReply.Reason.NO_KEYS);
                } else if (random.nextInt(4) == 0) {
                    deny(model, LeaseReply.Reason.values()[random.nextInt(LeaseReply.Reason.values().length - 1)]);
                } else {
                    stopped = fail(model, usable.get(random.nextInt(usable.size())));
                }
            }
            assertThat(ladder.failedAttempts()).isEqualTo(tried.size());
            assertThat(ladder.decision(NOW, "r").attempts()).hasSize(tried.size());
            assertThat(ladder.terminal(NOW).status()).isIn(400, 429, 502, 503, 504);
        }

        private void deny(ModelRef model, LeaseReply.Reason reason) {
            ladder.denied(model, new LeaseReply.Denied(new LeaseId("l"), reason, NOW.plusSeconds(9)));
            modelsOut.add(model);
        }

        private boolean fail(ModelRef model, KeyId key) {
            assertThat(tried.add(model + " " + key))
                    .as("first time on " + model + " " + key)
                    .isTrue();
            assertThat(keysOut).doesNotContain(key);
            FailureKind kind = FailureKind.values()[random.nextInt(FailureKind.values().length - 1)];
            Failure failure = Failure.of(kind, "no");
            FailurePolicy.Context where = new FailurePolicy.Context(
                    ladder.isLastKey(model, key, CooldownSnapshot.EMPTY, NOW), ladder.hasFailedBy(kind), false);
            Decision decision = FailurePolicy.decide(failure, model, levels.get(model.platform()), where, TIMES, NOW);
            ladder.failed(model, key, failure, decision, 1);
            if (decision.keyCoolsUntil() != null) {
                keysOut.add(key);
            }
            switch (decision.step()) {
                case NEXT_KEY -> {
                    return false;
                }
                case LARGER_WINDOW -> largestRefused = directory.model(model).contextWindow();
                default -> modelsOut.add(model);
            }
            if (decision.skip() == Skip.PLATFORM) {
                platformsOut.add(model.platform());
            }
            return decision.step() == Decision.Step.STOP;
        }
    }
}
