package dev.switchboard.node.routing;

import static dev.switchboard.node.routing.World.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.node.routing.RoutePlan.Candidate;
import dev.switchboard.node.routing.RoutePlan.Skipped;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyStatus;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.session.SessionEffect;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What holds for every directory, every state of the cluster and every request. */
class RouterPropertiesTest {
    private static final int WINDOW = 1000;

    /** A random world and a random request in it. */
    private record Scene(World world, RouteQuery query) {
        RoutePlan plan(long seed) {
            return Router.rank(
                    query, world.directory(), world.cooldowns(), world.statistics(), NOW, new SplittableRandom(seed));
        }
    }

    @Property(tries = 400)
    void noLeftOutModelIsACandidate(@ForAll long seed) {
        Scene scene = scene(seed);
        for (Candidate candidate : scene.plan(seed).usable()) {
            Model model = scene.world().directory().model(candidate.ref());
            assertThat(model).isNotNull();
            assertThat(model.enabled()).isTrue();
            PlatformId platform = candidate.ref().platform();
            assertThat(scene.world().directory().hasUsableKey(platform)).isTrue();
            assertThat(scene.query().promptTokens()).isLessThanOrEqualTo(model.contextWindow());
            assertThat(scene.query().needsTools() && !model.tools()).isFalse();
            assertThat(scene.query().needsVision() && !model.vision()).isFalse();
            Instant ban = scene.query().bans().get(platform);
            assertThat(ban != null && NOW.isBefore(ban)).isFalse();
            assertThat(scene.world().cooldowns().modelCoolsUntil(candidate.ref(), NOW))
                    .isNull();
            assertThat(candidate.halfOpen()).isEqualTo(scene.world().cooldowns().isHalfOpen(candidate.ref(), NOW));
            List<ProviderKey> usable = scene.world().directory().keysOf(platform).stream()
                    .filter(ProviderKey::usable)
                    .toList();
            assertThat(usable).anyMatch(key -> scene.world().cooldowns().keyCoolsUntil(key.id(), NOW) == null);
        }
    }

