package dev.switchboard.node.statistics;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The dashboard's questions (contract.md §4), answered on the blocking dispatcher. A stage fails where the database is away.
 * Requests show at most about a second after they ended.
 *
 * <p>Equal questions at the same time are asked once, and an answer is kept four times as long as it took to find: quick ones
 * are always fresh, and slow ones take at most a fifth of a thread however many dashboards are open.
 */
public final class Analytics {
    private static final int KEEP = 4;
    private static final int MAX_REQUESTS = 1_000;

    private final AnalyticsQueries queries;
    private final Clock clock;
    private final Executor blocking;
    private final ConcurrentHashMap<Question, Answer> answers = new ConcurrentHashMap<>();

    Analytics(AnalyticsQueries queries, Clock clock, Executor blocking) {
        this.queries = queries;
        this.clock = clock;
        this.blocking = blocking;
    }

    /** All requests of the range. */
    public CompletionStage<Measures> summary(AnalyticsRange range) {
        return once(new Question("summary", range), () -> queries.summary(range, clock.instant()));
    }

    /** Attempts by model, most first. */
    public CompletionStage<List<ModelRow>> byModel(AnalyticsRange range) {
        return once(new Question("by-model", range), () -> queries.byModel(range, clock.instant()));
    }

    /** Attempts by platform, most first. */
    public CompletionStage<List<PlatformRow>> byPlatform(AnalyticsRange range) {
        return once(new Question("by-platform", range), () -> queries.byPlatform(range, clock.instant()));
    }

    /** Requests over time, oldest first, zero-filled: 60 minutes, 96 quarters, 168 hours or 120 times 6 hours. */
    public CompletionStage<List<TimelineRow>> timeline(AnalyticsRange range) {
        return once(new Question("timeline", range), () -> queries.timeline(range, clock.instant()));
    }

    /** The last 100 errors of the range, newest first. */
    public CompletionStage<List<ErrorRow>> errors(AnalyticsRange range) {
        return CompletableFuture.supplyAsync(() -> queries.errors(range, clock.instant()), blocking);
    }

    /** The newest requests of all nodes, newest first; {@code limit} is cut to between 1 and 1,000. */
    public CompletionStage<List<RequestRow>> requests(int limit) {
        int rows = Math.max(1, Math.min(MAX_REQUESTS, limit));
        return CompletableFuture.supplyAsync(() -> queries.requests(rows), blocking);
    }

    /** A question always has the same type of answer, so the cast holds. */
    @SuppressWarnings("unchecked")
    private <T> CompletionStage<T> once(Question question, Supplier<T> query) {
        Answer answer = answers.compute(
                question, (key, known) -> known != null && known.isFresh() ? known : new Answer(query, blocking));
        return (CompletionStage<T>) answer.result.minimalCompletionStage();
    }

    private record Question(String name, AnalyticsRange range) {}

    private static final class Answer {
        private final CompletableFuture<?> result;
        private volatile long freshUntil = Long.MAX_VALUE;
        private volatile boolean found;

        private Answer(Supplier<?> query, Executor blocking) {
            this.result = CompletableFuture.supplyAsync(() -> timed(query), blocking);
        }

        private boolean isFresh() {
            return !result.isDone() || (found && System.nanoTime() - freshUntil < 0);
        }

        private Object timed(Supplier<?> query) {
            long start = System.nanoTime();
            Object value = query.get();
            long end = System.nanoTime();
            freshUntil = end + KEEP * (end - start);
            found = true;
            return value;
        }
    }
}
