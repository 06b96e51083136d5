package dev.switchboard.node.http.openai;

import akka.http.javadsl.model.HttpResponse;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.ApiError;
import dev.switchboard.node.http.ApiKeyGrant;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import dev.switchboard.node.http.Json;
import dev.switchboard.node.http.ModelRow;
import dev.switchboard.node.http.anthropic.AnthropicModels;
import dev.switchboard.node.turn.Targets;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.domain.ModelRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/models} and one of them: the virtual models first, then what can be served now (contract.md §3). */
public final class ModelsEndpoint {
    private static final String ANTHROPIC = "anthropic-version";

    // OpenAI clients require a number; the catalogue keeps no date of birth.
    private static final long CREATED = 1_767_225_600;

    private final Supplier<DirectorySnapshot> directory;

    /** Lists from the node's directory replica. */
    public ModelsEndpoint(Supplier<DirectorySnapshot> directory) {
        this.directory = directory;
    }

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get("/v1/models", Access.API, this::list),
                Endpoint.get("/v1/models/{id*}", Access.API, this::one));
    }

    private CompletionStage<HttpResponse> list(Exchange exchange) {
        if (exchange.header(ANTHROPIC) != null) {
            return CompletableFuture.completedStage(
                    Json.response(200, AnthropicModels.list(rows(directory.get(), exchange.grant()))));
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("object", "list");
        body.put("data", rows(directory.get(), exchange.grant()));
        return CompletableFuture.completedStage(Json.response(200, body));
    }

    private CompletionStage<HttpResponse> one(Exchange exchange) {
        ModelRow row = find(exchange.param("id"), directory.get(), exchange.grant());
        Object body = exchange.header(ANTHROPIC) == null ? row : AnthropicModels.one(row);
        return CompletableFuture.completedStage(Json.response(200, body));
    }

    private static ModelRow find(String id, DirectorySnapshot snapshot, @Nullable ApiKeyGrant grant) {
        if (Targets.modeOf(id) != null) {
            return virtual(id, widest(snapshot, grant));
        }
        List<ModelRef> found = Targets.find(id, snapshot).stream()
                .filter(ref -> grant == null || grant.allows(ref))
                .toList();
        Model model = found.isEmpty() ? null : snapshot.model(found.get(0));
        if (model == null) {
            throw new ApiError(
                    404,
                    "invalid_request_error",
                    "model_not_found",
                    "model",
                    "The model '" + id + "' does not exist or is not enabled.",
                    Map.of());
        }
        ModelRow row = row(model);
        return new ModelRow(id, row.object(), row.created(), row.ownedBy(), row.name(), row.contextWindow());
    }

    private static List<ModelRow> rows(DirectorySnapshot snapshot, @Nullable ApiKeyGrant grant) {
        List<ModelRow> rows = new ArrayList<>();
        int widest = widest(snapshot, grant);
        Targets.VIRTUAL.keySet().forEach(id -> rows.add(virtual(id, widest)));
        for (Model model : snapshot.models()) {
            if (served(model, snapshot, grant)) {
                rows.add(row(model));
            }
        }
        return rows;
    }

    private static boolean served(Model model, DirectorySnapshot snapshot, @Nullable ApiKeyGrant grant) {
        return (grant == null || grant.allows(model.ref()))
                && model.enabled()
                && snapshot.hasUsableKey(model.ref().platform());
    }

    private static int widest(DirectorySnapshot snapshot, @Nullable ApiKeyGrant grant) {
        int widest = 0;
        for (Model model : snapshot.models()) {
            if (served(model, snapshot, grant)) {
                widest = Math.max(widest, model.contextWindow());
            }
        }
        return widest;
    }

    private static ModelRow virtual(String id, int widest) {
        return new ModelRow(id, "model", CREATED, "switchboard", name(id), widest);
    }

    private static String name(String id) {
        return "Automatic (" + String.valueOf(Targets.modeOf(id)).toLowerCase(Locale.ROOT) + ")";
    }

    private static ModelRow row(Model model) {
        return new ModelRow(
                model.ref().toString(),
                "model",
                CREATED,
                model.ref().platform().value(),
                model.name(),
                model.contextWindow());
    }
}
