package dev.switchboard.node.http.admin;

import akka.http.javadsl.model.HttpResponse;
import akka.util.ByteString;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.switchboard.node.directory.Directory;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.ApiError;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import dev.switchboard.node.http.Json;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectoryChange.PatchModel;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code /api/models}: rows of the catalogue and of one's own (contract.md §4). */
public final class ModelEndpoints {
    private static final List<String> PATCH = List.of(
            "name",
            "intelligenceRank",
            "contextWindow",
            "rpm",
            "rpd",
            "tpm",
            "tpd",
            "tools",
            "vision",
            "enabled",
            "monthlyTokenBudget");
    static final List<String> NEW = List.of(
            "platform",
            "id",
            "name",
            "intelligenceRank",
            "contextWindow",
            "rpm",
            "rpd",
            "tpm",
            "tpd",
            "tools",
            "vision",
            "enabled",
            "priority",
            "monthlyTokenBudget",
            "embedding");

    // As for models of the configuration file.
    private static final int DEFAULT_RANK = 50;
    private static final int DEFAULT_WINDOW = 128_000;
    private static final int HIGHEST_RANK = 1_000_000;

    private final DirectoryDoor directory;
    private final KeyUsage usage;

    /** Changes go to the directory's owner; {@code usage} knows the limits that providers stated. */
    public ModelEndpoints(Directory directory, KeyUsage usage) {
        this.directory = new DirectoryDoor(directory);
        this.usage = usage;
    }

    private record Row(
            String platform,
            String id,
            String name,
            int intelligenceRank,
            int speedRank,
            int contextWindow,
            @JsonUnwrapped @JsonIgnoreProperties("concurrent") Limits limits,
            @JsonIgnoreProperties("concurrent") Limits effectiveLimits,
            boolean tools,
            boolean vision,
            boolean enabled,
            int priority,
            Origin origin,
            @Nullable String sizeLabel,
            @Nullable String monthlyTokenBudget,
            boolean embedding) {
        static Row of(Model model, Limits learned) {
            return new Row(
                    model.ref().platform().value(),
                    model.ref().id(),
                    model.name(),
                    model.intelligenceRank(),
                    model.speedRank(),
                    model.contextWindow(),
                    model.limits(),
                    model.limits().narrowedBy(learned),
                    model.tools(),
                    model.vision(),
                    model.enabled(),
                    model.priority(),
                    model.origin(),
                    model.sizeLabel(),
                    model.monthlyTokenBudget(),
                    model.embedding());
        }
    }

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get("/api/models", Access.ADMIN, this::list),
                Endpoint.post("/api/models", Access.ADMIN, this::add),
                new Endpoint("PATCH", "/api/models/{platform}/{id*}", Access.ADMIN, this::change),
                new Endpoint("DELETE", "/api/models/{platform}/{id*}", Access.ADMIN, this::remove));
    }

    private CompletionStage<HttpResponse> list(Exchange exchange) {
        return usage.learned(directory.snapshot())
                .thenApplyAsync(
                        learned -> Json.response(
                                200,
                                directory.snapshot().models().stream()
                                        .map(model -> Row.of(model, learned.getOrDefault(model.ref(), Limits.NONE)))
                                        .toList()),
                        Runnable::run);
    }

    private CompletionStage<HttpResponse> answer(int status, ModelRef ref) {
        Model model = directory.snapshot().model(ref);
        if (model == null) {
            throw DirectoryDoor.ownerAway();
        }
        return usage.learned(ref.platform())
                .thenApplyAsync(
                        learned -> Json.response(status, Row.of(model, learned.getOrDefault(ref, Limits.NONE))),
                        Runnable::run);
    }

    private CompletionStage<HttpResponse> add(Exchange exchange) {
        return exchange.body().thenComposeAsync(this::add, Runnable::run);
    }

    private CompletionStage<HttpResponse> add(ByteString bytes) {
        Body body = Body.of(bytes, NEW);
        Model model = newModel(body);
        return directory
                .change(new DirectoryChange.AddModel(model))
                .thenComposeAsync(done -> answer(201, model.ref()), Runnable::run);
    }

    /** A model of one's own, as {@code POST /api/models} takes it. */
    static Model newModel(Body body) {
        ModelRef ref = new ModelRef(body.platform("platform"), body.required("id"));
        Limits limits = body.limits(Limits.NONE);
        return new Model(
                ref,
                body.textOr("name", ref.id()),
                body.countOr("intelligenceRank", DEFAULT_RANK, HIGHEST_RANK),
                DEFAULT_RANK,
                body.countOr("contextWindow", DEFAULT_WINDOW, Integer.MAX_VALUE),
                limits == null ? Limits.NONE : limits,
                body.flagOr("tools", true),
                body.flagOr("vision", true),
                body.flagOr("enabled", true),
                body.countOr("priority", 0, HIGHEST_RANK),
                Origin.CUSTOM,
                null,
                body.textOrNone("monthlyTokenBudget"),
                body.flagOr("embedding", false));
    }

    private CompletionStage<HttpResponse> change(Exchange exchange) {
        Model model = known(exchange);
        return exchange.body().thenComposeAsync(bytes -> change(model, bytes), Runnable::run);
    }

    private CompletionStage<HttpResponse> change(Model model, ByteString bytes) {
        Body body = Body.of(bytes, PATCH);
        PatchModel patch = new PatchModel(
                model.ref(),
                body.text("name"),
                body.count("intelligenceRank", HIGHEST_RANK),
                body.count("contextWindow", Integer.MAX_VALUE),
                body.limits(model.limits()),
                body.flag("tools"),
                body.flag("vision"),
                body.flag("enabled"),
                body.has("monthlyTokenBudget") ? body.textOr("monthlyTokenBudget", PatchModel.NO_BUDGET) : null);
        return directory.change(patch).thenComposeAsync(done -> answer(200, model.ref()), Runnable::run);
    }

    private CompletionStage<HttpResponse> remove(Exchange exchange) {
        return directory
                .change(new DirectoryChange.RemoveModel(known(exchange).ref()))
                .thenApplyAsync(done -> HttpResponse.create().withStatus(204), Runnable::run);
    }

    private Model known(Exchange exchange) {
        String platform = exchange.param("platform");
        String id = exchange.param("id");
        Model model = PlatformId.isValid(platform) && !id.isBlank()
                ? directory.snapshot().model(ModelRef.of(platform, id))
                : null;
        if (model == null) {
            throw ApiError.notFound("No model " + platform + "/" + id, "model_not_found");
        }
        return model;
    }
}
