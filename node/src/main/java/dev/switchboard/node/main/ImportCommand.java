package dev.switchboard.node.main;

import dev.switchboard.node.directory.CatalogReader;
import dev.switchboard.node.directory.MalformedCatalogException;
import dev.switchboard.node.migration.FreeLlmApi;
import dev.switchboard.node.migration.LiteLlm;
import dev.switchboard.node.migration.Migration;
import dev.switchboard.node.migration.MigrationException;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.settings.SettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Takes over the providers of another gateway: shows what comes along and what does not, then asks a running node. */
@Command(
        name = "import",
        description = {
            "Takes over platforms, models, keys and the chain of another gateway; a node must be running.",
            "",
            "What is here already stays as it is. The admin key is taken from ADMIN_DASHBOARD_KEY or the configuration."
                    + " FreeLLMAPI's encryption key is taken from FREELLMAPI_ENCRYPTION_KEY, from ENCRYPTION_KEY or from the file"
                    + " .encryption-key beside its database.",
            ""
        },
        mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {
    /** The gateways whose files are read. */
    enum Source {
        LITELLM,
        FREELLMAPI;

        /** By its name as it is typed. */
        static Source of(String typed) {
            return Arrays.stream(values())
                    .filter(each -> each.name().equalsIgnoreCase(typed))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "expected litellm or freellmapi but was '%s'".formatted(typed)));
        }
    }

    private static final class TypedSource implements ITypeConverter<Source> {
        @Override
        public Source convert(String typed) {
            return Source.of(typed);
        }
    }

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private SettingsOptions options;

    @Parameters(
            index = "0",
            paramLabel = "litellm|freellmapi",
            description = "What the file is of.",
            converter = TypedSource.class)
    @SuppressWarnings("NullAway.Init")
    private Source source;

    @Parameters(
            index = "1",
            paramLabel = "FILE",
            description = "LiteLLM's config.yaml, or FreeLLMAPI's SQLite database.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(names = "--dry-run", description = "Only show what would come along and what would not.")
    private boolean dryRun;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "A running node; unless given, the one of the data folder.")
    private @Nullable String url;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws StartFailure, SettingsException, InterruptedException {
        Settings settings = settings();
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new StartFailure(file + ": cannot be read");
        }
        List<Migration.PlatformRow> catalogue = catalogue();
        Map<String, String> builtIn = new HashMap<>();
        catalogue.forEach(row -> builtIn.put(row.id(), row.baseUrl()));
        Migration migration;
        try {
            migration = source == Source.LITELLM
                    ? LiteLlm.read(file, builtIn, System.getenv())
                    : FreeLlmApi.read(file, builtIn, System.getenv());
        } catch (MigrationException e) {
            throw new StartFailure(String.valueOf(e.getMessage()));
        }
        PrintWriter out = spec.commandLine().getOut();
        ImportReport.preview(migration, out);
        if (dryRun) {
            out.println("Nothing was changed.");
            return 0;
        }
        if (migration.models().isEmpty() && migration.keys().isEmpty()) {
            throw new StartFailure(file + ": holds nothing to import");
        }
        try {
            ImportReport.result(AdminDoor.open(settings, url).take(migration, catalogue), out);
        } catch (IOException e) {
            throw new StartFailure("import: " + e.getMessage());
        }
        return 0;
    }

    /** {@code ENCRYPTION_KEY} may be the other gateway's here, so it is not this one's. */
    private Settings settings() throws SettingsException {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.remove("ENCRYPTION_KEY");
        return options.loadFrom(environment).settings();
    }

    private static List<Migration.PlatformRow> catalogue() {
        try {
            return CatalogReader.builtin().platforms().stream()
                    .map(platform -> new Migration.PlatformRow(
                            platform.id().value(),
                            platform.name(),
                            platform.adapter().wire(),
                            platform.baseUrl(),
                            platform.keyless()))
                    .toList();
        } catch (MalformedCatalogException e) {
            throw new IllegalStateException("the built-in catalogue is tested", e);
        }
    }
}
