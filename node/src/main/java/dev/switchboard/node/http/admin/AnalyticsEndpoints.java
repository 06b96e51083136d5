package dev.switchboard.node.http.admin;

import akka.http.javadsl.model.HttpResponse;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.ApiError;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import dev.switchboard.node.http.Json;
import dev.switchboard.node.statistics.Analytics;
import dev.switchboard.node.statistics.AnalyticsRange;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/** {@code /api/analytics} and {@code /api/requests} (contract.md §4). */
public final class AnalyticsEndpoints {
    private static final String RANGES =
            Arrays.stream(AnalyticsRange.values()).map(AnalyticsRange::wire).collect(Collectors.joining(", "));
    private static final int DEFAULT_REQUESTS = 100;
    private static final int MOST_REQUESTS = 1_000;

    private final Analytics analytics;

    /** Asks the request log. */
    public AnalyticsEndpoints(Analytics analytics) {
        this.analytics = analytics;
    }

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(
                inRange("summary", analytics::summary),
                inRange("by-model", analytics::byModel),
                inRange("by-platform", analytics::byPlatform),
                inRange("timeline", analytics::timeline),
                inRange("errors", analytics::errors),
                Endpoint.get("/api/requests", Access.ADMIN, this::requests));
    }

    private static Endpoint inRange(String name, Function<AnalyticsRange, ? extends CompletionStage<?>> question) {
        return Endpoint.get(
                "/api/analytics/" + name, Access.ADMIN, exchange -> answered(question.apply(range(exchange))));
    }

    private static AnalyticsRange range(Exchange exchange) {
        String wire = exchange.query("range").orElse(AnalyticsRange.DAY.wire());
        return AnalyticsRange.find(wire).orElseThrow(() -> ApiError.invalid("range must be one of " + RANGES, "range"));
    }

    private CompletionStage<HttpResponse> requests(Exchange exchange) {
        int limit = exchange.queryNumber("limit", DEFAULT_REQUESTS, 1, MOST_REQUESTS);
        return answered(analytics.requests(limit));
    }

    private static CompletionStage<HttpResponse> answered(CompletionStage<?> asked) {
        return asked.handleAsync(
                (answer, failure) -> {
                    if (answer == null) {
                        throw ApiError.overloaded("The request log cannot be read; is the database away?", 5);
                    }
                    return Json.response(200, answer);
                },
                Runnable::run);
    }
}
