package dev.switchboard.node.telemetry;

import java.util.Map;

/** The trace of one attempt on a provider; one that is never ended is never sent. */
public sealed interface AttemptTrace permits RecordedAttempt, AttemptTrace.None {
    /** Of an attempt that nobody traces. */
    AttemptTrace NONE = new None();

    /** What to send to the provider: {@code traceparent} and {@code tracestate}, or nothing. */
    Map<String, String> headers();

    /** The attempt was answered; {@code firstChunkMs} is 0 where the answer came whole. */
    void succeeded(long inputTokens, long outputTokens, long firstChunkMs);

    /** The attempt failed; {@code kind} is a word of docs/failures.md. */
    void failed(String kind);

    /** Records nothing. */
    final class None implements AttemptTrace {
        private None() {}

        @Override
        public Map<String, String> headers() {
            return Map.of();
        }

        @Override
        public void succeeded(long inputTokens, long outputTokens, long firstChunkMs) {}

        @Override
        public void failed(String kind) {}
    }
}
