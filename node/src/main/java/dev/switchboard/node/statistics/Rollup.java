package dev.switchboard.node.statistics;

/**
 * Sums over a stretch of time. Over all models a request counts once; for one model its successes count as requests do, and
 * its failures by attempt.
 */
final class Rollup {
    final Histogram latency = new Histogram();
    final Histogram ttft = new Histogram();
    long requests;
    long successes;
    long failures;
    long input;
    long output;

    /** A request as all of them count. */
    void addRequest(RequestRow row) {
        Outcome outcome = Outcome.of(row);
        requests++;
        failures += outcome == Outcome.FAILURE ? 1 : 0;
        input += row.inputTokens();
        output += row.outputTokens();
        if (outcome == Outcome.SUCCESS) {
            addSuccess(row);
        }
    }

    /** A request as it counts for the model that answered or was tried last. */
    void addAnswer(RequestRow row) {
        input += row.inputTokens();
        output += row.outputTokens();
        if (Outcome.of(row) == Outcome.SUCCESS) {
            requests++;
            addSuccess(row);
        }
    }

    /** A failed attempt of a model. */
    void addFailure(LogRow.Failed failed) {
        requests++;
        failures += failed.counted() ? 1 : 0;
    }

    void addAll(Rollup other) {
        requests += other.requests;
        successes += other.successes;
        failures += other.failures;
        input += other.input;
        output += other.output;
        latency.addAll(other.latency);
        ttft.addAll(other.ttft);
    }

    private void addSuccess(RequestRow row) {
        successes++;
        latency.add(row.totalMs(), 1);
        if (row.ttftMs() > 0) {
            ttft.add(row.ttftMs(), 1);
        }
    }

    Measures measures() {
        long decided = successes + failures;
        return new Measures(
                requests,
                decided == 0 ? 1 : (double) successes / decided,
                input,
                output,
                latency.percentile(0.5),
                latency.percentile(0.95),
                ttft.percentile(0.5),
                ttft.percentile(0.95));
    }
}
