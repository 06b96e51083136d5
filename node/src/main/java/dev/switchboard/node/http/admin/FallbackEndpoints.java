package dev.switchboard.node.http.admin;

import akka.http.javadsl.model.HttpResponse;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.directory.Directory;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.ApiError;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import dev.switchboard.node.http.Json;
import dev.switchboard.node.routing.Router;
import dev.switchboard.protocol.cooldown.CooldownSnapshot;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.statistics.StatisticsSnapshot;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** {@code /api/fallback}: the chain with the scores that route (contract.md §4, behaviour.md §7). */
public final class FallbackEndpoints {
    private static final List<String> PLACE = List.of("platform", "model", "priority", "enabled");
    private static final int HIGHEST = 1_000_000;

    private final DirectoryDoor directory;
    private final Supplier<CooldownSnapshot> cooldowns;
    private final Supplier<StatisticsSnapshot> statistics;
    private final Set<PlatformId> lastResort;
    private final KeyUsage usage;
    private final Clock clock;

    /** {@code lastResort} are the platforms that serve only while there is no real provider key. */
    public FallbackEndpoints(
            Directory directory,
            Supplier<CooldownSnapshot> cooldowns,
            Supplier<StatisticsSnapshot> statistics,
            Set<PlatformId> lastResort,
            KeyUsage usage,
            Clock clock) {
        this.directory = new DirectoryDoor(directory);
        this.cooldowns = cooldowns;
        this.statistics = statistics;
        this.lastResort = Set.copyOf(lastResort);
        this.usage = usage;
        this.clock = clock;
    }

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get("/api/fallback", Access.ADMIN, exchange -> rows()),
                new Endpoint("PUT", "/api/fallback", Access.ADMIN, this::replace),
                Endpoint.post("/api/fallback/sort/{by}", Access.ADMIN, this::sort));
    }

    private CompletionStage<HttpResponse> rows() {
        return usage.learned(directory.snapshot()).thenApplyAsync(this::rows, Runnable::run);
    }

    private HttpResponse rows(Map<ModelRef, Limits> learned) {
        DirectorySnapshot snapshot = directory.snapshot();
        CooldownSnapshot cooling = cooldowns.get();
        StatisticsSnapshot records = statistics.get();
        Instant now = clock.instant();
        List<FallbackRow> rows = new ArrayList<>();
        for (Router.Explained explained : Router.explain(snapshot, cooling, records, lastResort, now)) {
            Model model = snapshot.model(explained.ref());
            if (model != null) {
                Limits stated = learned.getOrDefault(model.ref(), Limits.NONE);
                rows.add(FallbackRow.of(model, explained, snapshot, cooling, records.of(model.ref()), stated, now));
            }
        }
        return Json.response(200, rows);
    }

    private CompletionStage<HttpResponse> replace(Exchange exchange) {
        return exchange.body().thenComposeAsync(bytes -> rechain(places(bytes)), Runnable::run);
    }

    private CompletionStage<HttpResponse> rechain(List<DirectoryChange.Place> places) {
        return directory.change(new DirectoryChange.Rechain(places)).thenComposeAsync(done -> rows(), Runnable::run);
    }

    /** Every row is checked before anything is changed. */
    private List<DirectoryChange.Place> places(ByteString bytes) {
        JsonNode list = Json.read(bytes);
        if (!list.isArray()) {
            throw ApiError.invalid("The body must be a list of {platform, model, priority?, enabled?}.", null);
        }
        List<DirectoryChange.Place> places = new ArrayList<>();
        Set<ModelRef> seen = new HashSet<>();
        for (JsonNode item : list) {
            Body row = Body.of(item, "[" + places.size() + "]", PLACE);
            ModelRef ref = new ModelRef(row.platform("platform"), row.required("model"));
            if (directory.snapshot().platform(ref.platform()) == null) {
                throw row.problem("platform", "is unknown: " + ref.platform());
            }
            if (directory.snapshot().model(ref) == null) {
                throw row.problem("model", "is unknown: " + ref);
            }
            if (!seen.add(ref)) {
                throw row.problem("model", "is there twice: " + ref);
            }
            places.add(new DirectoryChange.Place(ref, row.count("priority", HIGHEST), row.flag("enabled")));
        }
        return places;
    }

    private CompletionStage<HttpResponse> sort(Exchange exchange) {
        String by = exchange.param("by");
        Comparator<Model> order =
                switch (by) {
                    case "intelligence" -> Comparator.comparingInt(Model::intelligenceRank);
                    case "speed" -> bySpeed(statistics.get());
                    case "budget" ->
                        Comparator.comparingDouble((Model model) -> TokenBudget.tokens(model.monthlyTokenBudget()))
                                .reversed();
                    default ->
                        throw ApiError.invalid(
                                "The chain is sorted by intelligence, speed or budget, not by " + by, "by");
                };
        List<Model> models = new ArrayList<>(directory.snapshot().models());
        models.sort(order);
        List<DirectoryChange.Place> places = new ArrayList<>();
        models.forEach(model -> places.add(new DirectoryChange.Place(model.ref(), places.size() + 1, null)));
        return rechain(places);
    }

    /** Measured ones first, the fastest first; the others by the catalogue's rank. */
    private static Comparator<Model> bySpeed(StatisticsSnapshot records) {
        return Comparator.comparingDouble(
                        (Model model) -> -records.of(model.ref()).tokensPerSecond())
                .thenComparingInt(Model::speedRank);
    }
}
