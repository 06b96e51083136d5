package dev.switchboard.node.main;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import dev.switchboard.node.settings.Settings;
import dev.switchboard.node.telemetry.Telemetry;

/** The wiring of traces and metrics that are sent away. */
final class TelemetryRoom {
    private TelemetryRoom() {}

    /** Nothing is traced without an endpoint; what is waiting when the node stops is still sent. */
    static Telemetry open(ActorSystem<?> system, Settings.Telemetry settings, String node) {
        if (settings.endpoint() == null) {
            return Telemetry.OFF;
        }
        Telemetry telemetry = Telemetry.to(settings.endpoint(), Version.current(), node);
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate(), "send-telemetry", () -> telemetry
                        .close()
                        .thenApplyAsync(nothing -> Done.getInstance(), Runnable::run));
        return telemetry;
    }
}
