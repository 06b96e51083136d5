package dev.switchboard.node.main;

import dev.switchboard.node.directory.CatalogReader;
import dev.switchboard.node.directory.MalformedCatalogException;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.settings.SettingsException;
import dev.switchboard.protocol.domain.PlatformId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Validates configuration: one problem a line. */
@Command(
        name = "check",
        description = "Validates configuration; exit 1 if there is a problem.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    @Mixin
    @SuppressWarnings("NullAway.Init")
    private SettingsOptions options;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        try {
            Settings settings = options.load(null).settings();
            Node.certificate(settings.http());
            List<String> strangers = strangers(settings.bootstrap());
            if (!strangers.isEmpty()) {
                throw new SettingsException(strangers);
            }
        } catch (StartFailure e) {
            spec.commandLine().getOut().println(e.getMessage());
            return 1;
        } catch (SettingsException e) {
            e.problems().forEach(spec.commandLine().getOut()::println);
            return 1;
        }
        spec.commandLine().getOut().println("The configuration is valid.");
        return 0;
    }

    /** Rows of platforms that nobody names: a node starts without them, because its database may know the platform. */
    private static List<String> strangers(Settings.Bootstrap bootstrap) {
        Set<PlatformId> known = new HashSet<>();
        try {
            CatalogReader.builtin().platforms().forEach(platform -> known.add(platform.id()));
        } catch (MalformedCatalogException e) {
            throw new IllegalStateException("the built-in catalogue is tested", e);
        }
        bootstrap.platforms().forEach(platform -> known.add(platform.id()));
        List<String> problems = new ArrayList<>();
        List<PlatformId> ofModels =
                bootstrap.models().stream().map(row -> row.ref().platform()).toList();
        List<PlatformId> ofKeys =
                bootstrap.keys().stream().map(Settings.BootKey::platform).toList();
        Map.of("models", ofModels, "keys", ofKeys).forEach((list, platforms) -> {
            for (int i = 0; i < platforms.size(); i++) {
                if (!known.contains(platforms.get(i))) {
                    problems.add("switchboard.bootstrap." + list + "[" + i + "].platform = \"" + platforms.get(i)
                            + "\": is neither in bootstrap.platforms nor built in");
                }
            }
        });
        return problems.stream().sorted().toList();
    }
}
