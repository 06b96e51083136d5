package dev.switchboard.node.main;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Makes a stop by a signal a success, code 0 instead of 130 or 143, from the first moment of the process on. Before there is
 * something to drain the process ends at once and without a word, unless what is being done must be done whole.
 */
final class Ending {
    /** That of this process. */
    static final Ending PROCESS = new Ending();

    /** For what must be done whole, such as a change of the schema. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private @Nullable Runnable drain;
    private boolean asked;
    private boolean held;
    private boolean refused;

    private Ending() {}

    /** From now on a signal ends the process with code 0. */
    void install() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::onExit, "exit"));
    }

    /** What follows is done whole, until the next checkpoint. */
    synchronized void hold() {
        checkpoint();
        held = true;
    }

    /** Goes no further where the process has been told to stop. */
    synchronized void checkpoint() {
        held = false;
        notifyAll();
        while (asked && drain == null && !refused) {
            try {
                wait();
            } catch (InterruptedException e) {
                // The process ends in a moment.
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** From now on stopping is this, which ends when the process may. */
    synchronized void started(Runnable how) {
        drain = how;
        held = false;
        notifyAll();
    }

    /** The command ends by itself, with a code that tells of a failure. */
    synchronized void refused() {
        checkpoint();
        refused = true;
    }

    private void onExit() {
        Runnable how = ordered();
        if (how != null) {
            how.run();
            Runtime.getRuntime().halt(0);
        }
    }

    /** What is to be done; null where the exit code stands. */
    private synchronized @Nullable Runnable ordered() {
        if (refused) {
            return null;
        }
        asked = true;
        PrintStream err = System.err;
        if (drain == null) {
            // Half a node that is being stopped has nothing to say.
            System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            for (long left = PATIENCE.toMillis(); held && left > 0; left = (deadline - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (drain == null) {
            return () -> {};
        }
        System.setErr(err);
        return drain;
    }
}
