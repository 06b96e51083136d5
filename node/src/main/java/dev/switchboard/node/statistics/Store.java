package dev.switchboard.node.statistics;

import dev.switchboard.protocol.statistics.StatisticsCommand.BucketDelta;
import java.time.Instant;
import java.util.List;

/** The database as the actor sees it. Every method blocks, and throws where the database is away. */
interface Store {
    /** The buckets of all nodes, summed, of hours after {@code afterHour}. */
    List<BucketDelta> load(long afterHour);

    /** Writes all or nothing, but for rows that the database refuses for what is in them; answers how many those were. */
    int write(LogBuffer.Batch batch);

    /**
     * Deletes log rows older than {@code before}, buckets up to {@code hour} and roll-ups that no range shows at {@code now}, in
     * small transactions.
     */
    void purge(Instant before, long hour, Instant now);
}
