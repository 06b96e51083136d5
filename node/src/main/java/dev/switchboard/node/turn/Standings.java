package dev.switchboard.node.turn;

import dev.switchboard.node.routing.RoutePlan;
import dev.switchboard.node.routing.RouteQuery;
import dev.switchboard.node.routing.Router;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.session.RouteDecision;
import dev.switchboard.protocol.statistics.StatisticsSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The expected order of the candidates, as the trace of a request tells it whose pinned model comes first. There nobody is
 * chosen by a score, so one ranking serves all requests of the same needs for a second, and what a pinned request costs does not
 * grow with the models. Thread-safe.
 */
public final class Standings {
    /** How old the records may be that an order is made of; the directory and the cooldowns are always the current ones. */
    static final Duration KEPT = Duration.ofSeconds(1);

    /** Callers whose keys name models each bring needs of their own. */
    private static final int MOST = 512;

    private volatile Known known = new Known(DirectorySnapshot.EMPTY, CooldownSnapshot.EMPTY);

    /**
     * The pinned model before all others.
     *
     * @param told the candidates as the trace has them
     */
    record Pinned(RoutePlan plan, List<RouteDecision.Candidate> told) {
        private static Pinned of(RoutePlan plan) {
            return new Pinned(plan, List.copyOf(Ladder.told(plan, Map.of())));
        }
    }

    /** One order and what it becomes for each pinned model. */
    private record Standing(Instant at, RoutePlan order, Map<ModelRef, Pinned> pinned) {
        boolean isFresh(Instant now) {
            return !now.isBefore(at) && now.isBefore(at.plus(KEPT));
        }
    }

    /** The orders of one directory and one state of the cooldowns. */
    private static final class Known {
        private final DirectorySnapshot directory;
        private final CooldownSnapshot cooling;
        private final int[] windows;
        private final Map<RouteQuery, Standing> standings = new ConcurrentHashMap<>();

        Known(DirectorySnapshot directory, CooldownSnapshot cooling) {
            this.directory = directory;
            this.cooling = cooling;
            this.windows = directory.models().stream()
                    .mapToInt(directory::window)
                    .sorted()
                    .distinct()
                    .toArray();
        }

        boolean isOf(DirectorySnapshot other, CooldownSnapshot state) {
            return directory == other && cooling == state;
        }

        /** The longest prompt that fits the same models. */
        long sameFit(long promptTokens) {
            for (int window : windows) {
                if (promptTokens <= window) {
                    return window;
                }
            }
            return Long.MAX_VALUE;
        }

        Standing of(RouteQuery needs, Instant now, Function<RouteQuery, RoutePlan> rank) {
            Standing standing = standings.get(needs);
            if (standing == null || !standing.isFresh(now)) {
                if (standings.size() >= MOST) {
                    standings.clear();
                }
                standing = new Standing(now, rank.apply(needs), new ConcurrentHashMap<>());
                standings.put(needs, standing);
            }
            return standing;
        }
    }

    /** The plan of a request whose pinned model is usable now ({@link Router#pinIsUsable}); bans are the session's own and never shared. */
    Pinned pinned(
            RouteQuery query,
            DirectorySnapshot directory,
            CooldownSnapshot cooling,
            Supplier<StatisticsSnapshot> records,
            Instant now) {
        Pinned shared = query.bans().isEmpty() ? shared(query, directory, cooling, records, now) : null;
        return shared == null ? Pinned.of(Router.expected(query, directory, cooling, records.get(), now)) : shared;
    }

    /** How many orders are kept. */
    int size() {
        return known.standings.size();
    }

    private @Nullable Pinned shared(
            RouteQuery query,
            DirectorySnapshot directory,
            CooldownSnapshot cooling,
            Supplier<StatisticsSnapshot> records,
            Instant now) {
        Known current = known;
        if (!current.isOf(directory, cooling)) {
            current = new Known(directory, cooling);
            known = current;
        }
        RouteQuery needs = query.withoutSession(current.sameFit(query.promptTokens()));
        Standing standing =
                current.of(needs, now, asked -> Router.expected(asked, directory, cooling, records.get(), now));
        ModelRef model = Objects.requireNonNull(query.pinned(), "pinned");
        Pinned pinned = standing.pinned().get(model);
        if (pinned == null) {
            RoutePlan plan = standing.order().startingWith(model);
            if (plan == null) {
                return null;
            }
            pinned = Pinned.of(plan);
            standing.pinned().put(model, pinned);
        }
        return pinned;
    }
}
