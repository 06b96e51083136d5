package dev.switchboard.node.directory;

import dev.switchboard.protocol.directory.DirectoryChange.PatchModel;
import dev.switchboard.protocol.directory.DirectoryChange.PatchPlatform;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rows in force: the layers of a {@link DirectoryState} with what people chose. A model without a chosen priority
 * has its place by intelligence rank, then by the order of the rows.
 */
record Rows(Map<PlatformId, Platform> platforms, Map<ModelRef, Model> models) {
    static Rows of(DirectoryState state) {
        Map<PlatformId, Platform> platforms =
                new LinkedHashMap<>(state.catalog().platforms());
        platforms.putAll(state.bootstrap().platforms());
        platforms.putAll(state.own().platforms());
        platforms.replaceAll(
                (id, row) -> chosen(row, state.choices().platforms().get(id)));
        Map<ModelRef, Model> models = new LinkedHashMap<>();
        state.catalog().models().forEach((ref, row) -> {
            if (!state.own().platforms().containsKey(ref.platform())) {
                models.put(ref, row);
            }
        });
        models.putAll(state.bootstrap().models());
        models.putAll(state.own().models());
        models.keySet().removeIf(ref -> !platforms.containsKey(ref.platform()));
        models.replaceAll((ref, row) -> chosen(row, state.choices().models().get(ref)));
        return new Rows(
                Collections.unmodifiableMap(platforms),
                inChain(models, state.choices().priorities()));
    }

    /** What replicas get; platforms in their order, models sorted by the snapshot. */
    static DirectorySnapshot snapshot(DirectoryState state) {
        Rows rows = of(state);
        return new DirectorySnapshot(
                state.version(),
                List.copyOf(rows.platforms.values()),
                List.copyOf(rows.models.values()),
                List.copyOf(state.keys().values()),
                state.settings(),
                state.apiKeyCipher(),
                state.adminKeyCipher(),
                state.grants());
    }

    /** The references in the order of the fallback chain. */
    List<ModelRef> chain() {
        return models.values().stream()
                .sorted(Comparator.comparingInt(Model::priority).thenComparing(Model::ref))
                .map(Model::ref)
                .toList();
    }

    /** No two have one number: where a model came or went since, those that have it keep their order and move behind. */
    private static Map<ModelRef, Model> inChain(Map<ModelRef, Model> models, Map<ModelRef, Integer> chosen) {
        Map<ModelRef, Integer> numbers = new HashMap<>();
        Set<Integer> taken = new HashSet<>();
        chosen.entrySet().stream()
                .filter(choice -> models.containsKey(choice.getKey()))
                .sorted(Map.Entry.comparingByValue())
                .forEach(choice -> numbers.put(choice.getKey(), free(taken, choice.getValue())));
        List<Model> byRank = new ArrayList<>(models.values());
        byRank.sort(Comparator.comparingInt(Model::intelligenceRank));
        int place = 0;
        int last = 0;
        for (Model row : byRank) {
            place++;
            Integer number = numbers.get(row.ref());
            if (number == null) {
                last = free(taken, Math.max(place, last + 1));
                number = last;
            }
            models.put(row.ref(), withPriority(row, number));
        }
        return Collections.unmodifiableMap(models);
    }

    /** Takes the first number from there on that is free. */
    private static int free(Set<Integer> taken, int from) {
        int number = from;
        while (!taken.add(number)) {
            number++;
        }
        return number;
    }

    private static Platform chosen(Platform row, @Nullable PatchPlatform choice) {
        if (choice == null) {
            return row;
        }
        return new Platform(
                row.id(),
                or(choice.name(), row.name()),
                or(choice.adapter(), row.adapter()),
                or(choice.baseUrl(), row.baseUrl()),
                row.origin(),
                or(choice.enabled(), row.enabled()),
                row.keyless(),
                orNone(choice.responseTimeout(), row.responseTimeout(), PatchPlatform.NO_TIMEOUT),
                row.headers(),
                row.quirks(),
                or(choice.shared(), row.shared()),
                row.keyPage());
    }

    private static Model chosen(Model row, @Nullable PatchModel choice) {
        if (choice == null) {
            return row;
        }
        return new Model(
                row.ref(),
                or(choice.name(), row.name()),
                or(choice.intelligenceRank(), row.intelligenceRank()),
                row.speedRank(),
                or(choice.contextWindow(), row.contextWindow()),
                or(choice.limits(), row.limits()),
                or(choice.tools(), row.tools()),
                or(choice.vision(), row.vision()),
                or(choice.enabled(), row.enabled()),
                row.priority(),
                row.origin(),
                row.sizeLabel(),
                orNone(choice.monthlyTokenBudget(), row.monthlyTokenBudget(), PatchModel.NO_BUDGET),
                row.embedding());
    }

    private static <T> T or(@Nullable T chosen, T row) {
        return chosen == null ? row : chosen;
    }

    /** The choice, null where it is the one for none, else what the row has. */
    private static <T> @Nullable T orNone(@Nullable T chosen, @Nullable T row, T none) {
        if (chosen == null) {
            return row;
        }
        return chosen.equals(none) ? null : chosen;
    }

    static Model withPriority(Model row, int priority) {
        return new Model(
                row.ref(),
                row.name(),
                row.intelligenceRank(),
                row.speedRank(),
                row.contextWindow(),
                row.limits(),
                row.tools(),
                row.vision(),
                row.enabled(),
                priority,
                row.origin(),
                row.sizeLabel(),
                row.monthlyTokenBudget(),
                row.embedding());
    }

    static Platform withBaseUrl(Platform row, String baseUrl) {
        return chosen(row, new PatchPlatform(row.id(), null, null, baseUrl, null, null, null));
    }

    static PatchPlatform onlyEnabled(PlatformId id, boolean enabled) {
        return new PatchPlatform(id, null, null, null, enabled, null, null);
    }

    static PatchModel onlyEnabled(ModelRef ref, boolean enabled) {
        return new PatchModel(ref, null, null, null, null, null, null, enabled, null);
    }

    static ProviderKey withStatus(ProviderKey key, Fact.KeyStatusChanged found) {
        return new ProviderKey(
                key.id(),
                key.platform(),
                key.label(),
                key.cipherText(),
                key.fingerprint(),
                key.masked(),
                key.enabled(),
                found.status(),
                found.reason(),
                key.createdAt(),
                found.checkedAt());
    }

    static ProviderKey withSecret(ProviderKey key, String cipherText, String fingerprint, String masked) {
        return new ProviderKey(
                key.id(),
                key.platform(),
                key.label(),
                cipherText,
                fingerprint,
                masked,
                key.enabled(),
                key.status(),
                key.statusReason(),
                key.createdAt(),
                key.lastCheckedAt());
    }

    static ProviderKey withLabelAndSwitch(ProviderKey key, String label, boolean enabled) {
        return new ProviderKey(
                key.id(),
                key.platform(),
                label,
                key.cipherText(),
                key.fingerprint(),
                key.masked(),
                enabled,
                key.status(),
                key.statusReason(),
                key.createdAt(),
                key.lastCheckedAt());
    }
}
