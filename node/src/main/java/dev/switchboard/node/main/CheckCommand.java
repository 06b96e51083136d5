package dev.switchboard.node.main;

import dev.switchboard.node.directory.CatalogReader;
import dev.switchboard.node.directory.DemoPlatform;
import dev.switchboard.node.directory.MalformedCatalogException;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.settings.SettingsLoader;
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
        SettingsLoader.Examined examined = options.examine();
        List<String> problems = new ArrayList<>(examined.problems());
        Settings settings = examined.settings();
        if (settings != null) {
            add(problems, () -> Node.certificate(settings.http()));
            add(problems, () -> Node.requireRemotingKey(settings.cluster().tls()));
            // A platform's row that cannot be read is not there, which is no fault of the rows that name it.
            if (problems.stream().noneMatch(problem -> problem.startsWith("switchboard.bootstrap.platforms"))) {
                problems.addAll(strangers(settings));
            }
        }
        if (!problems.isEmpty()) {
            problems.forEach(spec.commandLine().getOut()::println);
            return 1;
        }
        spec.commandLine().getOut().println("The configuration is valid.");
        return 0;
    }

    private interface Look {
        void take() throws StartFailure;
    }

    private static void add(List<String> problems, Look look) {
        try {
            look.take();
        } catch (StartFailure e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    /** Platforms that nobody names: a node starts without their rows, because its database may know the platform. */
    private static List<String> strangers(Settings settings) {
        Settings.Bootstrap bootstrap = settings.bootstrap();
        Set<PlatformId> known = new HashSet<>();
        try {
            CatalogReader.builtin().platforms().forEach(platform -> known.add(platform.id()));
        } catch (MalformedCatalogException e) {
            throw new IllegalStateException("the built-in catalogue is tested", e);
        }
        known.add(DemoPlatform.ID);
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
        for (String name : settings.protection().keySet()) {
            PlatformId platform = new PlatformId(name.contains("/") ? name.substring(0, name.indexOf('/')) : name);
            if (!known.contains(platform)) {
                problems.add("switchboard.protection.\"" + name + "\": platform " + platform
                        + " is neither in bootstrap.platforms nor built in");
            }
        }
        return problems.stream().sorted().toList();
    }
}
