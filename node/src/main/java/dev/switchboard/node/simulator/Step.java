package dev.switchboard.node.simulator;

import akka.util.ByteString;
import java.time.Duration;

/** One step of a response body as it goes out. */
sealed interface Step {
    /** Sends bytes. */
    record Emit(ByteString bytes) implements Step {}

    /** Sends the same block many times, made as the client reads. */
    record Repeat(ByteString block, int times) implements Step {}

    /** Waits. */
    record Pause(Duration time) implements Step {}

    /** Never goes on; sends noise (empty for none) at each interval. */
    record Hold(ByteString noise, Duration every) implements Step {}

    /** Breaks the connection, by TCP reset or by closing it. */
    record Break(boolean reset) implements Step {}
}
