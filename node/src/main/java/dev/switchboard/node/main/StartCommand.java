package dev.switchboard.node.main;

import dev.switchboard.node.settings.SettingsLoader;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs one node in the foreground until SIGTERM or Ctrl-C, which drain it. */
@Command(name = "start", description = "Runs one node in the foreground.", mixinStandardHelpOptions = true)
final class StartCommand implements Callable<Integer> {
    /** Not an exit code: the node goes on running and ends the process itself. */
    static final int RUNNING = -1;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private SettingsOptions options;

    @Option(names = "--port", paramLabel = "N", description = "HTTP port (or PORT).")
    private @Nullable Integer port;

    @Override
    public Integer call() throws Exception {
        SettingsLoader.Loaded loaded = options.load(port);
        Node.start(loaded, System.out);
        return RUNNING;
    }
}
