package dev.switchboard.node.main;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;

/** Tells the person at the terminal how to reach the node, once it is ready. */
final class Banner {
    /** Set by the launcher while it records the classes of a start for class-data sharing. */
    private static final String WARM_UP = "SWITCHBOARD_WARM_UP";

    private static final Duration LOOK = Duration.ofMillis(50);

    private Banner() {}

    private enum Look {
        NOW
    }

    static void printWhenReady(ActorSystem<?> system, Rooms rooms, PrintStream out) {
        Behavior<Look> waiting = Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Look.NOW, LOOK);
            return Behaviors.receiveMessage(look -> {
                if (!rooms.readiness().reasons().isEmpty()) {
                    return Behaviors.same();
                }
                rooms.announceNode(Clock.systemUTC());
                rooms.noteAddress();
                if (System.getenv(WARM_UP) == null) {
                    print(rooms, out);
                } else {
                    rehearse(system, rooms);
                }
                return Behaviors.stopped();
            });
        });
        system.systemActorOf(waiting, "banner", Props.empty());
    }

    private static void rehearse(ActorSystem<?> system, Rooms rooms) {
        String apiKey = Objects.requireNonNullElse(rooms.keys().apiKey(), "");
        Thread rehearsal = new Thread(
                () -> {
                    Rehearsal.play(rooms.servers().url(), apiKey).forEach(System.err::println);
                    system.terminate();
                },
                "rehearsal");
        rehearsal.setDaemon(true);
        rehearsal.start();
    }

    private static void print(Rooms rooms, PrintStream out) {
        out.println("Switchboard " + Version.current() + " is ready");
        out.println("  Dashboard  " + rooms.servers().url() + "/");
        out.println("  API        " + rooms.servers().url() + "/v1");
        out.println("  API key    " + rooms.keys().apiKey());
        out.println("  Admin key  " + rooms.keys().adminKey());
        String warning = HttpServers.warning(rooms.settings().http());
        if (warning != null) {
            out.println(warning);
        }
        out.flush();
    }
}