    @Property(tries = 400)
    void everyModelOfTheRequestIsEitherACandidateOrLeftOutOnce(@ForAll long seed) {
        Scene scene = scene(seed);
        RoutePlan plan = scene.plan(seed);
        List<ModelRef> seen = Stream.concat(
                        plan.usable().stream().map(Candidate::ref),
                        plan.skipped().stream().map(Skipped::ref))
                .toList();
        assertThat(seen).doesNotHaveDuplicates();
        List<ModelRef> asked = new ArrayList<>();
        if (scene.query().target() instanceof Target.Explicit explicit) {
            asked.addAll(explicit.models());
        }
        if (!plan.exclusive()) {
            scene.world().directory().models().forEach(model -> asked.add(model.ref()));
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(Set.copyOf(asked));
    }

    @Property(tries = 400)
    void thePinIsFirstExactlyIfItIsUsable(@ForAll long seed) {
        Scene scene = scene(seed);
        RoutePlan plan = scene.plan(seed);
        ModelRef pinned =
                scene.query().target() instanceof Target.Auto ? scene.query().pinned() : null;
        boolean usable = plan.usable().stream().anyMatch(each -> each.ref().equals(pinned));
        assertThat(plan.usable().stream().filter(Candidate::pinned).count()).isEqualTo(usable ? 1 : 0);
        if (usable) {
            assertThat(plan.usable().get(0).ref()).isEqualTo(pinned);
            assertThat(plan.usable().get(0).pinned()).isTrue();
        }
    }

    @Property(tries = 400)
    void theModeChangesTheOrderAndNeverTheCandidates(@ForAll long seed) {
        Scene scene = scene(seed);
        RouteQuery query = scene.query();
        List<Set<ModelRef>> perMode = Stream.of(Mode.values())
                .map(mode -> new RouteQuery(
                        new Target.Auto(mode),
                        query.pinned(),
                        query.bans(),
                        query.promptTokens(),
                        query.needsTools(),
                        query.needsVision(),
                        query.lastResort()))
                .map(each -> Set.copyOf(new Scene(scene.world(), each)
                        .plan(seed).usable().stream().map(Candidate::ref).toList()))
                .toList();
        assertThat(perMode.get(1)).isEqualTo(perMode.get(0));
        assertThat(perMode.get(2)).isEqualTo(perMode.get(0));
    }

    @Property(tries = 400)
    void withinAPoolScoresNeverRiseAndPoolsComeInTheModesOrder(@ForAll long seed) {
        Scene scene = scene(seed);
        if (!(scene.query().target() instanceof Target.Auto auto)) {
            return;
        }
        List<Candidate> chain = scene.plan(seed).usable().stream()
                .filter(candidate -> !candidate.pinned())
                .toList();
        for (int i = 1; i < chain.size(); i++) {
            int before = place(scene, auto.mode(), chain.get(i - 1));
            int place = place(scene, auto.mode(), chain.get(i));
            assertThat(before).isLessThanOrEqualTo(place);
            if (before == place) {
                assertThat((float) chain.get(i - 1).score())
                        .isGreaterThanOrEqualTo((float) chain.get(i).score());
            }
        }
    }

    @Property(tries = 200)
    void theSameSeedRanksTheSame(@ForAll long seed) {
        Scene scene = scene(seed);
        assertThat(scene.plan(seed)).isEqualTo(scene.plan(seed));
    }

    /** Each step after a failure shrinks the plan or changes the key, so that an attempt loop always ends. */
    @Property(tries = 400)
    void everyStepButTheNextKeyShrinksThePlan(@ForAll long seed, @ForAll @IntRange(max = 12) int kind) {
        Scene scene = scene(seed);
        RoutePlan plan = scene.plan(seed);
        if (plan.nothingRoutable()) {
            return;
        }
        ModelRef failed = plan.usable().get(0).ref();
        for (Decision.Step step : Decision.Step.values()) {
            for (Skip skip : Skip.values()) {
                Decision decision = new Decision(
                        step,
                        skip,
                        List.of(),
                        SessionEffect.NONE,
                        null,
                        null,
                        FailureKind.values()[kind].countsAgainstModel());
                RoutePlan rest = plan.after(decision, failed, scene.world().directory());
                if (step == Decision.Step.NEXT_KEY) {
                    assertThat(rest).isEqualTo(plan);
                } else {
                    assertThat(rest.usable()).extracting(Candidate::ref).doesNotContain(failed);
                    assertThat(plan.usable().stream().filter(rest.usable()::contains))
                            .containsExactlyElementsOf(rest.usable());
                }
            }
        }
    }

    private static int place(Scene scene, Mode mode, Candidate candidate) {
        return Pools.place(mode, scene.world().statistics().of(candidate.ref()));
    }

    private static Scene scene(long seed) {
        Random random = new Random(seed);
        World world = new World();
        List<ModelRef> refs = new ArrayList<>();
        Map<PlatformId, Instant> bans = new HashMap<>();
        int platforms = 1 + random.nextInt(5);
        for (int p = 0; p < platforms; p++) {
            String platform = "p" + p;
            world.platform(platform, Origin.CUSTOM, random.nextInt(6) > 0, false);
            for (int k = random.nextInt(4); k > 0; k--) {
                String key = platform + "-" + k;
                KeyStatus status = KeyStatus.values()[random.nextInt(KeyStatus.values().length)];
                world.key(platform, key, random.nextInt(5) > 0, status);
                if (random.nextInt(3) == 0) {
                    FailureKind reason = random.nextBoolean() ? FailureKind.AUTH : FailureKind.RATE_LIMITED;
                    world.keyState(key, moment(random), reason);
                }
            }
            if (random.nextInt(5) == 0) {
                bans.put(new PlatformId(platform), moment(random));
            }
            for (int m = random.nextInt(6); m > 0; m--) {
                refs.add(addModel(world, platform + "/m" + m, random));
            }
        }
        refs.add(ModelRef.parse("p0/unknown"));
        ModelRef pinned = random.nextBoolean() ? refs.get(random.nextInt(refs.size())) : null;
        Mode mode = Mode.values()[random.nextInt(3)];
        Target target = new Target.Auto(mode);
        if (random.nextInt(3) == 0) {
            List<ModelRef> named =
                    List.of(refs.get(random.nextInt(refs.size())), refs.get(random.nextInt(refs.size())));
            target = new Target.Explicit(named, random.nextBoolean(), mode);
        }
        Set<PlatformId> lastResort = random.nextInt(4) == 0 ? Set.of(new PlatformId("p0")) : Set.of();
        boolean tools = random.nextInt(3) == 0;
        boolean vision = random.nextInt(4) == 0;
        int prompt = random.nextInt(WINDOW);
        return new Scene(world, new RouteQuery(target, pinned, bans, prompt, tools, vision, lastResort));
    }

    private static ModelRef addModel(World world, String name, Random random) {
        ModelRef ref = ModelRef.parse(name);
        world.model(
                ref,
                1 + random.nextInt(9),
                1 + random.nextInt(2 * WINDOW),
                random.nextInt(4) > 0,
                random.nextInt(3) > 0,
                random.nextInt(6) > 0);
        if (random.nextInt(3) > 0) {
            double attempts = random.nextInt(200);
            double speed = random.nextBoolean() ? Math.exp(10 * random.nextDouble()) : 0;
            world.stats(name, attempts * random.nextDouble(), attempts, speed, random.nextInt(4000));
        }
        if (random.nextInt(3) == 0) {
            world.state(name, random.nextBoolean() ? moment(random) : null, random.nextInt(11), random.nextInt(5));
        }
        return ref;
    }

    private static Instant moment(Random random) {
        return NOW.plusSeconds(random.nextInt(21) - 10);
    }
}
