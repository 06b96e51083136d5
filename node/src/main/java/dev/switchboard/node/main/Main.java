package dev.switchboard.node.main;

import dev.switchboard.node.settings.SettingsException;
import java.io.PrintWriter;
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

    private Main() {}

    /** Runs a command and exits with its code. */
    public static void main(String[] args) {
        int code = commandLine().execute(args);
        if (code != StartCommand.RUNNING) {
            System.exit(code);
        }
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler(Main::onBadOption);
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println("switchboard: " + explain(failure));
            return UNUSABLE;
        });
        return line;
    }

    private static int onBadOption(ParameterException e, String[] args) {
        PrintWriter err = e.getCommandLine().getErr();
        err.println("switchboard: " + String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ") + "; see --help");
        return UNUSABLE;
    }

    private static String explain(Throwable failure) {
        if (failure instanceof SettingsException settings) {
            return String.join(System.lineSeparator() + "switchboard: ", settings.problems());
        }
        if (failure instanceof StartFailure) {
            return String.valueOf(failure.getMessage());
        }
        return failure.getClass().getSimpleName() + ": "
                + String.valueOf(failure.getMessage()).replaceAll("\\s*\\R\\s*", " ");
    }
}
