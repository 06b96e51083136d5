package dev.switchboard.node.routing;

import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The models of one request in the order to try them, and those left out.
 *
 * @param exclusive whether the caller named the models and allows no other
 */
public record RoutePlan(List<Candidate> usable, List<Skipped> skipped, boolean exclusive) {
    public RoutePlan {
        usable = List.copyOf(usable);
        skipped = List.copyOf(skipped);
    }

    /**
     * A model to try.
     *
     * @param score the effective score drawn for this request (behaviour.md §7); the expected one where the pin decided
     * @param pinned whether it goes first because the session is pinned to it
     * @param halfOpen whether its cooldown ended without a success since; its lease may be a probe
     */
    public record Candidate(ModelRef ref, double score, boolean pinned, boolean halfOpen) {}

    /**
     * A model left out.
     *
     * @param until when everything that passes by waiting has passed; null where waiting does not help
     */
    public record Skipped(ModelRef ref, SkipReason reason, @Nullable Instant until) {}

    /** The same with that model first, as the pinned one; null where it is not usable. */
    public @Nullable RoutePlan startingWith(ModelRef pinned) {
        List<Candidate> order = new ArrayList<>(usable.size());
        Candidate first = null;
        for (Candidate candidate : usable) {
            if (candidate.ref().equals(pinned)) {
                first = new Candidate(pinned, candidate.score(), true, candidate.halfOpen());
            } else {
                order.add(candidate);
            }
        }
        if (first == null) {
            return null;
        }
        order.add(0, first);
        return new RoutePlan(order, skipped, exclusive);
    }

    /** Whether no model can be tried now. */
    public boolean nothingRoutable() {
        return usable.isEmpty();
    }

    /** Whether the prompt fits no model that could otherwise serve it, now or later. */
    public boolean allTooSmall() {
        return stuckFor(reason -> reason == SkipReason.CONTEXT_WINDOW);
    }

    /** Whether no model that could otherwise serve the request can do what it needs, and none is just too small. */
    public boolean allIncapable() {
        return !allTooSmall() && stuckFor(reason -> reason == SkipReason.NO_TOOLS || reason == SkipReason.NO_VISION);
    }

    /** Whether every model the caller named is unknown or switched off. */
    public boolean noSuchModel() {
        return exclusive
                && usable.isEmpty()
                && skipped.stream()
                        .allMatch(skip ->
                                skip.reason() == SkipReason.UNKNOWN_MODEL || skip.reason() == SkipReason.DISABLED);
    }

    /** The platforms that lack a usable key, where nothing else keeps the request from being served, now or later. */
    public List<PlatformId> platformsWithoutKey() {
        return stuckFor(reason -> reason == SkipReason.NO_KEY)
                ? skipped.stream()
                        .filter(skip -> skip.reason() == SkipReason.NO_KEY)
                        .map(skip -> skip.ref().platform())
                        .distinct()
                        .toList()
                : List.of();
    }

    /** The earliest end of a ban or cooldown that left out a model which could serve the request. */
    public Optional<Instant> soonest() {
        return skipped.stream().map(Skipped::until).filter(Objects::nonNull).min(Instant::compareTo);
    }

    /**
     * What is left to try after a failed attempt on {@code failed}.
     *
     * <p>Another key of the same model keeps the plan; a refusal by one platform leaves the others, of which one may be
     * tried; a prompt that was too large leaves the larger windows.
     */
    public RoutePlan after(Decision decision, ModelRef failed, DirectorySnapshot directory) {
        return switch (decision.step()) {
            case NEXT_KEY -> this;
            case NEXT_MODEL ->
                keep(candidate -> decision.skip() == Skip.PLATFORM
                        ? !candidate.ref().platform().equals(failed.platform())
                        : !candidate.ref().equals(failed));
            case OTHER_PLATFORM_ONCE ->
                keep(candidate -> !candidate.ref().platform().equals(failed.platform()));
            case LARGER_WINDOW -> {
                int tooSmall = windowOf(failed, directory);
                yield keep(candidate -> windowOf(candidate.ref(), directory) > tooSmall);
            }
            case STOP -> keep(candidate -> false);
        };
    }

    /** What is left of it on one platform. */
    public RoutePlan on(PlatformId platform) {
        return keep(candidate -> candidate.ref().platform().equals(platform));
    }

    private RoutePlan keep(Predicate<Candidate> kept) {
        return new RoutePlan(usable.stream().filter(kept).toList(), skipped, exclusive);
    }

    private boolean stuckFor(Predicate<SkipReason> cause) {
        boolean found = false;
        for (Skipped skip : skipped) {
            if (skip.reason().passes()) {
                return false;
            }
            found |= cause.test(skip.reason());
        }
        return found && usable.isEmpty();
    }

    private static int windowOf(ModelRef ref, DirectorySnapshot directory) {
        Model model = directory.model(ref);
        return model == null ? 0 : directory.window(model);
    }
}
