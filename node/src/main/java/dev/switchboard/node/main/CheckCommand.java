package dev.switchboard.node.main;

import dev.switchboard.node.settings.SettingsException;
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
            Node.certificate(options.load(null).settings().http());
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
}
