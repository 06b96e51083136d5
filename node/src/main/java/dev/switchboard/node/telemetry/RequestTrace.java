package dev.switchboard.node.telemetry;

import java.util.Map;

/** The trace of one request of the API. Safe for any thread. */
public sealed interface RequestTrace permits RecordedRequest, RequestTrace.None {
    /** Of a request that nobody traces. */
    RequestTrace NONE = new None();

    /** The row of the route table that answers. */
    void route(String template);

    /** Begins an attempt on a provider. */
    AttemptTrace attempt(Call call);

    /** Ends the trace, once; {@code status} is what the caller got. */
    void ended(int status);

    /** Whether anything is recorded, so that its end matters. */
    boolean recording();

    /**
     * What an attempt asks for.
     *
     * @param platform the platform's id
     * @param model the model's id on that platform
     * @param baseUrl of the platform
     * @param session the opaque key of the conversation
     * @param number 1 for the first attempt of the request
     * @param settings of the request that the conventions name, such as {@code gen_ai.request.max_tokens}
     */
    record Call(
            String platform,
            String model,
            String baseUrl,
            boolean embedding,
            boolean stream,
            String session,
            int number,
            Map<String, Double> settings) {}

    /** Records nothing. */
    final class None implements RequestTrace {
        private None() {}

        @Override
        public void route(String template) {}

        @Override
        public AttemptTrace attempt(Call call) {
            return AttemptTrace.NONE;
        }

        @Override
        public void ended(int status) {}

        @Override
        public boolean recording() {
            return false;
        }
    }
}
