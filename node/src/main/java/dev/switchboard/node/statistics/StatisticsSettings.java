package dev.switchboard.node.statistics;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * Times and limits of the statistics room (behaviour.md §6).
 *
 * @param publishEvery least time between two snapshots while outcomes come in
 * @param tick how often other nodes and the database are told
 * @param bufferRows log rows that wait at most while the database is away; the oldest beyond are dropped and counted
 * @param batchRows rows of one write at most
 * @param reload how often the buckets are read again from the database, which heals what got lost between nodes
 * @param retryMax longest wait between two tries to reach the database
 * @param logRetention how long the request log is kept
 */
public record StatisticsSettings(
        Duration publishEvery,
        Duration tick,
        int bufferRows,
        int batchRows,
        Duration reload,
        Duration retryMax,
        Supplier<Duration> logRetention) {
    /** 50 ms, 1 s, 20,000 rows, 5,000 rows, 1 h, 15 s, 30 days. */
    public static final StatisticsSettings DEFAULT = new StatisticsSettings(
            Duration.ofMillis(50),
            Duration.ofSeconds(1),
            20_000,
            5_000,
            Duration.ofHours(1),
            Duration.ofSeconds(15),
            () -> Duration.ofDays(30));

    /** The same with another time for the request log; it is asked before each deletion. */
    public StatisticsSettings withLogRetention(Supplier<Duration> retention) {
        return new StatisticsSettings(publishEvery, tick, bufferRows, batchRows, reload, retryMax, retention);
    }
}
