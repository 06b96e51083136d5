package dev.switchboard.node.http.admin;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.ProviderKey;
import dev.switchboard.protocol.domain.Limits;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The file of {@code /api/export}; its rows are what POST takes, so that {@code /api/import} reads them back. */
record TransferFile(
        String format, Instant exportedAt, List<PlatformRow> platforms, List<ModelRow> models, List<KeyRow> keys) {
    /** The shape of this file, with its version. */
    static final String FORMAT = "switchboard-providers/1";

    /** How many keys are there with their secrets. */
    int secrets() {
        return (int) keys.stream().filter(key -> key.key() != null).count();
    }

    record PlatformRow(
            String id,
            String name,
            AdapterKind adapter,
            String baseUrl,
            boolean enabled,
            boolean keyless,
            @Nullable String responseTimeout,
            @Nullable String keyPage,
            Limits shared) {
        static PlatformRow of(Platform platform) {
            return new PlatformRow(
                    platform.id().value(),
                    platform.name(),
                    platform.adapter(),
                    platform.baseUrl(),
                    platform.enabled(),
                    platform.keyless(),
                    Body.text(platform.responseTimeout()),
                    platform.keyPage(),
                    platform.shared());
        }
    }

    record ModelRow(
            String platform,
            String id,
            String name,
            int intelligenceRank,
            int contextWindow,
            @JsonUnwrapped @JsonIgnoreProperties("concurrent") Limits limits,
            boolean tools,
            boolean vision,
            boolean enabled,
            @Nullable String monthlyTokenBudget,
            boolean embedding) {
        static ModelRow of(Model model) {
            return new ModelRow(
                    model.ref().platform().value(),
                    model.ref().id(),
                    model.name(),
                    model.intelligenceRank(),
                    model.contextWindow(),
                    model.limits(),
                    model.tools(),
                    model.vision(),
                    model.enabled(),
                    model.monthlyTokenBudget(),
                    model.embedding());
        }
    }

    /** {@code key} is the secret, left out where it is not exported. */
    record KeyRow(
            String platform,
            String label,
            boolean enabled,
            String maskedKey,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String key) {
        static KeyRow of(ProviderKey key, @Nullable String secret) {
            return new KeyRow(key.platform().value(), key.label(), key.enabled(), key.masked(), secret);
        }

        /** Without the secret. */
        @Override
        public String toString() {
            return "KeyRow[" + platform + " " + label + " " + maskedKey + "]";
        }
    }
}
