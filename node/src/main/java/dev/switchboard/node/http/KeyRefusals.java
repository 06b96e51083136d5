package dev.switchboard.node.http;

import dev.switchboard.protocol.directory.ApiKey;
import dev.switchboard.protocol.directory.DirectorySnapshot;
import dev.switchboard.protocol.domain.ApiKeyId;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.statistics.StatisticsCommand;
import dev.switchboard.protocol.statistics.StatisticsCommand.RequestEnded;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Tells operators of requests that API keys' rules refused: each is counted, and at most one of a key and reason in ten
 * seconds is a row of the request log, which says how many there were, so that a client that goes on asking cannot fill
 * the database. Thread-safe, without a lock.
 */
public final class KeyRefusals {
    static final Duration ROW_EVERY = Duration.ofSeconds(10);

    /** More than an operator makes keys; beyond it the pauses begin anew. */
    private static final int MOST_SLOTS = 10_000;

    private final Consumer<StatisticsCommand> log;
    private final Supplier<DirectorySnapshot> directory;
    private final Clock clock;
    private final Map<Slot, Pause> pauses = new ConcurrentHashMap<>();
    private final Map<KeyRefusal.Reason, LongAdder> counts = new ConcurrentHashMap<>();

    private record Slot(ApiKeyId key, KeyRefusal.Reason reason) {}

    /** When the next row may be written, and how many refusals have had none. */
    private record Pause(AtomicLong until, LongAdder unwritten) {}

    /** Rows go to {@code log}; {@code directory} knows the keys' names. */
    public KeyRefusals(Consumer<StatisticsCommand> log, Supplier<DirectorySnapshot> directory, Clock clock) {
        this.log = log;
        this.directory = directory;
        this.clock = clock;
        for (KeyRefusal.Reason reason : KeyRefusal.Reason.values()) {
            counts.put(reason, new LongAdder());
        }
    }

    /** How many requests were refused so far, by reason. */
    public Map<String, LongAdder> counts() {
        Map<String, LongAdder> named = new ConcurrentHashMap<>();
        counts.forEach((reason, count) -> named.put(reason.name().toLowerCase(Locale.ROOT), count));
        return named;
    }

    /** Notes an answer, if it is one of a key's rules. */
    void note(ApiError error, String requestId) {
        KeyRefusal refusal = error.refusal();
        if (refusal == null) {
            return;
        }
        counts.computeIfAbsent(refusal.reason(), reason -> new LongAdder()).increment();
        if (pauses.size() > MOST_SLOTS) {
            pauses.clear();
        }
        Pause pause = pauses.computeIfAbsent(
                new Slot(refusal.key(), refusal.reason()),
                slot -> new Pause(new AtomicLong(Long.MIN_VALUE), new LongAdder()));
        long now = clock.millis();
        long until = pause.until().get();
        if (now < until || !pause.until().compareAndSet(until, now + ROW_EVERY.toMillis())) {
            pause.unwritten().increment();
            return;
        }
        log.accept(row(refusal, error, requestId, pause.unwritten().sumThenReset()));
    }

    private RequestEnded row(KeyRefusal refusal, ApiError error, String requestId, long unwritten) {
        String more = unwritten == 0 ? "" : " (and " + unwritten + " more since the last such row)";
        return new RequestEnded(
                clock.instant(),
                requestId,
                SessionKey.NONE,
                null,
                refusal.requested(),
                null,
                error.status(),
                null,
                "API key '" + name(refusal.key()) + "': " + error.text() + more,
                0,
                false,
                0,
                0,
                0,
                0,
                0);
    }

    private String name(ApiKeyId id) {
        for (ApiKey key : directory.get().grants().apiKeys()) {
            if (key.id().equals(id)) {
                return key.name();
            }
        }
        return id.value();
    }
}
