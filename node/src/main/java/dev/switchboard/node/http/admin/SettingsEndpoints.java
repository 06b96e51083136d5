package dev.switchboard.node.http.admin;

import akka.http.javadsl.model.HttpResponse;
import akka.util.ByteString;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.node.directory.Directory;
import dev.switchboard.node.directory.Secrets;
import dev.switchboard.node.http.Access;
import dev.switchboard.node.http.ApiError;
import dev.switchboard.node.http.Endpoint;
import dev.switchboard.node.http.Exchange;
import dev.switchboard.node.http.Json;
import dev.switchboard.node.settings.LiveSettings;
import dev.switchboard.node.settings.SettingRefusal;
import dev.switchboard.protocol.directory.DirectoryChange;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /api/settings}, the API key and {@code /api/audit} (contract.md §4). */
public final class SettingsEndpoints {
    private static final int DEFAULT_AUDIT = 100;
    private static final int MOST_AUDIT = 1_000;

    private final LiveSettings settings;
    private final DirectoryDoor directory;
    private final Supplier<@Nullable String> apiKey;

    /** {@code apiKey} is the key in force; null before it is known. */
    public SettingsEndpoints(LiveSettings settings, Directory directory, Supplier<@Nullable String> apiKey) {
        this.settings = settings;
        this.directory = new DirectoryDoor(directory);
        this.apiKey = apiKey;
    }

    private record Row(
            String key,
            @Nullable Object value,
            @JsonProperty("default") @Nullable Object fallback,
            String source,
            @Nullable String setBy,
            boolean editable,
            boolean needsRestart,
            String description) {
        static Row of(LiveSettings.Row row) {
            return new Row(
                    row.key(),
                    row.value(),
                    row.fallback(),
                    row.source(),
                    row.setBy(),
                    row.editable(),
                    row.needsRestart(),
                    row.description());
        }
    }

    /** The endpoints of this class. */
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get("/api/settings", Access.ADMIN, exchange -> CompletableFuture.completedStage(rows())),
                new Endpoint("PUT", "/api/settings", Access.ADMIN, this::change),
                Endpoint.get("/api/settings/api-key", Access.ADMIN, this::showKey),
                Endpoint.post("/api/settings/api-key/regenerate", Access.ADMIN, this::regenerate),
                Endpoint.get("/api/audit", Access.ADMIN, this::audit));
    }

    private HttpResponse rows() {
        return Json.response(200, settings.rows().stream().map(Row::of).toList());
    }

    private CompletionStage<HttpResponse> change(Exchange exchange) {
        return exchange.body().thenComposeAsync(this::change, Runnable::run);
    }

    private CompletionStage<HttpResponse> change(ByteString bytes) {
        Map<String, @Nullable Object> wanted = plain(Json.object(bytes));
        Map<String, @Nullable String> values;
        try {
            values = settings.checked(wanted);
            for (String stranger : settings.newlyProtected(values)) {
                requireKnown(stranger, keyOfProtection(wanted));
            }
        } catch (SettingRefusal refusal) {
            throw refusal.kind() == SettingRefusal.Kind.NOT_EDITABLE
                    ? ApiError.conflict(refusal.text(), refusal.key())
                    : ApiError.invalid(refusal.text(), refusal.key());
        }
        return directory.change(new DirectoryChange.PutSettings(values)).thenApplyAsync(done -> rows(), Runnable::run);
    }

    /** The configuration file may name what comes later; a person who changes a setting means what is there. */
    private void requireKnown(String name, String key) {
        DirectorySnapshot rows = directory.snapshot();
        int slash = name.indexOf('/');
        String platform = slash < 0 ? name : name.substring(0, slash);
        if (!PlatformId.isValid(platform) || rows.platform(new PlatformId(platform)) == null) {
            throw ApiError.invalid(key + ": there is no platform " + platform, key);
        }
        String model = name.substring(slash + 1);
        if (slash >= 0 && (model.isBlank() || rows.model(ModelRef.of(platform, model)) == null)) {
            throw ApiError.invalid(key + ": there is no model " + name, key);
        }
    }

    private static String keyOfProtection(Map<String, @Nullable Object> wanted) {
        return wanted.keySet().stream()
                .filter(key -> key.endsWith("protection"))
                .findFirst()
                .orElse("protection");
    }

    private static Map<String, @Nullable Object> plain(ObjectNode body) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        body.fields().forEachRemaining(field -> {
            try {
                values.put(field.getKey(), Json.MAPPER.treeToValue(field.getValue(), Object.class));
            } catch (JsonProcessingException e) {
                throw ApiError.invalid(field.getKey() + " cannot be read", field.getKey());
            }
        });
        return values;
    }

    private CompletionStage<HttpResponse> showKey(Exchange exchange) {
        String key = apiKey.get();
        if (key == null) {
            throw ApiError.overloaded("The API key is not known here yet.", 1);
        }
        return CompletableFuture.completedStage(Json.response(200, Map.of("apiKey", key)));
    }

    private CompletionStage<HttpResponse> regenerate(Exchange exchange) {
        if (settings.get().auth().apiKey() != null) {
            throw ApiError.conflict(
                    "The API key is set by the environment or the configuration file; change it there.",
                    "switchboard.auth.api-key");
        }
        Secrets.NewAccessKey generated = directory.directory().secrets().generateAccessKey(false);
        return directory
                .change(generated.change())
                .thenApplyAsync(done -> Json.response(200, Map.of("apiKey", generated.key())), Runnable::run);
    }

    private CompletionStage<HttpResponse> audit(Exchange exchange) {
        int limit = exchange.queryNumber("limit", DEFAULT_AUDIT, 1, MOST_AUDIT);
        return directory
                .directory()
                .audit(limit)
                .handleAsync(
                        (entries, failure) -> {
                            if (failure != null) {
                                throw DirectoryDoor.ownerAway();
                            }
                            return Json.response(200, entries);
                        },
                        Runnable::run);
    }
}
