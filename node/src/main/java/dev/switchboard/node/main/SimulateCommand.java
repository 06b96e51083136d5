package dev.switchboard.node.main;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.switchboard.node.settings.SettingsException;
import dev.switchboard.node.simulator.Simulator;
import dev.switchboard.node.simulator.SimulatorSettings;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the provider simulator alone. */
@Command(
        name = "simulate",
        description = "Runs the provider simulator: OpenAI, Gemini, Cohere and Cloudflare formats, faults on demand.",
        mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {
    private static final int DEFAULT_PORT = 9090;
    private static final long BIND_SECONDS = 10;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private SettingsOptions options;

    @Option(names = "--port", paramLabel = "N", description = "HTTP port, ${DEFAULT-VALUE} by default.")
    private int port = DEFAULT_PORT;

    @Override
    public Integer call() throws StartFailure, SettingsException, InterruptedException {
        options.load(null);
        Ports.requireFree("address", "127.0.0.1", "--port", port);
        ActorSystem<Void> system = ActorSystem.create(
                Behaviors.empty(),
                "simulator",
                ConfigFactory.parseString("akka.actor.provider = local, akka.coordinated-shutdown.exit-jvm = on,"
                                + "akka.loggers = [akka.event.slf4j.Slf4jLogger]")
                        .withFallback(ConfigFactory.defaultReference())
                        .resolve());
        try {
            Simulator simulator = Simulator.start(
                            system, SimulatorSettings.defaults().withAddress("127.0.0.1", port))
                    .toCompletableFuture()
                    .get(BIND_SECONDS, TimeUnit.SECONDS);
            // Nothing to drain: a signal ends it at once.
            System.out.println("Simulator at " + simulator.baseUrl());
            return StartCommand.RUNNING;
        } catch (ExecutionException | TimeoutException e) {
            system.terminate();
            throw new StartFailure("--port = " + port + ": cannot be bound: " + e.getMessage());
        }
    }
}
