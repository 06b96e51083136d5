package dev.switchboard.node.provider;

import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.Limits;
import dev.switchboard.protocol.provider.LeaseReply;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One lease granted and settled, its windows counted. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LeaseBenchmark {
    private static final long PLENTY = 1_000_000_000L;

    /** Keys of the platform. */
    @Param({"1", "8"})
    public int keys;

    /** Leases that other requests hold meanwhile. */
    @Param({"0", "10000"})
    public int inFlight;

    private final World world = new World();

    /** A platform whose every window has a limit, none of which is reached. */
    @Setup
    public void platform() {
        KeyId[] ids = new KeyId[keys];
        for (int k = 0; k < keys; k++) {
            ids[k] = new KeyId("k" + k);
        }
        world.directory = World.directory(new Limits(PLENTY, PLENTY, PLENTY, PLENTY), ids);
        for (int i = 0; i < inFlight; i++) {
            world.acquire(world.ask());
        }
    }

    /** Granted, then completed; a millisecond passes with each. */
    @Benchmark
    public LeaseReply grantAndSettle() {
        world.pass(Duration.ofMillis(1));
        LeaseReply reply = world.acquire(world.ask());
        world.complete(reply, 7);
        return reply;
    }
}
