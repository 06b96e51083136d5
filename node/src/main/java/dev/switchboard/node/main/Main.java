package dev.switchboard.node.main;

import dev.switchboard.node.settings.SettingsException;
import java.io.PrintWriter;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** The command line (contract.md §1). Exit codes: 0 well, 1 problems found by check, 2 cannot start. */
@Command(
        name = "switchboard",
        description = "An OpenAI-compatible gateway to many LLM providers, as an Akka cluster.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            StartCommand.class,
            ClusterCommand.class,
            SimulateCommand.class,
            DemoCommand.class,
            CheckCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            ImportCommand.class,
            BenchCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Main {
    /** What was given cannot be used. */
    static final int UNUSABLE = 2;

    /** What a line begins with that says why. */
    static final String SAYS = "switchboard: ";

    /** Commands that run until a signal, for which that is a success. */
    private static final Set<String> UNTIL_STOPPED = Set.of("start", "cluster", "simulate", "demo");

    private Main() {}

    /** Runs a command and exits with its code. */
    public static void main(String[] args) {
        if (args.length > 0 && UNTIL_STOPPED.contains(args[0])) {
            Ending.PROCESS.install();
        }
        int code = commandLine().execute(args);
        if (code != StartCommand.RUNNING) {
            if (code != 0) {
                Ending.PROCESS.refused();
            }
            System.exit(code);
        }
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.getSubcommands().values().forEach(each -> each.getCommandSpec().versionProvider(new Version()));
        line.setParameterExceptionHandler(Main::onBadOption);
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            Ending.PROCESS.checkpoint();
            command.getErr().println(SAYS + explain(failure));
            return UNUSABLE;
        });
        return line;
    }

    private static int onBadOption(ParameterException e, String[] args) {
        PrintWriter err = e.getCommandLine().getErr();
        err.println(SAYS + String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ") + "; see --help");
        return UNUSABLE;
    }

    private static String explain(Throwable failure) {
        if (failure instanceof SettingsException settings) {
            return String.join(System.lineSeparator() + SAYS, settings.problems());
        }
        if (failure instanceof StartFailure) {
            return String.valueOf(failure.getMessage());
        }
        return failure.getClass().getSimpleName() + ": "
                + String.valueOf(failure.getMessage()).replaceAll("\\s*\\R\\s*", " ");
    }
}
