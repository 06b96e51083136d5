package dev.switchboard.node.turn;

import dev.switchboard.node.routing.Decision;
import dev.switchboard.node.routing.Protection;
import dev.switchboard.node.routing.RoutePlan;
import dev.switchboard.node.routing.TerminalAnswer;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.Failure;
import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.session.RouteDecision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The attempts of one request: what was tried, what is left to try (behaviour.md §4). Holds no time and no actor. */
final class Ladder {
    private final DirectorySnapshot directory;
    private final List<TerminalAnswer.Attempt> failures = new ArrayList<>();
    private final List<TerminalAnswer.Denial> denials = new ArrayList<>();
    private final List<RouteDecision.Attempt> trace = new ArrayList<>();
    private final Map<ModelRef, String> passedOver = new HashMap<>();
    private final Set<KeyId> refusedKeys = new HashSet<>();
    private final Map<ModelRef, Set<KeyId>> failedKeys = new HashMap<>();
    private final Predicate<ModelRef> exclusive;
    private RoutePlan plan;
    private RoutePlan left;
    private @Nullable List<RouteDecision.Candidate> told;
    private @Nullable Supplier<RoutePlan> drawn;
    private @Nullable ModelRef again;
    private boolean lastPlatform;

    /** {@code exclusive} says which models the active-request safeguard guards. */
    Ladder(RoutePlan plan, DirectorySnapshot directory, Predicate<ModelRef> exclusive) {
        this.plan = plan;
        this.directory = directory;
        this.exclusive = exclusive;
        this.left = plan;
    }

    /** The same where the pinned model is sure; {@code drawn} takes the plan's place when another has to be chosen. */
    Ladder(
            Standings.Pinned pinned,
            Supplier<RoutePlan> drawn,
            DirectorySnapshot directory,
            Predicate<ModelRef> exclusive) {
        this(pinned.plan(), directory, exclusive);
        this.told = pinned.told();
        this.drawn = drawn;
    }

    /** The model to ask a lease for, or none: then the request is over. */
    Optional<ModelRef> next() {
        if (again != null) {
            return Optional.of(again);
        }
        for (RoutePlan.Candidate candidate : left.usable()) {
            if (!passedOver.containsKey(candidate.ref())) {
                return Optional.of(candidate.ref());
            }
        }
        return Optional.empty();
    }

    /** Keys that a lease for this model excludes: those refused on any model, and those on which this model failed. */
    Set<KeyId> keysOut(ModelRef model) {
        Set<KeyId> out = new HashSet<>(refusedKeys);
        out.addAll(failedKeys.getOrDefault(model, Set.of()));
        return out;
    }

    private void draw() {
        if (drawn != null) {
            plan = drawn.get();
            left = plan;
            told = null;
            drawn = null;
        }
    }

    /** The model got no lease: it is passed over, and with it its platform where the platform is taken. */
    void denied(ModelRef model, LeaseReply.Denied denied) {
        draw();
        again = null;
        denials.add(new TerminalAnswer.Denial(model, denied.reason(), denied.retryAt()));
        String reason =
                "lease-" + denied.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
        for (RoutePlan.Candidate candidate : left.usable()) {
            if (candidate.ref().equals(model)
                    || (candidate.ref().platform().equals(model.platform())
                            && concerns(candidate.ref(), model, denied.reason()))) {
                passedOver.put(candidate.ref(), reason);
            }
        }
    }

    private boolean concerns(ModelRef sibling, ModelRef model, LeaseReply.Reason reason) {
        return switch (reason) {
            case SAFEGUARD, RESERVED -> exclusive.test(sibling);
            case NO_KEYS -> !failedKeys.containsKey(model);
            default -> false;
        };
    }

    /** The model's adapter cannot express the request. */
    void cannotExpress(ModelRef model, String field) {
        draw();
        again = null;
        passedOver.put(model, "unsupported-" + field);
    }

