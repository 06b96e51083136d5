package dev.switchboard.node.main;

import dev.switchboard.node.directory.Catalog;
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
            // A row that cannot be read is not there, which is no fault of what names it.
            boolean modelsRead = allRead(problems, "models");
            if (allRead(problems, "platforms")) {
                problems.addAll(strangers(settings, modelsRead));
            }
        }
        if (!problems.isEmpty()) {
            problems.forEach(spec.commandLine().getOut()::println);
            return 1;
        }
        spec.commandLine().getOut().println("The configuration is valid.");
        return 0;
    }

    private static boolean allRead(List<String> problems, String list) {
        return problems.stream().noneMatch(problem -> problem.startsWith("switchboard.bootstrap." + list));
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

    /** Platforms and models that nobody names: a node starts all the same, because its database may know them. */
    private static List<String> strangers(Settings settings, boolean allModelsRead) {
        Settings.Bootstrap bootstrap = settings.bootstrap();
        Catalog builtin = builtin();
        Set<PlatformId> known = new HashSet<>();
        builtin.platforms().forEach(platform -> known.add(platform.id()));
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
        Set<String> models = new HashSet<>();
        builtin.models().forEach(model -> models.add(model.ref().toString()));
        bootstrap.models().forEach(model -> models.add(model.ref().toString()));
        for (String name : settings.protection().keySet()) {
            PlatformId platform = new PlatformId(name.contains("/") ? name.substring(0, name.indexOf('/')) : name);
            String shown = "switchboard.protection.\"" + name + "\": ";
            if (!known.contains(platform)) {
                problems.add(shown + "platform " + platform + " is neither in bootstrap.platforms nor built in");
            } else if (allModelsRead && name.contains("/") && !models.contains(name)) {
                problems.add(shown + "model " + name + " is neither in bootstrap.models nor built in");
            }
        }
        return problems.stream().sorted().toList();
    }

    private static Catalog builtin() {
        try {
            return DemoPlatform.addTo(CatalogReader.builtin());
        } catch (MalformedCatalogException e) {
            throw new IllegalStateException("the built-in catalogue is tested", e);
        }
    }
}
