package dev.switchboard.node.settings;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code switchboard.bootstrap}: rows to create if absent (contract.md §2). */
final class BootstrapReader {
    private static final Set<String> LISTS = Set.of("platforms", "models", "keys");
    private static final Set<String> PLATFORM =
            Set.of("id", "name", "adapter", "base-url", "keyless", "response-timeout");
    private static final Set<String> MODEL = Set.of(
            "platform",
            "id",
            "name",
            "intelligence-rank",
            "context-window",
            "rpm",
            "rpd",
            "tpm",
            "tpd",
            "tools",
            "vision",
            "enabled",
            "embedding");
    private static final Set<String> KEY = Set.of("platform", "key", "label");
    private static final int DEFAULT_WINDOW = 128_000;
    private static final int DEFAULT_RANK = 50;

    private BootstrapReader() {}

    static Settings.Bootstrap read(Reader in, List<String> problems) {
        if (in.has("bootstrap") && !(in.config().getValue("bootstrap") instanceof ConfigObject)) {
            in.problem("bootstrap", "expected an object");
            return Settings.Bootstrap.NONE;
        }
        if (in.has("bootstrap")) {
            refuseUnknown(in.config().getObject("bootstrap"), in.prefix() + "bootstrap.", LISTS, problems);
        }
        List<Settings.BootPlatform> platforms = new ArrayList<>();
        Set<PlatformId> seen = new HashSet<>();
        for (Reader row : in.objects("bootstrap.platforms")) {
            refuseUnknown(row.config().root(), row.prefix(), PLATFORM, problems);
            PlatformId id = platform(row, "id");
            String url = baseUrl(row);
            AdapterKind adapter = adapter(row);
            if (id != null && url != null) {
                if (!seen.add(id)) {
                    row.problem("id", "is there twice");
                }
                platforms.add(new Settings.BootPlatform(
                        id,
                        row.text("name", id.value()),
                        adapter,
                        url,
                        row.flag("keyless", false),
                        row.optionalTime("response-timeout")));
            }
        }
        List<Settings.BootModel> models = new ArrayList<>();
        Set<ModelRef> refs = new HashSet<>();
        for (Reader row : in.objects("bootstrap.models")) {
            refuseUnknown(row.config().root(), row.prefix(), MODEL, problems);
            PlatformId platform = platform(row, "platform");
            String id = row.required("id");
            if (platform != null && !id.isBlank()) {
                ModelRef ref = new ModelRef(platform, id);
                if (!refs.add(ref)) {
                    row.problem("id", "is there twice on platform " + platform);
                }
                models.add(new Settings.BootModel(
                        ref,
                        row.text("name", id),
                        row.number("intelligence-rank", DEFAULT_RANK, 1, 10_000),
                        row.number("context-window", DEFAULT_WINDOW, 1, Integer.MAX_VALUE),
                        new Limits(limit(row, "rpm"), limit(row, "rpd"), limit(row, "tpm"), limit(row, "tpd")),
                        row.flag("tools", true),
                        row.flag("vision", true),
                        row.flag("enabled", true),
                        row.flag("embedding", false)));
            }
        }
        List<Settings.BootKey> keys = new ArrayList<>();
        for (Reader row : in.objects("bootstrap.keys")) {
            refuseUnknown(row.config().root(), row.prefix(), KEY, problems);
            PlatformId platform = platform(row, "platform");
            String key = row.required("key");
            if (platform != null && !key.isBlank()) {
                keys.add(new Settings.BootKey(platform, key, row.text("label", "key " + (keys.size() + 1))));
            }
        }
        return new Settings.Bootstrap(List.copyOf(platforms), List.copyOf(models), List.copyOf(keys));
    }

    private static @Nullable Long limit(Reader row, String path) {
        return row.optionalLong(path, 1, Long.MAX_VALUE);
    }

    private static @Nullable PlatformId platform(Reader row, String path) {
        String text = row.required(path);
        if (text.isEmpty()) {
            return null;
        }
        if (!PlatformId.isValid(text)) {
            row.problem(path, "must be lower-case letters, digits, dot, dash or underscore, at most 64");
            return null;
        }
        return new PlatformId(text);
    }

    private static @Nullable AdapterKind adapter(Reader row) {
        String text = row.optionalText("adapter");
        if (text == null) {
            return null;
        }
        try {
            return AdapterKind.fromWire(text.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            row.problem("adapter", "must be openai, google, cohere or cloudflare");
            return null;
        }
    }

    private static @Nullable String baseUrl(Reader row) {
        String text = row.required("base-url");
        if (text.isEmpty()) {
            return null;
        }
        try {
            URI uri = URI.create(text.replace("{account}", "account"));
            if (uri.getHost() == null || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                throw new IllegalArgumentException("no host");
            }
        } catch (IllegalArgumentException e) {
            row.problem("base-url", "must be an http or https address");
            return null;
        }
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    private static void refuseUnknown(ConfigObject object, String prefix, Set<String> known, List<String> problems) {
        for (java.util.Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            if (!known.contains(entry.getKey())) {
                problems.add(SettingsLoader.unknown(prefix + entry.getKey(), entry.getKey(), prefix, known)
                        + Reader.where(entry.getValue()));
            }
        }
    }
}
