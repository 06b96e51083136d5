package dev.switchboard.node.statistics;

import com.zaxxer.hikari.HikariDataSource;
import dev.switchboard.node.persistence.DatabaseConfig;
import dev.switchboard.node.persistence.TestDatabases;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.statistics.StatisticsCommand.RequestEnded;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One row of the request log written, with its sums, as part of a batch of 1,000. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class LogWriteBenchmark {
    private static final int ROWS = 1_000;

    /** The embedded database or a server of its own. */
    @Param({"H2", "POSTGRESQL"})
    public String database;

    private final SplittableRandom random = new SplittableRandom(1);
    private HikariDataSource pool;
    private JdbcStore store;
    private long millis = Instant.parse("2026-03-05T12:34:56Z").toEpochMilli();

    /** An empty database with the schema. */
    @Setup
    public void open() {
        pool = TestDatabases.fresh(DatabaseConfig.Kind.valueOf(database)).openPool("bench", 2);
        store = new JdbcStore(Jdbi.create(pool), "one:1");
    }

    /** The pool. */
    @TearDown
    public void close() {
        pool.close();
    }

    /** Answers of 20 models to 10,000 sessions, 10 in a millisecond. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public int write() {
        List<LogRow> rows = new ArrayList<>(ROWS);
        for (int i = 0; i < ROWS; i++) {
            int model = random.nextInt(20);
            RequestEnded ended = new RequestEnded(
                    Instant.ofEpochMilli(millis + i / 10),
                    "req-" + Long.toHexString(random.nextLong()) + "00000000",
                    new SessionKey("s-" + Long.toHexString(1L << 60 | random.nextInt(10_000))),
                    dev.switchboard.protocol.domain.Mode.BALANCED,
                    "auto",
                    ModelRef.of("platform-" + model / 4, "model-" + model),
                    200,
                    null,
                    null,
                    1,
                    false,
                    random.nextInt(2_000),
                    0,
                    200,
                    300,
                    200);
            rows.add(RequestRow.of(ended, "akka://switchboard@127.0.0.1:25520"));
        }
        millis += ROWS / 10;
        return store.write(new LogBuffer.Batch(rows, List.of()));
    }
}
