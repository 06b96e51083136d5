package dev.switchboard.node.simulator;

import akka.NotUsed;
import akka.stream.KillSwitches;
import akka.stream.SharedKillSwitch;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import org.jspecify.annotations.Nullable;

/** One request from its body's last byte to its response's last byte; tells the journal once how it ended. */
final class Exchange {
    private final SimulatorJournal journal;
    private final String platform;
    private final Runnable onEnd;
    private String model = "";
    private boolean begun;
    private boolean streaming;
    private boolean ended;
    private @Nullable SharedKillSwitch stop;
    private @Nullable Runnable onCancel;

    Exchange(SimulatorJournal journal, String platform, Runnable onEnd) {
        this.journal = journal;
        this.platform = platform;
        this.onEnd = onEnd;
        journal.begin(platform);
    }

    synchronized void model(String id) {
        model = id;
    }

    /** What to undo should the client go away before the response is complete. */
    void onCancel(Runnable action) {
        boolean late;
        synchronized (this) {
            onCancel = action;
            late = ended;
        }
        if (late) {
            action.run();
        }
    }

    /** The body, watched: its end ends the exchange, its cancellation is the client's. */
    synchronized Source<ByteString, NotUsed> watch(Source<ByteString, NotUsed> body) {
        begun = true;
        if (!ended) {
            streaming = true;
            journal.stream(1);
        }
        SharedKillSwitch killSwitch = KillSwitches.shared("simulator-exchange");
        stop = killSwitch;
        return body.via(killSwitch.flow()).via(new EndWatch(this::complete, this::cancel));
    }

    /** The response is out, whole or as ordered. */
    void complete() {
        end(false);
    }

    /** The client went away. */
    void cancel() {
        if (end(true)) {
            SharedKillSwitch running;
            Runnable action;
            synchronized (this) {
                running = stop;
                action = onCancel;
            }
            if (running != null) {
                running.shutdown();
            }
            if (action != null) {
                action.run();
            }
        }
    }

    private boolean end(boolean byClient) {
        synchronized (this) {
            if (ended) {
                return false;
            }
            ended = true;
            if (streaming) {
                journal.stream(-1);
            }
            if (byClient) {
                journal.cancel(platform, model, begun);
            }
            journal.end(platform);
        }
        onEnd.run();
        return true;
    }
}