    /** An attempt failed and the policy has decided. */
    void failed(ModelRef model, KeyId key, Failure failure, Decision decision, long ms) {
        draw();
        failures.add(new TerminalAnswer.Attempt(model, failure, decision.coolsUntil()));
        trace(model, key, failure.kind().wire(), ms);
        if (decision.keyCoolsUntil() != null) {
            refusedKeys.add(key);
        } else {
            failedKeys.computeIfAbsent(model, failed -> new HashSet<>()).add(key);
        }
        again = decision.step() == Decision.Step.NEXT_KEY ? model : null;
        left = left.after(decision, model, directory);
        if (lastPlatform) {
            left = left.on(model.platform());
        }
        // The one other platform is the first that takes the request: one that grants no lease has not refused it.
        lastPlatform |= decision.step() == Decision.Step.OTHER_PLATFORM_ONCE;
    }

    /** Keeps an attempt that ended without a failure. */
    void trace(ModelRef model, KeyId key, String outcome, long ms) {
        ProviderKey known = directory.keys().get(key);
        trace.add(new RouteDecision.Attempt(model, known == null ? key.value() : known.label(), outcome, ms));
    }

    /** How many attempts failed so far. */
    int failedAttempts() {
        return failures.size();
    }

    /** Whether an attempt has failed in this way. */
    boolean hasFailedBy(FailureKind kind) {
        return failures.stream().anyMatch(attempt -> attempt.failure().kind() == kind);
    }

    /** Whether the model could not serve this one request, as far as its failure says. */
    boolean isPassedOverForTheRequest(ModelRef model) {
        for (TerminalAnswer.Attempt attempt : failures) {
            if (attempt.model().equals(model)
                    && Protection.isAboutTheRequest(attempt.failure().kind())) {
                return true;
            }
        }
        return false;
    }

    /** Whether no other key of the model could be tried after this one. */
    boolean isLastKey(ModelRef model, KeyId current, CooldownSnapshot cooling, Instant now) {
        Set<KeyId> out = keysOut(model);
        return directory.keysOf(model.platform()).stream()
                .noneMatch(key -> key.usable()
                        && !key.id().equals(current)
                        && !out.contains(key.id())
                        && cooling.keyCoolsUntil(key.id(), now) == null);
    }

    /** Whether every attempt and denial left only adapters that cannot express the request. */
    boolean onlyInexpressible() {
        return failures.isEmpty()
                && denials.isEmpty()
                && !passedOver.isEmpty()
                && passedOver.values().stream().allMatch(reason -> reason.startsWith("unsupported-"));
    }

    TerminalAnswer terminal(Instant now) {
        return TerminalAnswer.of(failures, plan, denials, now);
    }

    /** The trace of the whole request, with no more candidates than a session keeps: those that would have come first. */
    RouteDecision decision(Instant at, String requestId) {
        return new RouteDecision(at, requestId, told == null ? told(plan, passedOver) : told, List.copyOf(trace));
    }

    /** The candidates of a plan as the trace has them; {@code passedOver} says why some of them were. */
    static List<RouteDecision.Candidate> told(RoutePlan plan, Map<ModelRef, String> passedOver) {
        int kept = Math.min(
                RouteDecision.MOST_CANDIDATES,
                plan.usable().size() + plan.skipped().size());
        List<RouteDecision.Candidate> candidates = new ArrayList<>(kept);
        for (RoutePlan.Candidate candidate : plan.usable()) {
            if (candidates.size() == kept) {
                break;
            }
            candidates.add(
                    new RouteDecision.Candidate(candidate.ref(), candidate.score(), passedOver.get(candidate.ref())));
        }
        for (RoutePlan.Skipped skip : plan.skipped()) {
            if (candidates.size() == kept) {
                break;
            }
            candidates.add(
                    new RouteDecision.Candidate(skip.ref(), null, skip.reason().wire()));
        }
        return candidates;
    }
}
