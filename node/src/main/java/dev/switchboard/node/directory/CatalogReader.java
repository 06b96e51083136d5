package dev.switchboard.node.directory;

import dev.switchboard.node.directory.TsvFile.Row;
import dev.switchboard.protocol.directory.AdapterKind;
import dev.switchboard.protocol.directory.Model;
import dev.switchboard.protocol.directory.Origin;
import dev.switchboard.protocol.directory.Platform;
import dev.switchboard.protocol.directory.Quirks;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the catalogue files of {@code config/catalog}; any problem refuses the whole, every problem is named. */
public final class CatalogReader {
    static final List<String> PLATFORM_COLUMNS = List.of(
            "id",
            "name",
            "adapter",
            "base_url",
            "auth",
            "enabled",
            "response_timeout",
            "headers",
            "rename",
            "refuse",
            "force",
            "max_tokens_ceiling",
            "max_tokens_floor",
            "max_tokens_default",
            "allow",
            "message_fields",
            "errors",
            "rules",
            "models_path",
            "key_check",
            "max_prompt_tokens",
            "rpm",
            "rpd",
            "tpm",
            "tpd",
            "concurrent",
            "key_page",
            "notes");
    static final List<String> MODEL_COLUMNS = List.of(
            "platform",
            "id",
            "name",
            "intelligence_rank",
            "speed_rank",
            "context_window",
            "rpm",
            "rpd",
            "tpm",
            "tpd",
            "tools",
            "vision",
            "enabled",
            "size_label",
            "monthly_token_budget",
            "embedding");

    private static final String ROOT = "/switchboard/catalog/";
    private static final String VERSION = "version";
    private static final String PLATFORMS = "platforms.tsv";
    private static final String MODELS = "models.tsv";

    private final List<CatalogProblem> problems = new ArrayList<>();
    private final Map<PlatformId, Platform> platforms = new LinkedHashMap<>();
    private final Map<ModelRef, Model> models = new LinkedHashMap<>();

    private CatalogReader() {}

    /** Reads the catalogue that travels in the node's jar, with the platform {@code demo}. */
    public static Catalog builtin() throws MalformedCatalogException {
        Catalog files = read(CatalogReader::resource);
        return DemoPlatform.addTo(files);
    }

    /**
     * Reads a catalogue.
     *
     * @param files the text of {@code version}, {@code platforms.tsv} and {@code models.tsv} by name
     */
    public static Catalog read(Function<String, String> files) throws MalformedCatalogException {
        return new CatalogReader().readAll(files);
    }

    private static String resource(String name) {
        try (InputStream in = CatalogReader.class.getResourceAsStream(ROOT + name)) {
            if (in == null) {
                throw new IllegalStateException("the catalogue file " + name + " is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Catalog readAll(Function<String, String> files) throws MalformedCatalogException {
        String version = files.apply(VERSION).strip();
        if (!CatalogVersion.isValid(version)) {
            problems.add(
                    new CatalogProblem(VERSION, 1, VERSION, "must be year-month-revision, is \"" + version + "\""));
        }
        table(files, PLATFORMS, PLATFORM_COLUMNS).rows().forEach(this::readPlatform);
        table(files, MODELS, MODEL_COLUMNS).rows().forEach(this::readModel);
        if (!problems.isEmpty()) {
            throw new MalformedCatalogException(problems);
        }
        return new Catalog(version, List.copyOf(platforms.values()), List.copyOf(models.values()));
    }

    private TsvFile table(Function<String, String> files, String name, List<String> columns) {
        return new TsvFile(name, files.apply(name).lines().toList(), columns, problems);
    }

    private void readPlatform(Row row) {
        AdapterKind adapter = row.parsed("adapter", AdapterKind::fromWire);
        if (row.required("adapter").isEmpty() || adapter == null) {
            adapter = AdapterKind.OPENAI;
        }
        Integer ceiling = row.size("max_tokens_ceiling");
        Integer floor = row.size("max_tokens_floor");
        if (ceiling != null && floor != null && floor > ceiling) {
            row.problem("max_tokens_floor", "is above the ceiling");
        }
        Quirks quirks = new Quirks(
                row.pairs("rename", ",", "="),
                row.list("refuse"),
                row.pairs("force", ",", "="),
                ceiling,
                floor,
                row.size("max_tokens_default"),
                QuirkCells.allow(row),
                row.list("message_fields"),
                QuirkCells.errors(row),
                QuirkCells.rules(row),
                row.parsed("models_path", QuirkCells::path),
                row.parsed("key_check", QuirkCells::keyCheck),
                row.size("max_prompt_tokens"));
        String name = row.required("name");
        PlatformId id = platformId(row, "id");
        if (id == null) {
            return;
        }
        Platform platform = new Platform(
                id,
                name,
                adapter,
                baseUrl(row, adapter),
                Origin.BUILTIN,
                row.flag("enabled"),
                isKeyless(row, adapter),
                row.parsed("response_timeout", CatalogReader::seconds),
                row.pairs("headers", "\\|", ":"),
                quirks,
                new Limits(
                        row.limit("rpm"),
                        row.limit("rpd"),
                        row.limit("tpm"),
                        row.limit("tpd"),
                        row.limit("concurrent")),
                row.optional("key_page"));
        if (id.equals(DemoPlatform.ID) || platforms.putIfAbsent(id, platform) != null) {
            row.problem("id", "is taken: " + id);
        }
    }

    private void readModel(Row row) {
        PlatformId platform = platformId(row, "platform");
        String id = row.required("id");
        Model model = new Model(
                new ModelRef(platform == null ? DemoPlatform.ID : platform, id.isEmpty() ? "-" : id),
                row.required("name"),
                row.requiredSize("intelligence_rank"),
                row.requiredSize("speed_rank"),
                row.requiredSize("context_window"),
                limits(row),
                row.flag("tools"),
                row.flag("vision"),
                row.flag("enabled"),
                models.size() + 1,
                Origin.BUILTIN,
                row.optional("size_label"),
                row.optional("monthly_token_budget"),
                row.flag("embedding"));
        if (platform == null || id.isEmpty()) {
            return;
        }
        if (!platforms.containsKey(platform)) {
            row.problem("platform", "is unknown: " + platform);
        }
        if (models.putIfAbsent(model.ref(), model) != null) {
            row.problem("id", "is taken: " + model.ref());
        }
    }

    private static @Nullable PlatformId platformId(Row row, String field) {
        return row.required(field).isEmpty() ? null : row.parsed(field, PlatformId::new);
    }

    private static String baseUrl(Row row, AdapterKind adapter) {
        String url = row.required("base_url");
        String problem = url.isEmpty() ? null : BaseUrl.problem(url, adapter);
        if (problem != null) {
            row.problem("base_url", problem);
        }
        return url;
    }

    private static boolean isKeyless(Row row, AdapterKind adapter) {
        String auth = row.required("auth");
        String own = adapter == AdapterKind.GOOGLE ? "x-goog-api-key" : "bearer";
        if (!auth.isEmpty() && !auth.equals("none") && !auth.equals(own)) {
            row.problem("auth", "must be " + own + " or none for the adapter " + adapter.wire());
        }
        return auth.equals("none");
    }

    private static Limits limits(Row row) {
        return new Limits(row.limit("rpm"), row.limit("rpd"), row.limit("tpm"), row.limit("tpd"));
    }

    static Duration seconds(String text) {
        if (!text.matches("[1-9]\\d{0,3}s")) {
            throw new IllegalArgumentException(text);
        }
        return Duration.ofSeconds(Long.parseLong(text.substring(0, text.length() - 1)));
    }
}
